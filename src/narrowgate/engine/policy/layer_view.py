"""One layer's policies as the callers that a layer may see meet them (VPE-03, KEY-05)."""

from typing import Final, NamedTuple

from narrowgate.engine.policy.callers import Caller
from narrowgate.engine.policy.context import Context
from narrowgate.engine.policy.procedure import intersection, union
from narrowgate.engine.policy.request import (
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

_NOTHING: Final[frozenset[str]] = frozenset()

_SILENT: Final = Effects(SILENT)
_UNREAD: Final = Effects(UNREAD)
_NO_RESTRICTION: Final = Effects(ALLOW)


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
