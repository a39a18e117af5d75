"""EPT010 endpoint-has-no-name."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.fact import UnsetType
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoints without private DNS that no API names and no record of a zone points to."""
    named = {
        each
        for api in estate.apis("PRIVATE")
        if not isinstance(api.endpoint_configuration, UnsetType)
        for each in api.endpoint_configuration.vpc_endpoint_ids
    }
    pointed = " ".join(
        record.alias_target.dns_name
        for records in estate.facts.record_sets.values()
        for record in records
        if record.alias_target is not None
    )
    for endpoint in estate.execute_api_endpoints:
        own = endpoint.vpc_endpoint_id
        is_nameless = endpoint.private_dns_enabled is False and own not in named and own not in pointed
        if is_nameless and estate.is_collected("apigateway.get_rest_apis", own):
            yield Defect(own, f"no name of an API leads to {estate.named(own)}", {"PrivateDnsEnabled": False})


RULE = Rule(
    id="EPT010",
    name="endpoint-has-no-name",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    what="An execute-api endpoint has private DNS off, and no private API is associated with it.",
    why=(
        "Neither the default name nor an alias name leads to it: it can be called by its own name with a "
        "`Host` or `x-apigw-api-id` header only, or through a zone of one's own."
    ),
    remediation=(
        "Associate the endpoint with the APIs that it serves (`vpcEndpointIds`) and deploy them again, or "
        "turn private DNS on."
    ),
    rules=("AGW-06", "AGW-07"),
    check=check,
)
