"""The certificate that an endpoint serves for a server name, and whether the caller's name fits it (AGW-12)."""

from collections.abc import Iterable

from narrowgate.model.answer import Missing, Step, Verdict
from narrowgate.model.loadbalancing import Certificate
from narrowgate.model.reason import Reason


def covers(pattern: str, name: str) -> bool:
    """True where a certificate's name covers a host name; `*` stands for one whole left-most label (RFC 9525)."""
    pattern, name = pattern.lower().rstrip("."), name.lower().rstrip(".")
    if not pattern.startswith("*."):
        return pattern == name
    label, dot, rest = name.partition(".")
    return bool(label) and bool(dot) and rest == pattern[2:]


def service_certificate(region: str, suffix: str = "amazonaws.com") -> tuple[str, ...]:
    """The names on the certificate of an execute-api endpoint of a Region (AGW-12)."""
    return (
        f"*.execute-api.{region}.{suffix}",
        f"execute-api.{region}.{suffix}",
        f"*.execute-api.{region}.vpce.{suffix}",
    )


def names_of(certificate: Certificate) -> tuple[str, ...]:
    """The names that ACM lists for a certificate."""
    names = (certificate.domain_name or "", *certificate.subject_alternative_name_summaries)
    return tuple(dict.fromkeys(name for name in names if name))


def unlisted_names(endpoint_id: str, server_name: str, certificates: Iterable[Certificate]) -> Step | None:
    """An open step where a list of names that lacks the caller's was cut off; None where the lists decide."""
    held = tuple(certificates)
    cut = next((each for each in held if each.has_additional_subject_alternative_names), None)
    if cut is None or any(covers(name, server_name) for each in held for name in names_of(each)):
        return None
    missing = Missing(fact="the certificate's further names", resource=cut.certificate_arn, why="ACM lists a part")
    return Step(
        layer="tls",
        component=endpoint_id,
        verdict=Verdict.UNKNOWN,
        text=f"the names listed for {cut.certificate_arn} do not cover `{server_name}`, and it has more",
        rule="AGW-12",
        unknowns=(missing,),
    )


def evaluate_server_identity(
    endpoint_id: str, server_name: str, *, is_literal: bool, certificate_names: Iterable[str]
) -> Step:
    """Decide whether a caller that verifies certificates accepts the endpoint's (AGW-11, AGW-12).

    Args:
        endpoint_id: the endpoint or load balancer that serves the certificate.
        server_name: the URL's host; an address sends no server name and matches no certificate.
        is_literal: True where the URL holds an address.
        certificate_names: the names on the certificate that is served for this server name.
    """
    names = tuple(certificate_names)
    shown = ", ".join(names)
    if is_literal:
        return Step(
            layer="tls",
            component=endpoint_id,
            verdict=Verdict.DENIED,
            text=f"an address in the URL sends no server name and matches no certificate (served: {shown})",
            reason=Reason.TLS_NAME_MISMATCH,
            rule="AGW-11",
        )
    if any(covers(name, server_name) for name in names):
        return Step(
            layer="tls",
            component=endpoint_id,
            verdict=Verdict.ALLOWED,
            text=f"the certificate ({shown}) covers `{server_name}`",
            rule="AGW-12",
        )
    return Step(
        layer="tls",
        component=endpoint_id,
        verdict=Verdict.DENIED,
        text=f"the certificate ({shown}) does not cover `{server_name}`",
        reason=Reason.TLS_NAME_MISMATCH,
        rule="AGW-12",
    )
