"""Routes, joined VPCs and callers as several audit rules look at them."""

from collections.abc import Iterator

from narrowgate.audit.estate import ANYWHERE, Estate
from narrowgate.audit.rules_of_resolver import vpcs_behind
from narrowgate.engine.network.flow import TCP
from narrowgate.model.address import Address, Cidr, is_address, parse_address
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.route53 import ResolverEndpoint, ResolverRule


def subnets_towards(estate: Estate, vpc_id: str, target_id: str) -> frozenset[str]:
    """The subnets of a VPC whose table has a route to a target."""
    found = set()
    for subnet_id in estate.subnets(vpc_id):
        table = estate.table(subnet_id)
        if table is not None and any(each.target.id == target_id for each in table.candidates()):
            found.add(subnet_id)
    return frozenset(found)


def are_routed(estate: Estate, vpc_id: str | None) -> bool:
    """True where a VPC has subnets and the tables of all of them are known."""
    subnets = estate.subnets(vpc_id) if vpc_id else ()
    return bool(subnets) and all(estate.table(each) is not None for each in subnets)


def peerings_in_tables(estate: Estate) -> dict[str, tuple[str, ...]]:
    """The route tables that name each peering connection."""
    found: dict[str, list[str]] = {}
    for own_id, table in estate.facts.route_tables.items():
        for route in table.routes if isinstance(table.routes, tuple) else ():
            if route.vpc_peering_connection_id:
                found.setdefault(route.vpc_peering_connection_id, []).append(own_id)
    return {peering: tuple(dict.fromkeys(tables)) for peering, tables in found.items()}


def joined_vpcs(estate: Estate) -> Iterator[tuple[str, str, str]]:
    """What joins two VPCs - a peering that was asked for or works, a transit gateway - and the two."""
    for own_id, peering in estate.facts.vpc_peering_connections.items():
        one, other = peering.requester_vpc_info.vpc_id, peering.accepter_vpc_info.vpc_id
        if one and other and peering.status.code in ("active", "pending-acceptance", "provisioning", "failed"):
            yield own_id, one, other
    by_gateway: dict[str, list[str]] = {}
    for attachment in estate.facts.transit_gateway_vpc_attachments.values():
        for other in by_gateway.setdefault(attachment.transit_gateway_id, []):
            yield attachment.transit_gateway_attachment_id, other, attachment.vpc_id
        by_gateway[attachment.transit_gateway_id].append(attachment.vpc_id)


def callers(estate: Estate, endpoint: VpcEndpoint) -> tuple[Cidr, ...]:
    """The ranges that an endpoint's groups admit on 443, whole families left out."""
    found = (
        each.block
        for group in estate.groups(endpoint)
        for each in estate.admissions(group)
        if each.admits(TCP, 443) and each.block not in ANYWHERE
    )
    return tuple(dict.fromkeys(found))


def references(estate: Estate, group_id: str) -> tuple[str, ...]:
    """The groups that the rules in of a group name."""
    group = estate.facts.security_groups.get(group_id)
    if group is None or not isinstance(group.ip_permissions, tuple):
        return ()
    pairs = (pair.group_id for permission in group.ip_permissions for pair in permission.user_id_group_pairs)
    return tuple(dict.fromkeys(each for each in pairs if each))


def outbound_addresses(estate: Estate, rule: ResolverRule) -> tuple[Address, ...]:
    """The addresses that a rule's questions come from."""
    found = estate.facts.resolver_endpoint_ips.get(rule.resolver_endpoint_id or "", ())
    return tuple(parse_address(each.ip) for each in found if each.ip and is_address(each.ip))


def inbound_endpoints(estate: Estate, rule: ResolverRule) -> tuple[ResolverEndpoint, ...]:
    """The inbound endpoints that a rule's questions go to."""
    return tuple(
        estate.facts.resolver_endpoints[own]
        for own in dict.fromkeys(endpoint for _, endpoint in inbound_subnets(estate, rule))
    )


def inbound_subnets(estate: Estate, rule: ResolverRule) -> Iterator[tuple[str, str]]:
    """The subnets, with their inbound endpoints, that a rule's questions go to."""
    behind = vpcs_behind(estate, rule)
    for endpoint_id, addresses in estate.facts.resolver_endpoint_ips.items():
        endpoint = estate.facts.resolver_endpoints.get(endpoint_id)
        if endpoint is None or endpoint.host_vpc_id not in behind or not endpoint.direction.startswith("INBOUND"):
            continue
        for each in addresses:
            if each.subnet_id and any(each.ip == target.ip for target in rule.target_ips):
                yield each.subnet_id, endpoint_id


def outbound_subnets(estate: Estate, rule: ResolverRule) -> tuple[str, ...]:
    """The subnets that a rule's questions leave from."""
    found = estate.facts.resolver_endpoint_ips.get(rule.resolver_endpoint_id or "", ())
    return tuple(dict.fromkeys(each.subnet_id for each in found if each.subnet_id))
