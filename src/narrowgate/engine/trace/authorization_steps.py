"""The steps that show what policies made of a call: which statement decided, and what it compared."""

import msgspec

from narrowgate.engine.trace.called import Called
from narrowgate.engine.trace.refusal_text import refusal_text
from narrowgate.model.answer import Considered, Evidence, Missing, Step, Verdict
from narrowgate.model.policy import AuthorizeAnswer, Decider, Decision, Layer
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot

_LAYER_RULES = {
    Layer.ENDPOINT_POLICY: "VPE-02",
    Layer.DOMAIN_POLICY: "POL-31",
    Layer.RESOURCE_POLICY: "POL-04",
    Layer.IDENTITY_POLICY: "POL-26",
    Layer.LAMBDA_AUTHORIZER: "POL-29",
    Layer.COGNITO_AUTHORIZER: "POL-30",
    Layer.SIGNATURE: "POL-28",
    Layer.API_KEY: "POL-32",
}


_UNSIGNED_REASONS = {
    "unsigned": Reason.UNSIGNED,
    "invalid_signature": Reason.INVALID_SIGNATURE,
    "no_access_association": Reason.NO_ACCESS_ASSOCIATION,
    "token_missing": Reason.TOKEN_MISSING,
    "token_invalid": Reason.TOKEN_INVALID,
    "api_key_missing": Reason.API_KEY_MISSING,
    "api_key_invalid": Reason.API_KEY_INVALID,
}


def layer_steps(
    snapshot: Snapshot, called: Called, answer: AuthorizeAnswer, gaps: tuple[Missing, ...], *, is_refused: bool
) -> tuple[Step, ...]:
    """A step for each statement or layer that decides; one that says who allowed where the call passes.

    `is_refused`: whichever layer is open, policies refuse the call.
    """
    if answer.decision is Decision.ALLOWED:
        by = ", ".join(_named(each) for each in answer.decided_by) or "no policy stands against it"
        layer = answer.decided_by[0].layer if answer.decided_by else Layer.RESOURCE_POLICY
        text = f"policies let the call through: {by}"
        return (_decided(snapshot, called, layer, Verdict.ALLOWED, (text, None), answer),)
    if answer.decision is Decision.UNKNOWN:
        opened = tuple(
            Missing(fact=each.reason, resource=_component(called, each.layer), why=f"{each.layer} stays open")
            for each in answer.decided_by
        )
        if is_refused:
            layer = _silent_layer(answer)
            told = ("policies refuse the call, whichever of them it is", Reason.IMPLICIT_DENY)
            step = _decided(snapshot, called, layer, Verdict.DENIED, told, answer)
            return (msgspec.structs.replace(step, unknowns=(*gaps, *opened)),)
        layer = answer.decided_by[0].layer if answer.decided_by else Layer.RESOURCE_POLICY
        return (
            open_step(
                _component(called, layer),
                str(layer),
                Verdict.UNKNOWN,
                "what policies decide stays open",
                (*gaps, *opened),
                rule=_LAYER_RULES.get(layer),
            ),
        )
    seen: list[Step] = []
    for each in (*answer.decided_by, *(cause for cause in answer.blocking if cause not in answer.decided_by)):
        reason = _UNSIGNED_REASONS.get(each.reason)
        if reason is None:
            is_allow_missing = answer.decision is Decision.IMPLICIT_DENY and each in answer.decided_by
            reason = Reason.IMPLICIT_DENY if is_allow_missing or each.index is None else Reason.EXPLICIT_DENY
        if each.layer is Layer.LAMBDA_AUTHORIZER and each.reason.endswith("deny"):
            reason = Reason.AUTHORIZER_DENY
        text = f"{_named(each)}: {reason.meaning}"
        if reason in (Reason.IMPLICIT_DENY, Reason.EXPLICIT_DENY):
            because = refusal_text(answer, each.layer, each.index, is_deny=reason is Reason.EXPLICIT_DENY)
            text += f" ({because})" if because else ""
        seen.append(_decided(snapshot, called, each.layer, Verdict.DENIED, (text, reason), answer))
    return tuple(seen)


def is_refused(answer: AuthorizeAnswer) -> bool:
    """Whether the call is refused for certain, though open facts leave it open by which layer (POL-27)."""
    return answer.decision is not Decision.ALLOWED and Decision.ALLOWED not in answer.possible


def _silent_layer(answer: AuthorizeAnswer) -> Layer:
    """The resource policy where no statement of it can apply, else the first layer that is open."""
    own = [each for each in answer.statements if each.layer is Layer.RESOURCE_POLICY]
    is_silent = all(each.applies == "no" for each in own)
    return Layer.RESOURCE_POLICY if is_silent or not answer.decided_by else answer.decided_by[0].layer


def _decided(
    snapshot: Snapshot,
    called: Called,
    layer: Layer,
    verdict: Verdict,
    told: tuple[str, Reason | None],
    answer: AuthorizeAnswer,
) -> Step:
    considered = tuple(
        Considered(
            item=f"{statement.effect} {statement.statement or f'statement {statement.index}'}",
            outcome={"yes": "chosen", "no": "rejected"}.get(statement.applies, "unknown"),
            why="; ".join(
                f"{condition.operator} {condition.key} wants {', '.join(condition.wanted)}, "
                f"{'has ' + ', '.join(condition.found) if condition.found else 'is ' + condition.state}"
                for condition in statement.conditions
            ),
        )
        for statement in answer.statements
        if statement.layer is layer
    )
    return Step(
        layer=str(layer),
        component=_component(called, layer),
        verdict=verdict,
        text=told[0],
        reason=told[1],
        rule=_LAYER_RULES.get(layer),
        considered=considered,
        evidence=_evidence(snapshot, called, layer),
    )


def _evidence(snapshot: Snapshot, called: Called, layer: Layer) -> tuple[Evidence, ...]:
    """The document behind a layer, and the file it was learnt from."""
    endpoint, api, domain = called.endpoint, called.api, called.domain
    if layer is Layer.ENDPOINT_POLICY:
        document = endpoint.policy_document if isinstance(endpoint.policy_document, str) else "none"
        return (snapshot.evidence(endpoint.vpc_endpoint_id, "PolicyDocument", document),)
    if layer is Layer.DOMAIN_POLICY and domain is not None:
        document = domain.policy if isinstance(domain.policy, str) else "none"
        return (snapshot.evidence(domain.domain_name_arn or domain.domain_name, "policy", document),)
    if layer is Layer.RESOURCE_POLICY:
        return (snapshot.evidence(api.id, "policy", api.policy if isinstance(api.policy, str) else "none"),)
    method = called.outcome.method
    if method is not None:
        told = f"{called.request.method} {method.resource_path}: {method.authorization_type or 'unknown'}"
        return (snapshot.evidence(api.id, "resourceMethods", told),)
    return ()


def _component(called: Called, layer: Layer) -> str:
    if layer is Layer.ENDPOINT_POLICY:
        return called.endpoint.vpc_endpoint_id
    if layer is Layer.DOMAIN_POLICY and called.domain is not None:
        return called.domain.domain_name_arn or called.domain.domain_name
    return called.api.id


def _named(decider: Decider) -> str:
    layer = str(decider.layer).replace("_", " ")
    if decider.index is None:
        return layer
    return f"{layer} statement {decider.statement or decider.index}"


def open_step(
    component: str, layer: str, verdict: Verdict, text: str, unknowns: tuple[Missing, ...], rule: str | None = None
) -> Step:
    """A step of a layer of which no statement decides."""
    return Step(layer=layer, component=component, verdict=verdict, text=text, rule=rule, unknowns=unknowns)
