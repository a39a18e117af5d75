"""The text of `trace`: one line a hop, what decided, what the caller will see."""

from collections.abc import Iterator

from narrowgate.model.answer import Step, Verdict
from narrowgate.model.trace import TraceAnswer
from narrowgate.report.resolve import summary
from narrowgate.report.steps import cause_lines, missing_lines, section, step_lines, warning_lines
from narrowgate.report.style import Style, clean

_SEEN = {
    "dns_nxdomain": "could not resolve host (NXDOMAIN)",
    "dns_nodata": "could not resolve host (the name has no address)",
    "dns_servfail": "could not resolve host (SERVFAIL)",
    "dns_timeout": "could not resolve host (no DNS server answers)",
    "dns_blocked": "could not resolve host (blocked by DNS Firewall)",
    "public_answer": "public addresses instead of the endpoint's",
    "connect_timeout": "a connection time-out",
    "connection_refused": "connection refused",
    "tls_name_mismatch": "a certificate for another name",
}


def render_trace(answer: TraceAnswer, style: Style, *, verbose: bool = False) -> str:
    """The answer for a person, from the verdict down to each fact."""
    return "\n".join(_lines(answer, style, verbose))


def _lines(answer: TraceAnswer, style: Style, verbose: bool) -> Iterator[str]:
    yield f"{style.mark(answer.verdict)} {style.verdict(answer.verdict)}  {answer.method} {clean(answer.url)}"
    yield f"  from           {clean(answer.client)}"
    yield f"  caller sees    {style.strong(caller_sees(answer))}"
    if answer.decided_by is not None:
        decided = answer.decided_by
        yield f"  decided by     {clean(decided.resource or '')} {decided.reason} - {decided.reason.meaning}"
    if answer.dns is not None:
        yield from section("Name", _dns_lines(answer, style, verbose), style)
    by_part: dict[str, list[Step]] = {}
    for step in answer.hops:
        by_part.setdefault(part_of(step), []).append(step)
    for title in ("There", "Back", "TLS", "API Gateway", "Policies"):
        yield from section(title, step_lines(by_part.get(title, ()), style, verbose=verbose), style)
    yield from section("Why not" if answer.blocking else "", cause_lines(answer.blocking, style), style)
    if answer.works and answer.fails:
        yield from section("Works", (f"  {clean(item)}" for item in answer.works), style)
        yield from section("Fails", (f"  {clean(item)}" for item in answer.fails), style)
    yield from section("Not known", missing_lines(answer.unknowns, style), style)
    yield from section("Mind", warning_lines(answer.warnings, style), style)


def _dns_lines(answer: TraceAnswer, style: Style, verbose: bool) -> Iterator[str]:
    if answer.dns is None:
        return
    yield f"  {clean(answer.dns.name)} → {style.strong(summary(answer.dns))}"
    yield from step_lines(answer.dns.steps, style, verbose=verbose)


def part_of(step: Step) -> str:
    """The section of a trace that a step belongs to."""
    if step.layer == "tls":
        return "TLS"
    if step.layer == "http":
        return "API Gateway"
    if step.layer.endswith("policy") or step.layer in {"authorization", "signature", "api_key", "scp"}:
        return "Policies"
    return "Back" if step.leg == "return" else "There"


def caller_sees(answer: TraceAnswer) -> str:
    """What the caller sees, in a few words."""
    if answer.http is not None:
        kind = f"  {answer.http.error_type}" if answer.http.error_type else ""
        body = f"  {answer.http.body}" if answer.http.body else ""
        if answer.http.status == 200 and not body:
            return "HTTP 200 from the API's integration"
        return f"HTTP {answer.http.status}{kind}{body}"
    if answer.symptom is not None:
        return _SEEN.get(answer.symptom, str(answer.symptom))
    return "not known" if answer.verdict is Verdict.UNKNOWN else str(answer.verdict)
