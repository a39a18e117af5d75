"""QTA003 group-near-its-quota."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near, rules_of
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import groups_of
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Groups of endpoints with more than 54 rules of a direction and family."""
    used = {group for endpoint in estate.execute_api_endpoints for group in estate.groups(endpoint)}
    used |= {group for endpoint in estate.facts.resolver_endpoints.values() for group in groups_of(endpoint)}
    for group_id in sorted(used):
        group = estate.facts.security_groups.get(group_id)
        if group is None:
            continue
        for way, permissions in (("in", group.ip_permissions), ("out", group.ip_permissions_egress)):
            for family, count in rules_of(estate, permissions if isinstance(permissions, tuple) else ()).items():
                yield from near(
                    estate, group_id, count, 60, f"{family} rules {way}", f"IpPermissions.{way}.{family}"
                )


RULE = Rule(
    id="QTA003",
    name="group-near-its-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what=("A security group of an execute-api or Resolver endpoint has used more than nine tenths of its rules."),
    why=(
        "The default is 60 rules of a direction and family; a prefix list counts with its maximum size, a "
        "reference to a group in both families."
    ),
    remediation="Admit a supernet or a prefix list in place of single ranges.",
    rules=("SG-11", "NET-08"),
    check=check,
)
