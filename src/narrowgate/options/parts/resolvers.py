"""Resolver endpoints and forwarding rules: the consumers' resolver asks the API VPC's (IN-01, OUT-01)."""

import ipaddress
from collections.abc import Sequence

import msgspec

from narrowgate.model.design import Api, Design, Subnet, Vpc
from narrowgate.model.resource import GetAtt, Join, Ref, Resource
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.networks import one_a_zone, subnet_ref, vpc_ref
from narrowgate.options.parts.resource_list import Because, ResourceList, Text, place_of
from narrowgate.options.parts.security_groups import Group, Rule, add_group, dns
from narrowgate.options.parts.zones import consumer_vpcs

_LEAST = 2
_WANTED_OFFSET = 53
_SMALL_OFFSET = 9


class Forwarding(msgspec.Struct, frozen=True, kw_only=True):
    """What is forwarded: for each API a domain, and whether the inbound endpoint admits whole VPCs (IN-06)."""

    domains: tuple[tuple[Api, Join | str], ...]
    is_wide: bool = False


def resolver_resources(design: Design, forwarding: Forwarding) -> tuple[Resource, ...]:
    """An inbound endpoint beside each API, an outbound one for each consumers' Region, rules and associations."""
    found = ResourceList()
    providers = dict.fromkeys(api.vpc or "" for api, _ in forwarding.domains)
    for name in providers:
        _inbound(found, design, design.vpc(name), forwarding)
    for vpc in _outbound_vpcs(design):
        _outbound(found, design, vpc, [design.vpc(name) for name in providers])
    for api, domain in forwarding.domains:
        _rules(found, design, api, domain)
    return found.all()


def _outbound_vpcs(design: Design) -> tuple[Vpc, ...]:
    """The first consumer VPC of each Region: its outbound endpoint serves the others too (OUT-05)."""
    first: dict[str, Vpc] = {}
    for vpc in consumer_vpcs(design):
        first.setdefault(vpc.region, vpc)
    return tuple(first.values())


def resolver_addresses(vpc: Vpc) -> tuple[tuple[Subnet, str], ...]:
    """Where a VPC's Resolver endpoint stands: chosen, so that groups and rules can name it (IN-02).

    An endpoint has at least two addresses; in a VPC with one subnet both are in it.
    """
    subnets = one_a_zone(vpc)
    places = subnets if len(subnets) >= _LEAST else tuple(subnets[0] for _ in range(_LEAST))
    return tuple(
        (subnet, _address(subnet, at if len(subnets) < _LEAST else 0)) for at, subnet in enumerate(places)
    )


def _address(subnet: Subnet, further: int) -> str:
    network = ipaddress.IPv4Network(subnet.cidr)
    offset = _WANTED_OFFSET if network.num_addresses > 2 * _WANTED_OFFSET else _SMALL_OFFSET
    return str(network[offset + further])


def _ranges(vpc: Vpc) -> list[str]:
    return [f"{address}/32" for _, address in resolver_addresses(vpc)]


def _inbound(found: ResourceList, design: Design, vpc: Vpc, forwarding: Forwarding) -> None:
    senders = [block for each in _outbound_vpcs(design) for block in _ranges(each)]
    if forwarding.is_wide:
        senders = [block for each in consumer_vpcs(design) for block in each.cidrs]
    _endpoint(
        found,
        vpc,
        "inbound",
        dns(senders, "forwarded queries"),
        None,
        Because(f"answers with the view of `{vpc.name}`, to whoever its group admits", "IN-06"),
    )


def _outbound(found: ResourceList, design: Design, vpc: Vpc, providers: Sequence[Vpc]) -> None:
    targets = [block for each in providers for block in _ranges(each)]
    _endpoint(
        found,
        vpc,
        "outbound",
        [],
        dns(targets, "the inbound endpoint"),
        Because(f"queries leave `{vpc.name}` from here", "OUT-01"),
    )


def _endpoint(
    found: ResourceList,
    vpc: Vpc,
    direction: str,
    ingress: Sequence[Rule],
    egress: Sequence[Rule] | None,
    because: Because,
) -> None:
    group = Group(vpc=vpc, name=f"{vpc.name}-{direction}-resolver", ingress=ingress, because=because)
    if egress is not None:
        group = msgspec.structs.replace(group, egress=egress)
    own = add_group(found, logical_id(vpc.name, direction, "resolver-group"), group)
    found.add(
        logical_id(vpc.name, direction, "resolver"),
        "AWS::Route53Resolver::ResolverEndpoint",
        place_of(vpc),
        {
            "Name": f"{vpc.name}-{direction}",
            "Direction": direction.upper(),
            "SecurityGroupIds": [own],
            "IpAddresses": [
                {"SubnetId": subnet_ref(vpc, subnet), "Ip": address} for subnet, address in resolver_addresses(vpc)
            ],
        },
        because,
    )


def _rules(found: ResourceList, design: Design, api: Api, domain: Text) -> None:
    """One rule for each Region of consumers, associated with each of their VPCs (RSLV-12)."""
    provider = design.vpc(api.vpc or "")
    for outbound in _outbound_vpcs(design):
        vpcs = [vpc for vpc in consumer_vpcs(design, api) if vpc.region == outbound.region]
        if not vpcs:
            continue
        name = logical_id(outbound.name, "rule-for", api.name if isinstance(domain, Join) else "execute-api")
        rule = found.add(
            name,
            "AWS::Route53Resolver::ResolverRule",
            place_of(outbound),
            {
                "Name": api.name if isinstance(domain, Join) else "execute-api",
                "RuleType": "FORWARD",
                "DomainName": domain,
                "ResolverEndpointId": Ref(logical_id(outbound.name, "outbound-resolver")),
                "TargetIps": [{"Ip": address, "Port": "53"} for _, address in resolver_addresses(provider)],
            },
            Because(f"forwards the name of `{api.name}` and what is below it", "RSLV-02"),
        )
        others = sorted({vpc.account for vpc in vpcs} - {outbound.account})
        if others:
            share = logical_id(name, "share")
            found.add(
                share,
                "AWS::RAM::ResourceShare",
                place_of(outbound),
                {"Name": name, "ResourceArns": [GetAtt(name, "Arn")], "Principals": others},
                Because("other accounts associate the rule with their VPCs", "OUT-06"),
            )
        for vpc in vpcs:
            association = logical_id(name, "in", vpc.name)
            found.add(
                association,
                "AWS::Route53Resolver::ResolverRuleAssociation",
                place_of(vpc),
                {"ResolverRuleId": rule, "VPCId": vpc_ref(vpc)},
                Because(f"the rule acts in `{vpc.name}`", "RSLV-12"),
            )
            if vpc.account != outbound.account:
                found.order(association, after=[logical_id(name, "share")])
