"""The use case of `trace --observed`: what was computed beside what a probe saw."""

from pathlib import Path

import msgspec

from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError, QuestionError
from narrowgate.model.observation import ComparedStep, ObserveAnswer, ObservedStep, ProbeReport
from narrowgate.model.trace import Symptom, TraceAnswer

_SCHEMA = "narrowgate.probe/1"
_ORDER = ("resolve", "connect", "tls", "call")
_FAILS_AT = {
    Symptom.CONNECT_TIMEOUT: "connect",
    Symptom.CONNECTION_REFUSED: "connect",
    Symptom.TLS_NAME_MISMATCH: "tls",
}
_PROVES = {
    "resolve": "the client's resolver does not answer as the source says: another DNS server, a rule, zone or "
    "hosts file that the source does not hold, or a record that changed since",
    "connect": "the name is as computed, so the difference is on the packet path: a host firewall, a middlebox, "
    "or routes, groups and network ACLs that changed since",
    "tls": "packets arrive, so name and path are as computed; another server answers there, or something in "
    "between breaks TLS open",
    "call": "name, path and TLS are as computed; the difference is in the API: the policy that is really "
    "deployed, another identity, a changed stage, or an integration behind it",
}


def load_probe_report(path: Path) -> ProbeReport:
    """Read a probe's report.

    Raises:
        InputError: no such file, or no report.
    """
    try:
        report = msgspec.json.decode(path.read_bytes(), type=ProbeReport)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        help_text = "the program that `narrowgate probe` prints writes one on standard output"
        raise InputError(f"is no report of a probe: {error}", where=str(path), help=help_text) from None
    if report.schema != _SCHEMA:
        raise InputError(f"schema `{report.schema}` is not known", where=str(path))
    return report


def observe(answer: TraceAnswer, report: ProbeReport) -> ObserveAnswer:
    """Lay a probe's report beside a trace.

    A step that the trace cannot tell, or the probe did not reach because both stopped before, is compared with
    nothing; the first step that both tell differently is where they part.

    Raises:
        QuestionError: the probe called something else.
    """
    if (report.url, report.method) != (answer.url, answer.method):
        raise QuestionError(
            f"the probe called `{report.method} {report.url}`, the question is `{answer.method} {answer.url}`",
            help="ask about the same call",
        )
    seen = {each.step: each for each in report.steps}
    steps: list[ComparedStep] = []
    parted: str | None = None
    for name in _ORDER:
        step = seen.get(name)
        compared = _compared(name, answer, step, report)
        if compared is None:
            continue
        steps.append(compared)
        if compared.agrees is False:
            parted = name
            break
        if step is not None and not step.ok:
            break
    told = [each for each in steps if each.agrees is not None]
    verdict = Verdict.DENIED if parted else Verdict.ALLOWED if told else Verdict.UNKNOWN
    return ObserveAnswer(
        verdict=verdict,
        url=answer.url,
        observed_at=report.at,
        steps=tuple(steps),
        parted=parted,
        proves=_PROVES[parted] if parted else _agreed(verdict),
        trace=answer,
    )


def _agreed(verdict: Verdict) -> str:
    if verdict is Verdict.UNKNOWN:
        return "nothing: the trace cannot tell any of the steps"
    return "the source is as the client sees it, at every step that both tell"


def _compared(
    name: str, answer: TraceAnswer, step: ObservedStep | None, report: ProbeReport
) -> ComparedStep | None:
    predicted, fails = _predicted(name, answer)
    if step is None and predicted is None:
        return None
    observed = _observed(name, step, report)
    agrees: bool | None = None
    if predicted is not None and step is not None:
        agrees = (not fails) == step.ok if name != "call" else _same_status(answer, report)
        if agrees and name == "resolve" and step.ok and answer.dns is not None and answer.dns.addresses:
            agrees = set(step.addresses) <= set(answer.dns.addresses)
    return ComparedStep(
        step=name,
        predicted=predicted or "not told",
        observed=observed,
        agrees=agrees,
        ms=step.ms if step is not None else None,
    )


def _predicted(name: str, answer: TraceAnswer) -> tuple[str | None, bool]:
    """What the trace says of a step, and whether it fails there; None where it does not tell."""
    symptom = answer.symptom
    if symptom is None:
        # Undecided: only the name may be told for certain.
        known = name == "resolve" and answer.dns is not None and answer.dns.verdict is Verdict.ALLOWED
        return (", ".join(answer.dns.addresses) if known and answer.dns else None), False
    at = "resolve" if symptom.startswith("dns_") else _FAILS_AT.get(symptom)
    if at == name:
        return str(symptom), True
    if at is not None and _ORDER.index(name) > _ORDER.index(at):
        return None, False
    if name == "resolve":
        addresses = answer.dns.addresses if answer.dns is not None else ()
        return ", ".join(addresses) or "an address", False
    if symptom is Symptom.PUBLIC_ANSWER:
        return None, False
    if name == "call":
        # What an integration answers is not ours to compute: that the call gets there is.
        return (str(answer.http.status) if answer.http is not None else None), False
    return "works", False


def _same_status(answer: TraceAnswer, report: ProbeReport) -> bool | None:
    if answer.http is None:
        return None
    if report.status is None:
        return False
    refuses = answer.http.status >= 400
    if not refuses:
        # Let through: the integration decides the status, but API Gateway's own refusals must not appear.
        return not (report.status == 403 and bool(report.error_type))
    same_type = answer.http.error_type in (None, report.error_type)
    return report.status == answer.http.status and same_type


def _observed(name: str, step: ObservedStep | None, report: ProbeReport) -> str:
    if step is None:
        return "not tried"
    if not step.ok:
        return f"{step.kind or 'failed'}: {step.error}" if step.error else step.kind or "failed"
    if name == "resolve":
        return ", ".join(step.addresses)
    if name == "call":
        return " ".join(part for part in (str(report.status), report.error_type) if part)
    return step.address or "works"
