"""TLS001 certificate-not-issued."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Private domains whose certificate is known and in another state than ISSUED."""
    for own_id, domain in estate.facts.domain_names.items():
        arn = domain.certificate_arn or domain.regional_certificate_arn
        certificate = estate.facts.certificates.get(arn or "")
        if certificate is None or "PRIVATE" not in domain.endpoint_configuration.types:
            continue
        if certificate.status not in (None, "ISSUED"):
            message = f"the certificate of {domain.domain_name} is {certificate.status}"
            yield Defect(own_id, message, {"certificateArn": arn or ""}, (arn or "",))


RULE = Rule(
    id="TLS001",
    name="certificate-not-issued",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="The certificate of a private custom domain name is not issued, or has expired.",
    why="The handshake fails: clients see a certificate error before any request is sent.",
    remediation="Renew or validate the certificate.",
    rules=("AGW-12", "AGW-08"),
    check=check,
)
