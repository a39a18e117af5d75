"""What the engine says of a question, laid beside what packets did."""

from collections.abc import Sequence

import msgspec

from narrowgate.api import questions
from narrowgate.api.lab_questions import Question
from narrowgate.lab.probe import Observed
from narrowgate.model.answer import Verdict
from narrowgate.model.laboratory import Compared
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import TraceAnswer

_LAYERS = {
    "SGOUT": "security_group",
    "SGIN": "security_group",
    "NACLOUT": "network_acl",
    "NACLIN": "network_acl",
    "NOROUTE": "route_table",
    "TRANSIT": "vpc_peering_connection",
    "NOSVC": "vpc_endpoint",
    "NOPUBLIC": "internet_gateway",
    "NOINBOUND": "egress_only_internet_gateway",
}
"""The lab's phases in the engine's words."""
_ALIKE = {"dns_blocked": {"dns_nxdomain", "dns_nodata", "dns_servfail"}}
"""What tools cannot tell apart: a firewall's answer looks like a name that is not there."""


def compare(snapshot: Snapshot, question: Question, found: Sequence[Observed]) -> Compared:
    """What the engine says of a question, beside what packets did."""
    observed = tuple(sorted({each.symptom for each in found}))
    dropped = next((each.dropped_at for each in found if each.dropped_at), "") or ""
    if question.kind == "call":
        answer = questions.trace(
            snapshot,
            question.client,
            question.target,
            method=question.method,
            headers=question.headers,
            principal=question.principal or "anonymous",
        )
        compared = _compared_call(question, answer, found, observed, dropped)
        onward = sorted({each.onward for each in found if each.onward is not None})
        return msgspec.structs.replace(compared, text=f"and there {', '.join(onward)}") if onward else compared
    if question.kind == "resolve":
        resolved = questions.resolve(snapshot, question.client, question.target)
        wanted = "resolved" if resolved.addresses else _dns_symptom(str(resolved.rcode))
        return _compared(question, resolved.verdict, wanted, observed, dropped)
    address, _, port = question.target.rpartition(":")
    reached = questions.reach(snapshot, question.client, address, questions.Flow(port=int(port)))
    wanted = "reached" if reached.verdict is Verdict.ALLOWED else "connect_timeout"
    return _compared(question, reached.verdict, wanted, observed, dropped)


def _dns_symptom(rcode: str) -> str:
    return {"NXDOMAIN": "dns_nxdomain", "NODATA": "dns_nodata", "TIMEOUT": "dns_timeout"}.get(
        rcode, "dns_servfail"
    )


def _compared_call(
    question: Question, answer: TraceAnswer, found: Sequence[Observed], observed: tuple[str, ...], dropped: str
) -> Compared:
    expected = str(answer.symptom) if answer.symptom is not None else None
    compared = _compared(question, answer.verdict, expected, observed, dropped)
    decided = answer.decided_by
    shown = f"{decided.layer} {decided.resource}" if decided is not None else ""
    compared = msgspec.structs.replace(compared, decided_by=shown)
    if not compared.agrees:
        return compared
    differs = _body_differs(answer, found) or _place_differs(answer, found)
    return msgspec.structs.replace(compared, agrees=False, text=differs) if differs else compared


def _compared(
    question: Question, verdict: Verdict, expected: str | None, observed: tuple[str, ...], dropped: str
) -> Compared:
    agrees: bool | None
    alike = _ALIKE.get(expected or "", set()) | {expected}
    if verdict in (Verdict.UNKNOWN, Verdict.INDETERMINATE):
        # Only where the engine says what the caller sees is there something to compare: a public answer is such.
        agrees = set(observed) <= alike if expected == "public_answer" else None
    elif verdict is Verdict.PARTIAL:
        agrees = set(observed) <= alike | {"http_200", "resolved", "reached"}
    else:
        agrees = set(observed) <= alike
    return Compared(
        question=str(question),
        verdict=verdict,
        expected=expected,
        observed=observed,
        agrees=agrees,
        dropped_at=dropped,
    )


def _body_differs(answer: TraceAnswer, found: Sequence[Observed]) -> str:
    """Status, error type and body of a refusal are AWS's own words on both sides."""
    if answer.http is None or answer.http.status == 200 or answer.verdict is Verdict.PARTIAL:
        return ""
    for each in found:
        if each.error_type != answer.http.error_type:
            return f"error type {each.error_type}, and the engine says {answer.http.error_type}"
        if answer.http.body is not None and each.body != answer.http.body:
            return f"body {each.body}, and the engine says {answer.http.body}"
    return ""


def _place_differs(answer: TraceAnswer, found: Sequence[Observed]) -> str:
    """The place where a connection's packets are lost is the layer that the engine names first."""
    if str(answer.symptom) != "connect_timeout" or answer.decided_by is None:
        return ""
    layers = {str(cause.layer) for cause in answer.blocking}
    for each in found:
        layer = _LAYERS.get((each.dropped_at or "").partition(" ")[0])
        if layer is not None and layer not in layers:
            return f"lost at {each.dropped_at}, and the engine names {', '.join(sorted(layers))}"
    return ""
