"""EPT014 endpoint-group-omits-who-is-led-there."""

import re
from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import rules_by_vpc, vpcs_behind
from narrowgate.engine.network.flow import TCP
from narrowgate.model.domain import is_in_domain, normalise
from narrowgate.model.fact import UNSET
from narrowgate.model.finding import Confidence, Severity

_ENDPOINT = re.compile(r"vpce-[0-9a-f]+")


def check(estate: Estate) -> Iterator[Defect]:
    """VPCs whose rules or zones lead API names to an endpoint that admits none of their addresses."""
    led = _led_there(estate)
    for endpoint in estate.execute_api_endpoints:
        groups = estate.groups(endpoint)
        known = [estate.facts.security_groups.get(each) for each in groups]
        if not groups or any(group is None or group.ip_permissions is UNSET for group in known):
            continue
        if any(estate.has_references(each) for each in groups):
            continue
        blocks = [each.block for group in groups for each in estate.admissions(group) if each.admits(TCP, 443)]
        for vpc_id in sorted(led[endpoint.vpc_endpoint_id] - {endpoint.vpc_id}) if blocks else ():
            own = estate.blocks(vpc_id)
            if own and not any(block.overlaps(each) for block in blocks for each in own):
                who = ", ".join(str(each) for each in own)
                door = estate.named(endpoint.vpc_endpoint_id)
                message = f"{door} admits no TCP 443 from {who} of {estate.named(vpc_id)}"
                yield Defect(
                    endpoint.vpc_endpoint_id, message, {"Groups": list(groups)}, (*groups, vpc_id), vpc_id
                )


def _led_there(estate: Estate) -> dict[str, set[str]]:
    """By endpoint, the VPCs that a forwarding rule or an alias of a private zone leads to it."""
    behind = {each.id: vpcs_behind(estate, each) for each in estate.facts.resolver_rules.values()}
    by_vpc: dict[str, set[str]] = {}
    for vpc_id, rules in rules_by_vpc(estate).items():
        for rule in rules:
            domain = normalise(rule.domain_name) if isinstance(rule.domain_name, str) else ""
            if is_in_domain(domain, f"execute-api.{estate.region(rule.id)}.amazonaws.com"):
                for other in behind[rule.id]:
                    by_vpc.setdefault(other, set()).add(vpc_id)
    found = {each.vpc_endpoint_id: set(by_vpc.get(each.vpc_id, ())) for each in estate.execute_api_endpoints}
    for zone_id, records in estate.facts.record_sets.items():
        vpcs = {each.vpc_id for each in estate.facts.hosted_zone_vpcs.get(zone_id, ()) if each.vpc_id}
        for record in records:
            named = _ENDPOINT.search(record.alias_target.dns_name) if record.alias_target is not None else None
            if named is not None and named[0] in found:
                found[named[0]] |= vpcs
    return found


RULE = Rule(
    id="EPT014",
    name="endpoint-group-omits-who-is-led-there",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    what=(
        "A rule or a private zone of a VPC leads API names to an execute-api endpoint whose groups admit "
        "none of that VPC's addresses on TCP 443."
    ),
    why=(
        "The name resolves, and the connection times out: the first thing to look at where another VPC "
        "calls through an endpoint."
    ),
    remediation="Admit TCP 443 from the callers' subnets.",
    rules=("SG-06", "AGW-24", "ERR-12"),
    check=check,
)
