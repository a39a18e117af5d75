"""QTA003 group-near-its-quota."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import groups_of
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Groups of endpoints with more than 54 rules in, prefix lists counted by their maximum."""
    used = {group for endpoint in estate.execute_api_endpoints for group in estate.groups(endpoint)}
    used |= {group for endpoint in estate.facts.resolver_endpoints.values() for group in groups_of(endpoint)}
    for group_id in sorted(used):
        group = estate.facts.security_groups.get(group_id)
        permissions = group.ip_permissions if group is not None else ()
        count = 0
        for each in permissions if isinstance(permissions, tuple) else ():
            count += len(each.ip_ranges) + len(each.user_id_group_pairs)
            for listed in each.prefix_list_ids:
                known = estate.facts.managed_prefix_lists.get(listed.prefix_list_id)
                count += (known.max_entries or 1) if known is not None else 1
        if count > 54:
            yield Defect(group_id, f"{estate.named(group_id)} has {count} of 60 rules", {"IpPermissions": count})


RULE = Rule(
    id="QTA003",
    name="group-near-its-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what=("A security group of an execute-api or Resolver endpoint has used more than nine tenths of its rules."),
    why="The default is 60 rules of a direction and family; a prefix list counts with its maximum size.",
    remediation="Admit a supernet or a prefix list in place of single ranges.",
    rules=("SG-11", "NET-08"),
    check=check,
)
