"""API006 domain-without-access-association."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Private domains without an association, where associations were collected."""
    associated = {each.domain_name_arn for each in estate.facts.domain_name_access_associations}
    for own_id, domain in estate.facts.domain_names.items():
        if "PRIVATE" not in domain.endpoint_configuration.types or domain.domain_name_arn in associated:
            continue
        if estate.is_collected("apigateway.get_domain_name_access_associations", own_id):
            yield Defect(own_id, f"no endpoint may serve {domain.domain_name}", {"domainName": domain.domain_name})


RULE = Rule(
    id="API006",
    name="domain-without-access-association",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A private custom domain name has no access association with any endpoint.",
    why="A call by its name is not routed: 403 Forbidden from every endpoint.",
    remediation="Make a domain name access association with the endpoint that the callers use.",
    rules=("AGW-08", "AGW-09"),
    check=check,
)
