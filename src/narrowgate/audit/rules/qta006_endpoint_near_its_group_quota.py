"""QTA006 endpoint-near-its-group-quota."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near, rules_of
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import groups_of
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoints with 5 groups, or with more than 900 rules of a direction and family in all groups together."""
    carried = {each.vpc_endpoint_id: estate.groups(each) for each in estate.execute_api_endpoints}
    carried |= {own_id: tuple(groups_of(each)) for own_id, each in estate.facts.resolver_endpoints.items()}
    for own_id, groups in sorted(carried.items()):
        yield from near(estate, own_id, len(groups), 5, "security groups", "Groups")
        known = [group for each in groups if (group := estate.facts.security_groups.get(each)) is not None]
        for way, field in (("in", "ip_permissions"), ("out", "ip_permissions_egress")):
            lists = (getattr(group, field) for group in known)
            permissions = [each for listed in lists if isinstance(listed, tuple) for each in listed]
            for family, count in rules_of(estate, permissions).items():
                yield from near(
                    estate, own_id, count, 1000, f"{family} rules {way} in its groups", f"Groups.{way}.{family}"
                )


RULE = Rule(
    id="QTA006",
    name="endpoint-near-its-group-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what=(
        "An execute-api or Resolver endpoint carries as many security groups as an interface can, or its "
        "groups have more than nine tenths of the rules that an interface can."
    ),
    why="The default is 5 groups on an interface, and never more than 1,000 rules in them together.",
    remediation="Join the groups into one with supernets or prefix lists.",
    rules=("SG-11",),
    check=check,
)
