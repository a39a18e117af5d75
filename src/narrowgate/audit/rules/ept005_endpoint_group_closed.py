"""EPT005 endpoint-group-closed."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.network.flow import TCP
from narrowgate.model.fact import UNSET
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoints whose groups are all known and admit nothing on 443, neither by range nor by group."""
    for endpoint in estate.execute_api_endpoints:
        groups = estate.groups(endpoint)
        known = [estate.facts.security_groups.get(each) for each in groups]
        if not groups or any(group is None or group.ip_permissions is UNSET for group in known):
            continue
        if any(estate.has_references(each) or _has_prefix_list(estate, each) for each in groups):
            continue
        if not any(each.admits(TCP, 443) for group in groups for each in estate.admissions(group)):
            message = f"the groups of {estate.named(endpoint.vpc_endpoint_id)} admit nobody on TCP 443"
            yield Defect(endpoint.vpc_endpoint_id, message, {"Groups": list(groups)}, groups)


def _has_prefix_list(estate: Estate, group_id: str) -> bool:
    group = estate.facts.security_groups[group_id]
    return group.ip_permissions is not UNSET and any(each.prefix_list_ids for each in group.ip_permissions)


RULE = Rule(
    id="EPT005",
    name="endpoint-group-closed",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="No rule of the groups of an execute-api endpoint admits TCP 443.",
    why=("No packet reaches the endpoint: every call ends in a time-out, and no log of API Gateway tells of it."),
    remediation="Admit TCP 443 from the callers' ranges.",
    rules=("SG-06", "OPS-03"),
    check=check,
)
