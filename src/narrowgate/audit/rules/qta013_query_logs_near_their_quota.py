"""QTA013 query-logs-near-their-quota."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near, near_in_account
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Accounts with more than 18 configurations in a Region; configurations with more than 90 VPCs."""
    facts = estate.facts
    yield from near_in_account(
        estate, facts.query_log_configs, 20, "configurations of query logs", "ResolverQueryLogConfigs"
    )
    for own_id in sorted(facts.query_log_configs):
        count = sum(each.resolver_query_log_config_id == own_id for each in facts.query_log_config_associations)
        yield from near(estate, own_id, count, 100, "VPCs", "AssociationCount")


RULE = Rule(
    id="QTA013",
    name="query-logs-near-their-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what=(
        "An account has used more than nine tenths of its configurations of Resolver query logs in a "
        "Region, or of the VPCs that they log."
    ),
    why=(
        "The default is 20 configurations and 100 VPCs of them in a Region: the next VPC stays without a "
        "log of its questions."
    ),
    remediation="Ask for more; one configuration can be shared with all accounts, or stand in a Profile.",
    rules=("QUOTA-01", "LOG-01"),
    check=check,
)
