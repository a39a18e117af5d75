"""CST002 resolver-endpoint-unused."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import associated_rules, endpoints
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Outbound endpoints that no associated rule names, where associations were collected."""
    used = {
        each.resolver_endpoint_id for kind in ("FORWARD", "DELEGATE") for each in associated_rules(estate, kind)
    }
    shared = {
        each.resolver_endpoint_id
        for each in estate.facts.resolver_rules.values()
        if each.share_status == "SHARED_BY_ME"
    }
    for endpoint in endpoints(estate, "OUTBOUND"):
        call = "route53resolver.list_resolver_rule_associations"
        if endpoint.id not in used | shared and estate.is_collected(call, endpoint.id):
            yield Defect(
                endpoint.id, f"nothing is forwarded by {estate.named(endpoint.id)}", {"Direction": "OUTBOUND"}
            )


RULE = Rule(
    id="CST002",
    name="resolver-endpoint-unused",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    what="An outbound Resolver endpoint has no rule that is associated with a VPC.",
    why="It costs 0.125 USD an hour for each address and forwards nothing.",
    remediation="Delete it, or associate the rule that it was made for.",
    rules=("COST-03", "RSLV-10"),
    check=check,
)
