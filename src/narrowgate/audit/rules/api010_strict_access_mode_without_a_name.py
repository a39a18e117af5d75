"""API010 strict-access-mode-without-a-name."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """STRICT APIs to which no domain name leads, where no endpoint of the Region has private DNS."""
    mapped = {
        mapping.rest_api_id
        for own, mappings in estate.facts.base_path_mappings.items()
        for mapping in mappings
        if own in estate.facts.domain_names
    }
    for api in estate.apis("PRIVATE"):
        near = [
            each
            for each in estate.execute_api_endpoints
            if estate.region(each.vpc_endpoint_id) == estate.region(api.id)
        ]
        if api.endpoint_access_mode != "STRICT" or api.id in mapped or not near:
            continue
        if all(each.private_dns_enabled is False for each in near):
            message = f"{estate.named(api.id)} is STRICT, and no endpoint of its Region has private DNS"
            related = tuple(each.vpc_endpoint_id for each in near)
            yield Defect(api.id, message, {"endpointAccessMode": "STRICT"}, related)


RULE = Rule(
    id="API010",
    name="strict-access-mode-without-a-name",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    what=(
        "A private API is in endpoint access mode STRICT, no endpoint of its Region has private DNS, and no "
        "private custom domain name leads to it."
    ),
    why=(
        "STRICT asks that the name of the TLS connection and that of the request are one: calls by the "
        "endpoint's name with `Host` or `x-apigw-api-id`, and through load balancers, are refused."
    ),
    remediation="Turn private DNS on, give the API a private custom domain name, or choose BASIC.",
    rules=("AGW-13",),
    check=check,
    limits="Whether the alias name counts as a name that STRICT admits AWS does not say.",
)
