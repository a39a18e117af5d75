"""The lean decision: what was decided and by which statements, for many requests a second.

Calls whose facts are all given need one context for all documents; anonymous callers take the short way here,
signers of `AWS_IAM` methods that of `quick_signed`, both to the same procedure. Everything else, and whatever
turns out undecided, is evaluated in full.
"""

from functools import lru_cache
from typing import Final

import msgspec
from msgspec import UNSET

from narrowgate.engine.policy.authorize import decided_by
from narrowgate.engine.policy.callers import ANONYMOUS, Principal
from narrowgate.engine.policy.context import Context
from narrowgate.engine.policy.decision_tables import Scenario
from narrowgate.engine.policy.layer_view import SharedFacts, plain
from narrowgate.engine.policy.layers import Evaluation
from narrowgate.engine.policy.procedure import Resolution, resolve
from narrowgate.engine.policy.quick_signed import decide_signed
from narrowgate.engine.policy.request import AUTHORIZER_RESULTS, AuthorizeRequest
from narrowgate.engine.policy.statements import ALLOW, MATCHED, SILENT, Effects
from narrowgate.model.policy import Decider, Decision, Layer

_SILENT: Final = Effects(SILENT)
_FULL_ACCESS: Final = Effects(ALLOW)
# Looking a member up on its enum costs as much as a dictionary look-up four times over.
_UNKNOWN: Final = Decision.UNKNOWN
_ALLOWED: Final = Decision.ALLOWED
_ENDPOINT_POLICY: Final = Layer.ENDPOINT_POLICY
_RESOURCE_POLICY: Final = Layer.RESOURCE_POLICY


class Decided(msgspec.Struct, frozen=True, gc=False):
    """The lean answer."""

    decision: Decision
    decided_by: tuple[Decider, ...]


def decide(request: AuthorizeRequest) -> Decided:
    """Decide one request and name what decided; `authorize` explains the same decision in full."""
    header, kind = request.authorization_header, request.authorization_type
    if kind is not UNSET and request.domain is None and not request.unknown_policies:
        if header in ("none", "other"):
            decided = _anonymous(request, kind, header)
            if decided is not None:
                return decided
        elif header == "sigv4_valid" and kind == "AWS_IAM" and isinstance(request.principal, Principal):
            found = decide_signed(request, request.principal)
            if found is not None:
                return Decided(*found)
    evaluation = Evaluation(request)
    resolution = resolve(evaluation.scenarios)
    return Decided(resolution.decision, decided_by(evaluation, resolution))


def _anonymous(request: AuthorizeRequest, kind: str, header: str) -> Decided | None:
    """The decision about an anonymous caller; None where something is undecided."""
    shared = SharedFacts(request)
    context = Context(
        caller=ANONYMOUS,
        action=request.action,
        resource=shared.resource,
        given=shared.given,
        absent=shared.absent,
        owner=shared.owner,
    )
    policies = request.policies
    running = policies.deployed_resource_policy or policies.resource_policy
    resource = running.evaluate(context) if running is not None else _SILENT
    custom = policies.endpoint_policy
    endpoint = custom.evaluate(context) if custom is not None else _FULL_ACCESS
    resolution = _resolve(
        kind,
        header,
        plain(endpoint.mask),
        custom is None or custom.is_full_access,
        plain(resource.mask),
        request.authorizer_result if kind in AUTHORIZER_RESULTS else "",
        request.api_key,
    )
    decision = resolution.decision
    if decision is _UNKNOWN:
        return None
    deciders: list[Decider] = []
    for layer, reason in resolution.causes:
        effects = endpoint if layer is _ENDPOINT_POLICY else resource
        if reason == MATCHED:
            for statement in effects.allows if decision is _ALLOWED else effects.denies:
                deciders.append(statement.decider)  # noqa: PERF401  a comprehension costs more than one append
        elif effects is _SILENT and layer is _RESOURCE_POLICY:
            deciders.append(Decider(layer=layer, statement=None, index=None, reason="no_policy"))
        else:
            deciders.append(Decider(layer=layer, statement=None, index=None, reason=reason))
    return Decided(decision, tuple(deciders))


@lru_cache(maxsize=4096)
def _resolve(
    kind: str, header: str, endpoint: int, full_access: bool, resource: int, result: object, api_key: str
) -> Resolution:
    """The procedure for an anonymous caller; positional, because keyword arguments cost as much as a condition."""
    own = AUTHORIZER_RESULTS.get(kind, ("",))
    scenario = Scenario(
        authorization_type=kind,
        header=header,
        header_given=True,
        same_account=False,
        endpoint=endpoint,
        custom_endpoint=(not full_access,),
        association=(True,),
        domain=ALLOW,
        resource=resource,
        identity=SILENT,
        boundary=SILENT,
        session=SILENT,
        scp=SILENT,
        authorizer=(result,) if isinstance(result, str) and result in own else own,
        api_key=api_key,
    )
    return resolve((scenario,))
