"""Which servers a host asks: its VPC's DHCP options decide before anything else (DNS-07)."""

from typing import NamedTuple

from narrowgate.engine.dns.outcome import passing
from narrowgate.engine.network.vpcs import (
    RESOLVER_LINK_LOCAL,
    RESOLVER_LINK_LOCAL_V6,
    missing_of_vpc,
    resolver_address,
)
from narrowgate.model.address import Address, is_address, parse_address
from narrowgate.model.answer import Evidence, Missing, Step
from narrowgate.model.fact import UnsetType
from narrowgate.model.snapshot import Snapshot, keyed_index

AMAZON_PROVIDED = "AmazonProvidedDNS"
_SERVERS = "domain-name-servers"


class FirstHop(NamedTuple):
    """The servers that the hosts of a VPC ask, in the order of the option; the VPC's own is link-local here."""

    servers: tuple[Address, ...]
    options_id: str | None
    step: Step


@keyed_index
def first_hop(snapshot: Snapshot, vpc_id: str) -> FirstHop | Missing:
    """The servers of a VPC's DHCP options, or the fact that would tell."""
    vpc = snapshot.facts.vpcs.get(vpc_id)
    if vpc is None:
        return Missing(fact="ec2.describe_vpcs", resource=vpc_id, why="not in the source")
    if "DhcpOptionsId" in snapshot.contradictions.get(vpc_id, ()):
        return Missing(fact="Vpc.DhcpOptionsId", resource=vpc_id, why="two accounts' views contradict each other")
    default = _hop(vpc_id, (RESOLVER_LINK_LOCAL,), None, ())
    options_id = vpc.dhcp_options_id
    if isinstance(options_id, UnsetType):
        return default if snapshot.assume_complete else Missing(fact="Vpc.DhcpOptionsId", resource=vpc_id)
    options = snapshot.facts.dhcp_options.get(options_id)
    if options is None or isinstance(options.dhcp_configurations, UnsetType):
        gap = missing_of_vpc(snapshot, "ec2.describe_dhcp_options", vpc_id, options_id)
        if gap is None and snapshot.assume_complete:
            return default
        return gap or Missing(fact="ec2.describe_dhcp_options", resource=options_id, why="not in the source")
    texts = [value.value for each in options.dhcp_configurations if each.key == _SERVERS for value in each.values]
    if not texts:
        # Without the option, what hosts ask is their own configuration: nothing says that it is Amazon's.
        return Missing(fact=f"DhcpOptions {_SERVERS}", resource=options_id, why="the option is not set")
    servers: list[Address] = []
    for text in texts:
        if text == AMAZON_PROVIDED:
            servers.append(RESOLVER_LINK_LOCAL)
        elif is_address(text):
            address = parse_address(text)
            own = address == resolver_address(snapshot, vpc_id) or address == RESOLVER_LINK_LOCAL_V6
            servers.append(RESOLVER_LINK_LOCAL if own else address)
        else:
            return Missing(fact=f"DhcpOptions {_SERVERS}", resource=options_id, why=f"`{text}` is no address")
    evidence = (snapshot.evidence(options_id, _SERVERS, ",".join(texts)),)
    return _hop(vpc_id, tuple(dict.fromkeys(servers)), options_id, evidence)


def _hop(
    vpc_id: str, servers: tuple[Address, ...], options_id: str | None, evidence: tuple[Evidence, ...]
) -> FirstHop:
    names = [f"the resolver of {vpc_id}" if each == RESOLVER_LINK_LOCAL else str(each) for each in servers]
    what = ", ".join(names)
    text = f"the hosts of {vpc_id} ask {what}"
    step = passing(options_id or vpc_id, "DNS-07", text, chosen=what, evidence=evidence)
    return FirstHop(servers, options_id, step)
