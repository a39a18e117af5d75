"""QTA010 resolver-rules-near-their-quota."""

from collections import defaultdict
from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near, near_in_account
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.dns.view import AUTODEFINED_RULE
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Accounts with more than 900 rules of their own, or 1,800 associations, in a Region."""
    own = [
        own_id
        for own_id, rule in estate.facts.resolver_rules.items()
        if not own_id.startswith(AUTODEFINED_RULE) and rule.share_status != "SHARED_WITH_ME"
    ]
    yield from near_in_account(estate, own, 1000, "Resolver rules", "ResolverRules")
    by_home: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in estate.facts.resolver_rule_associations:
        home = (estate.snapshot.account_of(each.vpc_id) or "", estate.region(each.vpc_id) or "")
        by_home[home].append(each.vpc_id)
    for (account, region), vpcs in sorted(by_home.items()):
        whose = f"account {account or 'not told'} in {region or 'one Region'}"
        yield from near(
            estate,
            min(vpcs),
            len(vpcs),
            2000,
            "associations of Resolver rules",
            "ResolverRuleAssociations",
            of=whose,
        )


RULE = Rule(
    id="QTA010",
    name="resolver-rules-near-their-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what=(
        "An account has used more than nine tenths of its Resolver rules, or of their associations with "
        "VPCs, in a Region."
    ),
    why=(
        "The default is 1,000 rules and 2,000 associations of an account in a Region; the associations of a "
        "shared rule count for the account whose VPCs use it."
    ),
    remediation=(
        "Ask for more; a rule for a parent domain in place of one for each name, or a Profile in place of "
        "associations."
    ),
    rules=("QUOTA-01", "OUT-06"),
    check=check,
)
