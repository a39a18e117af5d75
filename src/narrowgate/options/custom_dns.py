"""`custom-dns`: DNS servers of one's own that forward; where they stand decides whether they can (CUST-01)."""

import ipaddress
from collections.abc import Sequence

from narrowgate.model.design import Api, Consumer, Design, Vpc
from narrowgate.model.resource import Ref, Resource
from narrowgate.options.central import CentralOption
from narrowgate.options.option import Call, Fit, Limit, default_name, refused
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.networks import one_a_zone, subnet_ref, vpc_ref
from narrowgate.options.parts.resource_list import Because, ResourceList, place_of, tags
from narrowgate.options.parts.security_groups import Group, add_group, admit, dns
from narrowgate.options.parts.zones import consumer_vpcs

_OFFSET = 54
_SMALL_OFFSET = 8


class CustomDns(CentralOption):
    """Servers in the consumers' VPC that forward to the API VPC's own resolver, as guides write it."""

    name = "custom-dns"
    title = "own DNS servers in the consumer's VPC that forward to the API VPC's resolver"
    when = "Never: it is listed because guides recommend it, and shown failing."
    private_dns = True
    client_change = "DHCP options give the hosts other DNS servers"

    def check(self, design: Design) -> Fit | None:
        """Somebody has to ask the servers."""
        if not consumer_vpcs(design):
            return refused("CUST-01", "no consumer's VPC is there for a DNS server to serve")
        return None

    def naming_resources(self, design: Design) -> tuple[Resource, ...]:
        """In each consumer VPC a server in each zone, and DHCP options that name them."""
        found = ResourceList()
        forwards = [
            {"Domain": domain, "To": resolver_of(design.vpc(vpc))} for domain, vpc in forwarded_domains(design)
        ]
        for vpc in consumer_vpcs(design):
            rest = {"Domain": ".", "To": resolver_of(vpc)}
            servers = add_servers(found, vpc, [*vpc.cidrs], [*forwards, rest])
            add_dhcp(found, vpc, servers)
        return found.all()

    def call(self, design: Design, consumer: Consumer, api: Api) -> Call:
        """By the default name."""
        return Call(host=default_name(api), path=f"/{api.stage}")

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """What one's own servers cost."""
        return (
            Limit(rule="PCX-12", text="another VPC's resolver address cannot be queried over a peering"),
            Limit(
                rule="CUST-03",
                text="1,024 packets a second and interface upstream; patching and fail-over are yours",
            ),
        )


class CustomDnsInApiVpc(CustomDns):
    """Servers in the API VPC that forward to its own resolver; the consumers' hosts ask them over the path."""

    name = "custom-dns-in-api-vpc"
    title = "own DNS servers in the API's VPC, which the consumer's hosts ask"
    when = (
        "Own DNS servers run in the API's VPC already and the consumers' hosts ask them for everything. Never "
        "for one API."
    )

    def naming_resources(self, design: Design) -> tuple[Resource, ...]:
        """In each API VPC a server in each zone; the consumers' DHCP options name them."""
        found = ResourceList()
        servers: dict[str, list[str]] = {}
        for _, name in forwarded_domains(design):
            vpc = design.vpc(name)
            clients = [block for consumer in consumer_vpcs(design) for block in consumer.cidrs]
            servers[name] = add_servers(found, vpc, clients, [{"Domain": ".", "To": resolver_of(vpc)}])
        for consumer_vpc in consumer_vpcs(design):
            if consumer_vpc.name not in servers:
                add_dhcp(found, consumer_vpc, [address for each in servers.values() for address in each])
        return found.all()

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """Every name of the consumers now has the API VPC's answer."""
        return (
            Limit(
                rule="DNS-07", text="the consumer's own zones, rules and DNS Firewall no longer act for its hosts"
            ),
            Limit(rule="IN-06", text="the consumer's hosts see every name that the API's VPC sees"),
            Limit(
                rule="CUST-03",
                text="1,024 packets a second and interface upstream; patching and fail-over are yours",
            ),
        )


def forwarded_domains(design: Design) -> tuple[tuple[str, str], ...]:
    """The execute-api domain of each API's Region, and the VPC whose endpoint answers it."""
    return tuple(
        dict.fromkeys((f"execute-api.{api.region}.amazonaws.com", api.vpc or "") for api in design.private_apis)
    )


def resolver_of(vpc: Vpc) -> str:
    """A VPC's resolver: the base of its primary range plus two (DNS-01)."""
    return str(ipaddress.IPv4Network(vpc.cidrs[0])[2])


def add_servers(
    found: ResourceList, vpc: Vpc, clients: Sequence[str], forwards: Sequence[dict[str, str]]
) -> list[str]:
    """A server in each Availability Zone; their addresses."""
    because = Because(f"own DNS servers in `{vpc.name}`", "CUST-01")
    everywhere = dns(["0.0.0.0/0"], "upstream servers") + admit("tcp", 443, ["0.0.0.0/0"], "updates")
    group = add_group(
        found,
        logical_id(vpc.name, "dns-server-group"),
        Group(
            vpc=vpc,
            name=f"{vpc.name}-dns-server",
            ingress=dns(clients, "queries"),
            egress=everywhere,
            because=because,
        ),
    )
    servers = []
    for subnet in one_a_zone(vpc):
        network = ipaddress.IPv4Network(subnet.cidr)
        address = str(network[_OFFSET if network.num_addresses > 2 * _OFFSET else _SMALL_OFFSET])
        name = logical_id(vpc.name, "dns-server", subnet.az)
        found.add(
            name,
            "AWS::EC2::Instance",
            place_of(vpc),
            {
                "InstanceType": "t3.micro",
                "SubnetId": subnet_ref(vpc, subnet),
                "SecurityGroupIds": [group],
                "PrivateIpAddress": address,
                "Tags": tags(f"{vpc.name}-dns-{subnet.az}"),
            },
            because,
        )
        found.add(
            logical_id(name, "software"),
            "Custom::DnsServer",
            place_of(vpc),
            {"InstanceId": Ref(name), "Address": address, "VpcId": vpc_ref(vpc), "Forward": list(forwards)},
            Because("a name server that forwards, set up by you", "CUST-02"),
        )
        servers.append(address)
    return servers


def add_dhcp(found: ResourceList, vpc: Vpc, servers: Sequence[str]) -> None:
    """DHCP options that send a VPC's hosts to other DNS servers (DNS-07)."""
    because = Because(f"the hosts of `{vpc.name}` ask the own DNS servers", "DNS-07")
    options = found.add(
        logical_id(vpc.name, "dhcp-options"),
        "AWS::EC2::DHCPOptions",
        place_of(vpc),
        {"DomainNameServers": list(servers), "Tags": tags(vpc.name)},
        because,
    )
    found.add(
        logical_id(vpc.name, "dhcp-options", "association"),
        "AWS::EC2::VPCDHCPOptionsAssociation",
        place_of(vpc),
        {"VpcId": vpc_ref(vpc), "DhcpOptionsId": options},
        because,
    )
