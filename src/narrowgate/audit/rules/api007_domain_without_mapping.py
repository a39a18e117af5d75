"""API007 domain-without-mapping."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Private domains whose mappings were asked for and are none."""
    for own_id, domain in estate.facts.domain_names.items():
        if "PRIVATE" not in domain.endpoint_configuration.types:
            continue
        keys = [each for each in (domain.domain_name_id, domain.domain_name, domain.domain_name_arn) if each]
        call = "apigateway.get_base_path_mappings"
        asked = any(estate.snapshot.was_collected(call, None, None, each) for each in keys)
        if asked and not any(estate.facts.base_path_mappings.get(each) for each in keys):
            yield Defect(own_id, f"{domain.domain_name} leads to no API", {"domainName": domain.domain_name})


RULE = Rule(
    id="API007",
    name="domain-without-mapping",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="A private custom domain name maps no base path to an API.",
    why="Every call by its name ends in 403 Forbidden.",
    remediation="Map a base path to the API and its stage.",
    rules=("AGW-08",),
    check=check,
)
