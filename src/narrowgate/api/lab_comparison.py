"""What the engine says of a question, laid beside what packets did."""

from collections.abc import Sequence

import msgspec

from narrowgate.api import questions
from narrowgate.api.lab_questions import Question
from narrowgate.engine.dns.outcome import PUBLIC
from narrowgate.lab.probe import Observed
from narrowgate.model.answer import Cause, Rcode, ResolveAnswer, Verdict
from narrowgate.model.laboratory import Compared
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import HttpAnswer, Symptom, TraceAnswer

_FILTERS = {
    "SGOUT": "security_group",
    "SGIN": "security_group",
    "NACLOUT": "network_acl",
    "NACLIN": "network_acl",
}
"""The lab's filters in the engine's words; every other phase is a way that leads nowhere, or to somebody else."""
_AFTER_THE_NETWORK = frozenset(
    {
        "tls",
        "http",
        "endpoint_policy",
        "domain_policy",
        "resource_policy",
        "identity_policy",
        "signature",
        "api_key",
    }
)
_SYMPTOMS = {
    Rcode.NXDOMAIN: "dns_nxdomain",
    Rcode.NODATA: "dns_nodata",
    Rcode.NOERROR: "dns_nodata",
    Rcode.SERVFAIL: "dns_servfail",
    Rcode.TIMEOUT: "dns_timeout",
}
_VARIES = (Verdict.PARTIAL, Verdict.INDETERMINATE)
"""Some connections come through and some do not; packets made one."""
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
        resolved = questions.resolve(snapshot, question.client, question.target, question.record_type)
        return _compared_name(question, resolved, found, observed, dropped)
    address, _, port = question.target.rpartition(":")
    reached = questions.reach(snapshot, question.client, address, questions.Flow(port=int(port)))
    wanted = "reached" if reached.verdict is Verdict.ALLOWED else "connect_timeout"
    return _compared(question, reached.verdict, wanted, observed, dropped)


def _compared_name(
    question: Question, answer: ResolveAnswer, found: Sequence[Observed], observed: tuple[str, ...], dropped: str
) -> Compared:
    values = _values(answer, question.record_type)
    wanted = "resolved" if values else _dns_symptom(answer)
    compared = _compared(question, answer.verdict, wanted, observed, dropped, _uncoded(answer))
    seen = {each.address for each in found if each.address is not None}
    if compared.agrees and answer.verdict is Verdict.ALLOWED and wanted == "resolved" and seen != set(values):
        text = f"records {', '.join(sorted(seen))}, and the engine says {', '.join(sorted(values))}"
        return msgspec.structs.replace(compared, agrees=False, text=text)
    return compared


def _values(answer: ResolveAnswer, record_type: str) -> tuple[str, ...]:
    """The values of the type that was asked for; names that lead there do not count."""
    if record_type in ("A", "AAAA"):
        return answer.addresses
    records = (each.split(" ", 2) for each in answer.records)
    return tuple(value for _, kind, value in records if kind == record_type)


def _dns_symptom(answer: ResolveAnswer) -> str | None:
    if answer.target == PUBLIC and answer.verdict is Verdict.ALLOWED:
        return "public_answer"
    if answer.rcode is None:
        # A private API's name that only public DNS was asked for is not found there (AGW-05).
        is_private = any(each.reason is Reason.DNS_NO_PRIVATE_ANSWER for each in answer.blocking)
        return "dns_nxdomain" if is_private and not answer.unknowns else None
    return _SYMPTOMS[answer.rcode]


def _compared_call(
    question: Question, answer: TraceAnswer, found: Sequence[Observed], observed: tuple[str, ...], dropped: str
) -> Compared:
    expected = str(answer.symptom) if answer.symptom is not None else None
    decided = answer.decided_by
    told = [_call_differs(answer, each) for each in found]
    differs = next((each for each in told if each), "")
    return Compared(
        question=str(question),
        verdict=answer.verdict,
        expected=expected,
        observed=observed,
        agrees=False if differs else True if "" in told else None,
        decided_by=f"{decided.layer} {decided.resource}" if decided is not None else "",
        dropped_at=dropped,
        text=differs,
    )


def _call_differs(answer: TraceAnswer, found: Observed) -> str | None:
    """How packets by one address differ from the engine's path by it; None where the engine does not decide."""
    path = next((each for each in answer.paths if each.address == found.address), None)
    if path is None and found.symptom == "public_answer":
        path = next((each for each in answer.paths if each.address is None), None)
    if path is None:
        if answer.dns is not None and answer.dns.verdict is Verdict.PARTIAL:
            return None
        if answer.verdict in (Verdict.UNKNOWN, Verdict.INDETERMINATE, Verdict.INVALID):
            return None
        said = ", ".join(each.address or str(each.symptom) for each in answer.paths)
        return f"{found.address or found.symptom}, and the engine says {said}"
    is_open = path.verdict in (Verdict.UNKNOWN, Verdict.INDETERMINATE)
    if path.symptom is None or path.address == path.client_address:
        # What a host sends to its own address never leaves it.
        return None
    if path.verdict is Verdict.INVALID:
        return "" if found.symptom == path.symptom else None
    if path.verdict is Verdict.PARTIAL:
        return "" if found.symptom in (path.symptom, Symptom.HTTP_200) else None
    if is_open and path.symptom is not Symptom.PUBLIC_ANSWER:
        return None
    expected = str(path.symptom)
    if found.symptom == "connect_timeout" and path.connection is not None and path.connection.verdict in _VARIES:
        return None
    alike = _ALIKE.get(expected, set()) | _uncoded(answer.dns) | {expected}
    if any(each.reason is Reason.NO_ACCESS_ASSOCIATION for each in path.blocking):
        # A 403, or AWS's own certificate: what a name without association meets first is documented nowhere.
        alike.add("tls_name_mismatch")
    if found.symptom not in alike:
        return f"{found.symptom}, and the engine says {expected}"
    if path.symptom is Symptom.CONNECT_TIMEOUT:
        # Where a fact is not known, packets may be lost at it before they come to what the engine is sure of.
        return "" if path.unknowns else place_differs(path.blocking, found)
    return _refusal_differs(path.http, found) if found.symptom == expected else ""


def _compared(
    question: Question,
    verdict: Verdict,
    expected: str | None,
    observed: tuple[str, ...],
    dropped: str,
    alike: set[str] | frozenset[str] = frozenset(),
) -> Compared:
    agrees: bool | None
    alike = _ALIKE.get(expected or "", set()) | alike | {expected or ""}
    if verdict in (Verdict.UNKNOWN, Verdict.INDETERMINATE):
        # Only where the engine says what the caller sees is there something to compare: a public answer is such.
        agrees = set(observed) <= alike if expected == "public_answer" else None
    elif verdict is Verdict.PARTIAL:
        # Some work and some do not, and packets went one way.
        agrees = set(observed) <= alike | {"resolved", "reached", "connect_timeout", "dns_servfail", "dns_timeout"}
    elif verdict is Verdict.INVALID:
        # What AWS would refuse is built here all the same: only that it fails alike says something.
        agrees = True if set(observed) <= alike else None
    else:
        agrees = set(observed) <= alike if expected is not None else None
    return Compared(
        question=str(question),
        verdict=verdict,
        expected=expected,
        observed=observed,
        agrees=agrees,
        dropped_at=dropped,
    )


def _uncoded(dns: ResolveAnswer | None) -> set[str]:
    """Failures that are alike where the engine tells no code: public DNS alone could, or ways vary."""
    is_uncoded = dns is not None and dns.rcode is None and not dns.addresses
    return {"dns_servfail", "dns_timeout", "dns_nodata"} if is_uncoded else set()


def _refusal_differs(expected: HttpAnswer | None, found: Observed) -> str:
    """Status, error type and body of a refusal are AWS's own words on both sides, where the engine tells them."""
    if expected is None or expected.status == 200:
        return ""
    if expected.error_type not in (None, found.error_type):
        return f"error type {found.error_type}, and the engine says {expected.error_type}"
    if expected.body is not None and found.body != expected.body:
        return f"body {found.body}, and the engine says {expected.body}"
    return ""


def place_differs(blocking: Sequence[Cause], found: Observed) -> str:
    """The place where packets were lost, where it is none that the engine names; empty where it is.

    Where a route is wrong, packets may meet the filters of another network, which the target does not have.
    """
    phase = (found.dropped_at or "").partition(" ")[0]
    named = {str(each.layer) for each in blocking} - _AFTER_THE_NETWORK
    only_filters = named <= set(_FILTERS.values())
    if not phase or not named or (phase in _FILTERS and (not only_filters or _FILTERS[phase] in named)):
        return ""
    if phase not in _FILTERS and not only_filters:
        return ""
    return f"lost at {found.dropped_at}, and the engine names {', '.join(sorted(named))}"
