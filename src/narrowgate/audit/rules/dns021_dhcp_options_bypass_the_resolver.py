"""DNS021 dhcp-options-bypass-the-resolver."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import rules_by_vpc
from narrowgate.engine.dns.vpc_lists import zones_by_vpc
from narrowgate.engine.network.vpcs import resolver_address
from narrowgate.model.fact import UnsetType
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """VPCs with own DNS servers by DHCP beside zones or rules."""
    zones, rules = zones_by_vpc(estate.snapshot), rules_by_vpc(estate)
    for vpc_id, vpc in estate.facts.vpcs.items():
        options = estate.facts.dhcp_options.get(str(vpc.dhcp_options_id))
        if options is None or isinstance(options.dhcp_configurations, UnsetType):
            continue
        servers = [
            each.value
            for option in options.dhcp_configurations
            if option.key == "domain-name-servers"
            for each in option.values
        ]
        own = {"AmazonProvidedDNS", "169.254.169.253", str(resolver_address(estate.snapshot, vpc_id))}
        if servers and not set(servers) & own and (zones.get(vpc_id) or rules.get(vpc_id)):
            message = (
                f"hosts of {estate.named(vpc_id)} ask {', '.join(servers)}, which see none of its zones and rules"
            )
            yield Defect(vpc_id, message, {"DhcpOptionsId": str(vpc.dhcp_options_id)}, zones.get(vpc_id, ()))


RULE = Rule(
    id="DNS021",
    name="dhcp-options-bypass-the-resolver",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what=(
        "The DHCP options of a VPC name DNS servers other than the Amazon resolver, and rules or private "
        "zones are associated with the VPC."
    ),
    why=(
        "Hosts ask the named servers. Rules and zones of the VPC act on questions to its own resolver "
        "only, so they change nothing for its hosts."
    ),
    remediation="Use `AmazonProvidedDNS`, or let the named servers forward to the VPC resolver.",
    rules=("DNS-07", "CUST-01"),
    check=check,
)
