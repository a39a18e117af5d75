"""Every layer of one request, evaluated for the callers that it may see, as sets of possible effects.

The endpoint policy sees the signer whatever the method asks for (VPE-03). The domain policy and the resource
policy see a signer on `AWS_IAM` methods only (KEY-05). Identity policies, boundaries, session policies and
service control policies speak about signers of `AWS_IAM` methods alone (POL-28, ORG-01).
"""

from collections.abc import Iterator

import msgspec
from msgspec import UNSET, UnsetType

from narrowgate.engine.policy.callers import ANONYMOUS, UNNAMED, Caller, signer
from narrowgate.engine.policy.decision_tables import Scenario
from narrowgate.engine.policy.kleene import NO, UNKNOWN, YES
from narrowgate.engine.policy.layer_view import SharedFacts, View, plain
from narrowgate.engine.policy.request import (
    AUTHORIZATION_HEADERS,
    AUTHORIZATION_TYPES,
    AUTHORIZER_RESULTS,
    AuthorizeRequest,
)
from narrowgate.engine.policy.statements import (
    ALLOW,
    SILENT,
)
from narrowgate.model.policy import Layer


class Evaluation:
    """One request, evaluated: a view for each caller that is possible, and the scenarios they make."""

    __slots__ = ("_by_caller", "_viewers", "request", "scenarios", "shared")

    def __init__(self, request: AuthorizeRequest) -> None:
        self.request = request
        self.shared = SharedFacts(request)
        self._by_caller: dict[Caller, View] = {}
        self._viewers: dict[Layer, tuple[View, ...]] = {}
        self.scenarios = tuple(self._scenarios())

    def view(self, caller: Caller) -> View:
        """The policies as a caller meets them."""
        found = self._by_caller.get(caller)
        if found is None:
            found = self._by_caller[caller] = View(self.request, caller, self.shared)
        return found

    def viewers(self, layer: Layer) -> tuple[View, ...]:
        """The views in which a layer is consulted, over all scenarios."""
        viewers = self._viewers.get(layer)
        if viewers is None:
            seen: dict[Caller, None] = {}
            for scenario in self.scenarios:
                caller = self._seen_by(layer, scenario.authorization_type, scenario.header)
                if caller is not None:
                    seen.setdefault(caller)
            viewers = self._viewers[layer] = tuple([self.view(caller) for caller in seen])
        return viewers

    def _seen_by(self, layer: Layer, authorization_type: str, header: str) -> Caller | None:
        """Whom a layer sees; None where it is not consulted."""
        if layer is Layer.ENDPOINT_POLICY:
            return self._signed() if header == "sigv4_valid" else ANONYMOUS
        iam = authorization_type == "AWS_IAM" and header == "sigv4_valid"
        if layer in (Layer.RESOURCE_POLICY, Layer.DOMAIN_POLICY):
            return self._signed() if iam else ANONYMOUS
        return self._signed() if iam else None

    def _signed(self) -> Caller:
        principal = self.request.principal
        if principal is UNSET or principal is None:
            return UNNAMED
        for caller in self._by_caller:
            if caller.principal is principal:
                return caller
        return signer(principal, self._bounded())

    def _bounded(self) -> int:
        if Layer.PERMISSIONS_BOUNDARY.value in self.request.unknown_policies:
            return UNKNOWN
        return NO if self.request.policies.permissions_boundary is None else YES

    def _scenarios(self) -> Iterator[Scenario]:
        request = self.request
        types = (
            AUTHORIZATION_TYPES
            if isinstance(request.authorization_type, UnsetType)
            else (request.authorization_type,)
        )
        for authorization_type in types:
            for header in self._headers():
                yield from self._accounts(authorization_type, header)

    def _headers(self) -> tuple[str, ...]:
        request = self.request
        if not isinstance(request.authorization_header, UnsetType):
            return (request.authorization_header,)
        if request.principal is None:
            return ("none", "other")
        if request.principal is UNSET:
            return AUTHORIZATION_HEADERS
        return ("sigv4_valid", "sigv4_invalid")

    def _accounts(self, authorization_type: str, header: str) -> Iterator[Scenario]:
        request = self.request
        scenario = self._scenario(authorization_type, header)
        if authorization_type != "AWS_IAM" or header != "sigv4_valid":
            yield scenario
        elif isinstance(request.principal, msgspec.Struct):
            yield scenario._replace(same_account=request.principal.account == request.api.account)
        else:
            yield scenario._replace(same_account=True)
            yield scenario._replace(same_account=False)

    def _scenario(self, authorization_type: str, header: str) -> Scenario:
        request = self.request
        signed = self._signed()
        endpoint_view = self.view(signed if header == "sigv4_valid" else ANONYMOUS)
        consulted = authorization_type == "AWS_IAM" and header == "sigv4_valid"
        view = self.view(signed if consulted else ANONYMOUS)
        resource = view.layer(Layer.RESOURCE_POLICY).mask
        domain = ALLOW
        association: tuple[bool, ...] = (True,)
        if request.domain is not None:
            domain = plain(view.layer(Layer.DOMAIN_POLICY).mask)
            association = _flag(request.domain.access_association)
        return Scenario(
            authorization_type=authorization_type,
            header=header,
            header_given=request.authorization_header is not UNSET,
            same_account=False,
            endpoint=endpoint_view.layer(Layer.ENDPOINT_POLICY).mask,
            custom_endpoint=self._custom_endpoint(),
            association=association,
            domain=domain,
            resource=resource if consulted else plain(resource),
            identity=view.layer(Layer.IDENTITY_POLICY).mask if consulted else SILENT,
            boundary=view.layer(Layer.PERMISSIONS_BOUNDARY).mask if consulted else SILENT,
            session=view.layer(Layer.SESSION_POLICY).mask if consulted else SILENT,
            scp=view.layer(Layer.SCP).mask if consulted else SILENT,
            authorizer=self._authorizer(authorization_type),
            api_key=request.api_key,
        )

    def _custom_endpoint(self) -> tuple[bool, ...]:
        request = self.request
        if "endpoint_policy" in request.unknown_policies:
            return (True, False)
        policy = request.policies.endpoint_policy
        return (policy is not None and not policy.is_full_access,)

    def _authorizer(self, authorization_type: str) -> tuple[str, ...]:
        own = AUTHORIZER_RESULTS.get(authorization_type)
        if own is None:
            return ("",)
        result = self.request.authorizer_result
        return (result,) if not isinstance(result, UnsetType) and result in own else own


def _flag(value: bool | UnsetType) -> tuple[bool, ...]:
    return (True, False) if isinstance(value, UnsetType) else (value,)
