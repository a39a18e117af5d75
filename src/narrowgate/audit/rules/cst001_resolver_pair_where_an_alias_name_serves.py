"""CST001 resolver-pair-where-an-alias-name-serves."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import associated_rules, endpoints
from narrowgate.engine.http.names import is_execute_api_domain
from narrowgate.model.domain import normalise
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Outbound endpoints all of whose rules are for names of execute-api."""
    for endpoint in endpoints(estate, "OUTBOUND"):
        rules = [each for each in associated_rules(estate, "FORWARD") if each.resolver_endpoint_id == endpoint.id]
        domains = [normalise(each.domain_name) for each in rules if isinstance(each.domain_name, str)]
        if domains and all(is_execute_api_domain(each) for each in domains):
            message = f"{estate.named(endpoint.id)} forwards {', '.join(domains)} only, which need no forwarding"
            yield Defect(endpoint.id, message, {"Direction": "OUTBOUND"}, tuple(each.id for each in rules))


RULE = Rule(
    id="CST001",
    name="resolver-pair-where-an-alias-name-serves",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    what="Resolver endpoints forward nothing but names of private APIs.",
    why=(
        "The API's alias name for the endpoint is public and resolves without any of them; a pair with "
        "two addresses each costs 365.00 USD a month in us-east-1."
    ),
    remediation=(
        "Call the API by its alias name, or put a hosted zone for its name on the caller's VPC, and "
        "remove rule and endpoints."
    ),
    rules=("COST-03", "COST-04", "AGW-06"),
    check=check,
)
