"""Every layer of one request, evaluated for the callers that it may see, as sets of possible effects.

The endpoint policy sees the signer whatever the method asks for (VPE-03). The domain policy and the resource
policy see a signer on `AWS_IAM` methods only (KEY-05). Identity policies, boundaries, session policies and
service control policies speak about signers of `AWS_IAM` methods alone (POL-28, ORG-01).
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from narrowgate.engine.policy.callers import ANONYMOUS, UNNAMED, Caller, signer
from narrowgate.engine.policy.context import Context
from narrowgate.engine.policy.procedure import Scenario, intersection, union
from narrowgate.engine.policy.request import (
    AUTHORIZATION_HEADERS,
    AUTHORIZATION_TYPES,
    AUTHORIZER_RESULTS,
    AuthorizeRequest,
)
from narrowgate.engine.policy.statements import (
    ALLOW,
    ANY_ALLOW,
    DENY,
    SILENT,
    UNREAD,
    Effects,
    Policy,
)
from narrowgate.model.policy import Layer

_SILENT: Final = Effects(SILENT)
_UNREAD: Final = Effects(UNREAD)
_NO_RESTRICTION: Final = Effects(ALLOW)
_NOTHING: Final[frozenset[str]] = frozenset()


class Evaluated(NamedTuple):
    """One document of a layer, as one caller meets it."""

    layer: Layer
    policy: Policy
    number: int | None
    """The document's place in a layer that holds several."""
    context: Context
    effects: Effects


class LayerEffects(NamedTuple):
    """A layer's possible effects, and the documents behind them."""

    mask: int
    documents: tuple[Evaluated, ...] = ()


class View:
    """The policies of one request as one caller meets them; evaluated on first use."""

    __slots__ = ("_caller", "_done", "_request", "_shared")

    def __init__(self, request: AuthorizeRequest, caller: Caller, shared: "SharedFacts") -> None:
        self._request = request
        self._caller = caller
        self._shared = shared
        self._done: dict[Layer, LayerEffects] = {}

    def context(self, resource: str) -> Context:
        """The request context for a resource."""
        shared = self._shared
        return Context(
            caller=self._caller,
            action=self._request.action,
            resource=resource,
            given=shared.given,
            absent=shared.absent,
            owner=shared.owner,
            domain_arn=shared.domain_arn,
        )

    def layer(self, layer: Layer) -> LayerEffects:
        """The effects of one layer."""
        found = self._done.get(layer)
        if found is None:
            found = self._done[layer] = self._evaluate(layer)
        return found

    def _evaluate(self, layer: Layer) -> LayerEffects:
        request, policies = self._request, self._request.policies
        unread = layer.value in request.unknown_policies
        match layer:
            case Layer.RESOURCE_POLICY:
                return self._one(layer, running_policy(request), _SILENT)
            case Layer.ENDPOINT_POLICY:
                return self._endpoint(unread)
            case Layer.DOMAIN_POLICY:
                if request.domain is None:
                    return LayerEffects(ALLOW)
                policy = _UNREAD if unread else policies.domain_policy
                return self._one(layer, policy, _SILENT, request.domain.arn)
            case Layer.IDENTITY_POLICY:
                return self._several(layer, policies.identity_policies, unread, _SILENT)
            case Layer.SESSION_POLICY:
                return self._several(layer, policies.session_policies, unread, _NO_RESTRICTION)
            case Layer.PERMISSIONS_BOUNDARY:
                return self._one(layer, _UNREAD if unread else policies.permissions_boundary, _NO_RESTRICTION)
            case _:
                return self._scp(unread)

    def _one(
        self, layer: Layer, policy: Policy | Effects | None, default: Effects, resource: str | None = None
    ) -> LayerEffects:
        if policy is None:
            return LayerEffects(default.mask)
        if isinstance(policy, Effects):
            return LayerEffects(policy.mask)
        document = self._document(layer, policy, None, resource or self._shared.resource)
        return LayerEffects(document.effects.mask, (document,))

    def _document(self, layer: Layer, policy: Policy, number: int | None, resource: str) -> Evaluated:
        context = self.context(resource)
        return Evaluated(layer, policy, number, context, policy.evaluate(context))

    def _several(self, layer: Layer, policies: tuple[Policy, ...], unread: bool, default: Effects) -> LayerEffects:
        if unread:
            return LayerEffects(UNREAD)
        if not policies:
            return LayerEffects(default.mask)
        documents = tuple(
            self._document(layer, policy, number, self._shared.resource) for number, policy in enumerate(policies)
        )
        return LayerEffects(union([document.effects.mask for document in documents]), documents)

    def _scp(self, unread: bool) -> LayerEffects:
        levels = self._request.policies.scp
        if unread:
            return LayerEffects(UNREAD)
        if levels is None:
            return LayerEffects(ALLOW)
        documents: list[Evaluated] = []
        masks: list[int] = []
        alone = sum(len(level) for level in levels) == 1
        for level in levels:
            here = [
                self._document(
                    Layer.SCP, policy, None if alone else len(documents) + number, self._shared.resource
                )
                for number, policy in enumerate(level)
            ]
            documents.extend(here)
            masks.append(union([document.effects.mask for document in here]))
        return LayerEffects(intersection(masks), tuple(documents))

    def _endpoint(self, unread: bool) -> LayerEffects:
        request = self._request
        if unread:
            return LayerEffects(UNREAD)
        policy = request.policies.endpoint_policy
        if policy is None:
            return LayerEffects(ALLOW)
        method = self._document(Layer.ENDPOINT_POLICY, policy, None, self._shared.resource)
        mask = method.effects.mask
        if request.domain is None or not mask & ANY_ALLOW:
            return LayerEffects(plain(mask), (method,))
        # Whether a call through a private custom domain needs the domain's ARN allowed too is not documented
        # (VPE-05): where that would differ, both results stay possible.
        domain = self._document(Layer.ENDPOINT_POLICY, policy, None, request.domain.arn)
        if domain.effects.mask & (SILENT | DENY):
            return LayerEffects(plain(mask) | plain(domain.effects.mask), (method, domain))
        return LayerEffects(plain(mask), (method,))


def plain(mask: int) -> int:
    """Effects where it does not matter how directly an allow names the caller."""
    return (mask & (SILENT | DENY)) | (ALLOW if mask & ANY_ALLOW else 0)


def running_policy(request: AuthorizeRequest) -> Policy | Effects | None:
    """The resource policy that the stage runs: the deployed one, else the saved one (POL-03)."""
    policies, unread = request.policies, request.unknown_policies
    if policies.deployed_resource_policy is not None:
        return policies.deployed_resource_policy
    if "deployed_resource_policy" in unread or "resource_policy" in unread:
        return _UNREAD
    return policies.resource_policy


class SharedFacts:
    """What every context of one request has in common."""

    __slots__ = ("absent", "domain_arn", "given", "owner", "resource")

    def __init__(self, request: AuthorizeRequest) -> None:
        domain = request.domain
        self.resource = request.resource
        self.given = {name.lower(): values for name, values in request.context.items()}
        self.absent = frozenset(map(str.lower, request.absent)) if request.absent else _NOTHING
        self.owner = request.api
        self.domain_arn = None if domain is None else domain.arn


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
        return signer(principal)

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
