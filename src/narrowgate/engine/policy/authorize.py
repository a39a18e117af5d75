"""The answer of `authorize`: decide one request, and show everything that was looked at.

For the decision and the deciding statements alone, many times a second, see `quick.decide`.
"""

from collections.abc import Iterable, Iterator

import msgspec

from narrowgate.engine.policy.decision_tables import Cause
from narrowgate.engine.policy.kleene import WORDS
from narrowgate.engine.policy.layer_view import Evaluated, LayerEffects
from narrowgate.engine.policy.layers import Evaluation
from narrowgate.engine.policy.notes import notes_of
from narrowgate.engine.policy.procedure import Resolution, resolve
from narrowgate.engine.policy.refusals import agreed, refusal_of
from narrowgate.engine.policy.request import AuthorizeRequest
from narrowgate.engine.policy.statements import DENY, MATCHED, SILENT, UNREAD
from narrowgate.model.policy import (
    AuthorizeAnswer,
    ConditionResult,
    Decider,
    Decision,
    HttpRefusal,
    Layer,
    StatementResult,
)

POLICY_LAYERS = (
    Layer.ENDPOINT_POLICY,
    Layer.DOMAIN_POLICY,
    Layer.RESOURCE_POLICY,
    Layer.IDENTITY_POLICY,
    Layer.PERMISSIONS_BOUNDARY,
    Layer.SESSION_POLICY,
    Layer.SCP,
)
_FIELDS = {
    "endpoint": Layer.ENDPOINT_POLICY,
    "custom_endpoint": Layer.ENDPOINT_POLICY,
    "domain": Layer.DOMAIN_POLICY,
    "resource": Layer.RESOURCE_POLICY,
    "identity": Layer.IDENTITY_POLICY,
    "boundary": Layer.PERMISSIONS_BOUNDARY,
    "session": Layer.SESSION_POLICY,
    "scp": Layer.SCP,
}


def authorize(request: AuthorizeRequest) -> AuthorizeAnswer:
    """Decide one request by the reference procedure, with every statement of every layer explained."""
    evaluation = Evaluation(request)
    resolution = resolve(evaluation.scenarios)
    # What is open and could change nothing about an allow stands with its statement, not among missing facts.
    allowed = resolution.decision is Decision.ALLOWED
    unknowns = () if allowed else tuple(_all_unknowns(evaluation))
    return AuthorizeAnswer(
        decision=resolution.decision,
        verdict=resolution.decision.verdict,
        decided_by=decided_by(evaluation, resolution),
        blocking=tuple(_deciders(evaluation, resolution.blocking, Decision.EXPLICIT_DENY)),
        unknowns=unknowns,
        possible=resolution.possible,
        statements=tuple(_statements(evaluation)),
        http=_http(evaluation, resolution),
        authorizer_invoked=resolution.invoked,
        resource=evaluation.shared.resource,
        notes=notes_of(evaluation),
    )


def decided_by(evaluation: Evaluation, resolution: Resolution) -> tuple[Decider, ...]:
    """The statements and layers that decide, or that leave the decision open."""
    if resolution.decision is Decision.UNKNOWN:
        return tuple(_relevant_unknowns(evaluation, resolution.open_layers))
    return tuple(_deciders(evaluation, resolution.causes, resolution.decision))


def _deciders(evaluation: Evaluation, causes: Iterable[Cause], decision: Decision) -> Iterator[Decider]:
    """Causes as statements where statements stand behind them."""
    for layer, reason in causes:
        if reason == MATCHED:
            yield from _matched(evaluation, layer, denies=decision is not Decision.ALLOWED)
        elif layer in POLICY_LAYERS and not _documents(evaluation, layer):
            yield _whole(layer, "no_policy")
        else:
            yield _whole(layer, reason)


def _whole(layer: Layer, reason: str) -> Decider:
    """A layer as a whole, where no single statement decides."""
    return Decider(layer=layer, statement=None, index=None, reason=reason)


def _documents(evaluation: Evaluation, layer: Layer) -> bool:
    return any(view.layer(layer).documents for view in evaluation.viewers(layer))


def _matched(evaluation: Evaluation, layer: Layer, *, denies: bool) -> Iterator[Decider]:
    """The statements of a layer that match, for every caller whom it may see."""
    found: list[dict[tuple[int | None, int], Decider]] = []
    for view in evaluation.viewers(layer):
        here: dict[tuple[int | None, int], Decider] = {}
        for document in _main_documents(view.layer(layer), layer):
            effects = document.effects
            for statement in effects.denies if denies else effects.allows:
                here[document.number, statement.index] = Decider(
                    layer=layer,
                    reason=MATCHED,
                    statement=statement.sid,
                    index=statement.index,
                    policy=document.number,
                )
        found.append(here)
    for place, decider in found[0].items():
        if all(place in other for other in found):
            yield decider


def _main_documents(effects: LayerEffects, layer: Layer) -> tuple[Evaluated, ...]:
    """The documents as asked about the method; an endpoint policy may have been asked about the domain too."""
    return effects.documents[:1] if layer is Layer.ENDPOINT_POLICY else effects.documents


# --- what stays open


def _relevant_unknowns(evaluation: Evaluation, fields: tuple[str, ...]) -> Iterator[Decider]:
    """The open parts that can change the decision."""
    seen: set[Decider] = set()
    for field in fields:
        layer = _FIELDS.get(field)
        found = _layer_unknowns(evaluation, layer) if layer is not None else _fact_unknowns(evaluation, field)
        for decider in found:
            if decider not in seen:
                seen.add(decider)
                yield decider


def _all_unknowns(evaluation: Evaluation) -> Iterator[Decider]:
    scenarios = evaluation.scenarios
    for field in ("authorization_type", "header", "same_account"):
        if len({getattr(scenario, field) for scenario in scenarios}) > 1:
            yield from _fact_unknowns(evaluation, field)
    for field in ("association", "authorizer"):
        if any(len(getattr(scenario, field)) > 1 for scenario in scenarios):
            yield from _fact_unknowns(evaluation, field)
    for layer in POLICY_LAYERS:
        yield from _layer_unknowns(evaluation, layer)


def _layer_unknowns(evaluation: Evaluation, layer: Layer) -> Iterator[Decider]:
    """Why a layer's effect is open: not read, or the keys and operators of its undecided statements."""
    seen: set[Decider] = set()
    for view in evaluation.viewers(layer):
        effects = view.layer(layer)
        if not effects.documents and effects.mask == UNREAD:
            seen.add(_whole(layer, _unread_name(evaluation.request, layer)))
        seen.update(_undecided(effects, layer))
        seen.update(_domain_unknowns(effects, layer))
    if seen:
        yield from sorted(seen, key=lambda decider: (decider.policy or 0, decider.index or 0, decider.reason))


def _unread_name(request: AuthorizeRequest, layer: Layer) -> str:
    deployed = "deployed_resource_policy"
    return deployed if layer is Layer.RESOURCE_POLICY and deployed in request.unknown_policies else layer.value


def _undecided(effects: LayerEffects, layer: Layer) -> Iterator[Decider]:
    if effects.mask == DENY:
        return
    open_allow = bool(effects.mask & SILENT) or bin(effects.mask & 7).count("1") > 1
    for document in _main_documents(effects, layer):
        for statement in document.effects.undecided:
            if statement.is_deny or open_allow:
                for reason in statement.open_reasons(document.context):
                    yield Decider(
                        layer=layer,
                        reason=reason,
                        statement=statement.sid,
                        index=statement.index,
                        policy=document.number,
                    )


def _domain_unknowns(effects: LayerEffects, layer: Layer) -> Iterator[Decider]:
    if layer is Layer.ENDPOINT_POLICY and len(effects.documents) > 1:
        yield _whole(layer, "domain_arn")


def _fact_unknowns(evaluation: Evaluation, field: str) -> Iterator[Decider]:
    """An open fact of the request, by the layer that asks for it."""
    match field:
        case "authorization_type":
            yield _whole(Layer.ROUTING, "authorization_type")
        case "header":
            yield _whole(Layer.SIGNATURE, "authorization_header")
        case "same_account":
            yield _whole(Layer.SIGNATURE, "principal")
        case "association":
            yield _whole(Layer.ROUTING, "access_association")
        case "serves_bad_signature":
            yield _whole(Layer.SIGNATURE, "invalid_signature")
        case "authorizer":
            kinds = {
                scenario.authorization_type for scenario in evaluation.scenarios if len(scenario.authorizer) > 1
            }
            if "CUSTOM" in kinds:
                yield _whole(Layer.LAMBDA_AUTHORIZER, "authorizer_result")
            if "COGNITO_USER_POOLS" in kinds:
                yield _whole(Layer.COGNITO_AUTHORIZER, "authorizer_result")


# --- what was looked at


def _statements(evaluation: Evaluation) -> Iterator[StatementResult]:
    """Every statement of every layer that is consulted; callers who differ are merged into `unknown`."""
    for layer in POLICY_LAYERS:
        explained = [list(_explain(view.layer(layer), layer)) for view in evaluation.viewers(layer)]
        if explained:
            yield from (_merge(list(results)) for results in zip(*explained, strict=True))


def _explain(effects: LayerEffects, layer: Layer) -> Iterator[StatementResult]:
    for document in _main_documents(effects, layer):
        for statement in document.policy.statements:
            yield statement.explain(document.context, layer, document.number)


def _merge(results: list[StatementResult]) -> StatementResult:
    first = results[0]
    if len(results) == 1:
        return first
    return msgspec.structs.replace(
        first,
        applies=_word(result.applies for result in results),
        principal=None if first.principal is None else _word(str(result.principal) for result in results),
        resource=_word(result.resource for result in results),
        conditions=tuple(
            _merge_conditions(list(conditions))
            for conditions in zip(*(result.conditions for result in results), strict=True)
        ),
    )


def _merge_conditions(results: list[ConditionResult]) -> ConditionResult:
    first = results[0]
    if all(result == first for result in results):
        return first
    alike = all((result.found, result.state) == (first.found, first.state) for result in results)
    return msgspec.structs.replace(
        first,
        found=first.found if alike else None,
        state=first.state if alike else "unknown",
        holds=_word(result.holds for result in results),
        reason=first.key,
        rule=None,
    )


def _word(words: Iterable[str]) -> str:
    different = set(words)
    return different.pop() if len(different) == 1 else WORDS[1]


def _http(evaluation: Evaluation, resolution: Resolution) -> HttpRefusal | None:
    if resolution.decision in (Decision.ALLOWED, Decision.UNKNOWN):
        return None
    return agreed(
        [
            refusal_of(evaluation.request, scenario, resolution.decision, resolution.causes)
            for scenario in evaluation.scenarios
        ]
    )
