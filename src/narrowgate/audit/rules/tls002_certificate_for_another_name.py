"""TLS002 certificate-for-another-name."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Private domains whose certificate's names are known and do not match."""
    for own_id, domain in estate.facts.domain_names.items():
        arn = domain.certificate_arn or domain.regional_certificate_arn
        certificate = estate.facts.certificates.get(arn or "")
        if certificate is None or "PRIVATE" not in domain.endpoint_configuration.types:
            continue
        names = (certificate.domain_name or "", *certificate.subject_alternative_name_summaries)
        wild = "*." + domain.domain_name.partition(".")[2]
        if not {each.lower() for each in names} & {domain.domain_name.lower(), wild.lower()}:
            message = f"the certificate of {domain.domain_name} is for {', '.join(filter(None, names))}"
            yield Defect(own_id, message, {"certificateArn": arn or ""}, (arn or "",))


RULE = Rule(
    id="TLS002",
    name="certificate-for-another-name",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="The certificate of a private custom domain name does not cover that name.",
    why="Clients that check names, as all should, refuse the connection.",
    remediation="Use a certificate that names the domain, or a wildcard one level above it.",
    rules=("AGW-12", "AGW-08"),
    check=check,
)
