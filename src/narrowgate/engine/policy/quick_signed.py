"""The lean decision about a signer of an `AWS_IAM` method whose facts are all given.

Every layer sees the same caller and the same method there, so one context serves all documents. The procedure is
the same; whatever turns out undecided is left to the full evaluation.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from narrowgate.engine.policy.callers import Principal, signer
from narrowgate.engine.policy.context import Context
from narrowgate.engine.policy.decision_tables import Scenario
from narrowgate.engine.policy.kleene import NO, YES
from narrowgate.engine.policy.layer_view import SharedFacts, plain, running_policy
from narrowgate.engine.policy.procedure import Resolution, intersection, resolve, union
from narrowgate.engine.policy.request import AuthorizeRequest
from narrowgate.engine.policy.statements import ALLOW, MATCHED, SILENT, Effects, Policy
from narrowgate.model.policy import Decider, Decision, Layer

_IDENTITY: Final = Layer.IDENTITY_POLICY
_ALLOWED: Final = Decision.ALLOWED


class _Documents(NamedTuple):
    """A layer's effects, and each document's with its place among several."""

    mask: int
    effects: Sequence[tuple[int | None, Effects]] = ()


_NO_RESTRICTION: Final = _Documents(ALLOW)
_NONE: Final = _Documents(SILENT)


def decide_signed(request: AuthorizeRequest, principal: Principal) -> tuple[Decision, tuple[Decider, ...]] | None:
    """The decision and what decided, for a valid signature, no custom domain and no layer unread; None if open."""
    shared = SharedFacts(request)
    context = Context(
        caller=signer(principal, NO if request.policies.permissions_boundary is None else YES),
        action=request.action,
        resource=shared.resource,
        given=shared.given,
        absent=shared.absent,
        owner=shared.owner,
    )
    policies = request.policies
    running = running_policy(request)
    endpoint = _one(policies.endpoint_policy, context, _NO_RESTRICTION)
    resource = _one(running if isinstance(running, Policy) else None, context, _NONE)
    identity = _several(policies.identity_policies, context, _NONE)
    boundary = _one(policies.permissions_boundary, context, _NO_RESTRICTION)
    session = _several(policies.session_policies, context, _NO_RESTRICTION)
    scp = _levels(policies.scp, context)
    resolution = _resolve(
        principal.account == request.api.account,
        plain(endpoint.mask),
        resource.mask,
        identity.mask,
        boundary.mask,
        session.mask,
        scp.mask,
        request.api_key,
    )
    if resolution.decision is Decision.UNKNOWN:
        return None
    layers = {
        Layer.ENDPOINT_POLICY: endpoint,
        Layer.RESOURCE_POLICY: resource,
        _IDENTITY: identity,
        Layer.PERMISSIONS_BOUNDARY: boundary,
        Layer.SESSION_POLICY: session,
        Layer.SCP: scp,
    }
    return resolution.decision, tuple(_deciders(resolution, layers))


def _one(policy: Policy | None, context: Context, default: _Documents) -> _Documents:
    if policy is None:
        return default
    effects = policy.evaluate(context)
    return _Documents(effects.mask, ((None, effects),))


def _several(policies: tuple[Policy, ...], context: Context, default: _Documents) -> _Documents:
    if not policies:
        return default
    found = [(number, policy.evaluate(context)) for number, policy in enumerate(policies)]
    return _Documents(found[0][1].mask if len(found) == 1 else union([each.mask for _, each in found]), found)


def _levels(levels: tuple[tuple[Policy, ...], ...] | None, context: Context) -> _Documents:
    if levels is None:
        return _NO_RESTRICTION
    by_level = [[policy.evaluate(context) for policy in level] for level in levels]
    every = [effects for level in by_level for effects in level]
    numbered = [(None if len(every) == 1 else number, effects) for number, effects in enumerate(every)]
    return _Documents(intersection([union([each.mask for each in level]) for level in by_level]), numbered)


def _deciders(resolution: Resolution, layers: dict[Layer, _Documents]) -> Iterator[Decider]:
    is_allowed = resolution.decision is _ALLOWED
    for layer, reason in resolution.causes:
        documents = layers.get(layer)
        if reason != MATCHED or documents is None:
            missing = documents is not None and not documents.effects
            yield Decider(layer=layer, statement=None, index=None, reason="no_policy" if missing else reason)
            continue
        for number, effects in documents.effects:
            for statement in effects.allows if is_allowed else effects.denies:
                if number is None:
                    yield statement.decider
                else:
                    yield Decider(
                        layer=layer, statement=statement.sid, index=statement.index, reason=MATCHED, policy=number
                    )


@lru_cache(maxsize=4096)
def _resolve(
    same_account: bool,
    endpoint: int,
    resource: int,
    identity: int,
    boundary: int,
    session: int,
    scp: int,
    api_key: str,
) -> Resolution:
    """The procedure for a valid signature; positional, because keyword arguments cost as much as a condition."""
    scenario = Scenario(
        authorization_type="AWS_IAM",
        header="sigv4_valid",
        header_given=True,
        same_account=same_account,
        endpoint=endpoint,
        custom_endpoint=(True,),
        association=(True,),
        domain=ALLOW,
        resource=resource,
        identity=identity,
        boundary=boundary,
        session=session,
        scp=scp,
        authorizer=("",),
        api_key=api_key,
    )
    return resolve((scenario,))
