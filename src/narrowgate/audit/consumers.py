"""Who is routed to an execute-api endpoint over a peering or a transit gateway, and which way replies take."""

from collections.abc import Iterator

import msgspec

from narrowgate.engine.dns.connected_vpcs import peerings_of
from narrowgate.engine.network.routing import table_of_subnet
from narrowgate.engine.network.vpcs import subnet_blocks, subnets_by_vpc
from narrowgate.model.address import Address, Cidr
from narrowgate.model.answer import Missing
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot, index, keyed_index

_FIRST_HOST = 4
"""AWS keeps the first four addresses of a subnet."""


class Consumer(msgspec.Struct, frozen=True, kw_only=True):
    """A VPC that something joins with an endpoint's VPC: `link` is an active peering or a transit gateway.

    `reached` tells for each route table of the VPC which of the endpoint's subnets it leads to the link. `replies`
    tells for each of the endpoint's subnets where it leads the VPC's addresses: a target, or nothing where no
    route covers them. What is not known stands in neither.
    """

    vpc_id: str
    link: str
    reached: dict[str, dict[str, bool]]
    replies: dict[str, str]

    @property
    def is_routed(self) -> bool:
        """Whether some table of the VPC leads to the endpoint over the link."""
        return any(any(each.values()) for each in self.reached.values())


def consumers_of(snapshot: Snapshot, endpoint: VpcEndpoint) -> tuple[Consumer, ...]:
    """The VPCs beyond each active peering and each available attachment of an endpoint's VPC."""
    return _consumers(snapshot, endpoint.vpc_endpoint_id)


@keyed_index
def _consumers(snapshot: Snapshot, endpoint_id: str) -> tuple[Consumer, ...]:
    endpoint = snapshot.facts.vpc_endpoints[endpoint_id]
    return tuple(
        Consumer(
            vpc_id=vpc_id,
            link=link,
            reached=_reached(snapshot, vpc_id, link, endpoint),
            replies=_replies(snapshot, vpc_id, endpoint),
        )
        for vpc_id, link in sorted(set(_joined(snapshot, endpoint.vpc_id)))
    )


@index
def _vpcs_of_gateways(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for each in snapshot.facts.transit_gateway_vpc_attachments.values():
        if each.state == "available":
            found.setdefault(each.transit_gateway_id, set()).add(each.vpc_id)
    return {gateway: frozenset(vpcs) for gateway, vpcs in found.items()}


def _joined(snapshot: Snapshot, vpc_id: str) -> Iterator[tuple[str, str]]:
    for peering in peerings_of(snapshot, vpc_id):
        side = peering.other_side(vpc_id)
        if side is not None and side.vpc_id and peering.status.code == "active":
            yield side.vpc_id, peering.vpc_peering_connection_id
    for gateway, vpcs in _vpcs_of_gateways(snapshot).items():
        if vpc_id in vpcs:
            yield from ((other, gateway) for other in vpcs - {vpc_id})


def _reached(snapshot: Snapshot, vpc_id: str, link: str, endpoint: VpcEndpoint) -> dict[str, dict[str, bool]]:
    found: dict[str, dict[str, bool]] = {}
    for subnet in subnets_by_vpc(snapshot).get(vpc_id, ()):
        table = table_of_subnet(snapshot, subnet.subnet_id)
        if isinstance(table, Missing) or table.table_id in found:
            continue
        ways = {each: _target(snapshot, subnet.subnet_id, block) for each, block in _blocks(snapshot, endpoint)}
        found[table.table_id] = {each: way == link for each, way in ways.items() if way is not None}
    return found


def _replies(snapshot: Snapshot, vpc_id: str, endpoint: VpcEndpoint) -> dict[str, str]:
    """Where replies to the consumer's first subnet go, whose addresses stand for all."""
    senders = [block for each in subnets_by_vpc(snapshot).get(vpc_id, ()) for block in subnet_blocks(each)[:1]]
    ways = {each: _target(snapshot, each, senders[0]) for each in endpoint.subnet_ids} if senders else {}
    return {each: way for each, way in ways.items() if way is not None}


def _blocks(snapshot: Snapshot, endpoint: VpcEndpoint) -> Iterator[tuple[str, Cidr]]:
    for subnet_id in endpoint.subnet_ids:
        subnet = snapshot.facts.subnets.get(subnet_id)
        for block in subnet_blocks(subnet)[:1] if subnet is not None else ():
            yield subnet_id, block


def _target(snapshot: Snapshot, subnet_id: str, block: Cidr) -> str | None:
    """Where a subnet leads the hosts of a block; nothing where no route covers them, None where nobody knows."""
    table = table_of_subnet(snapshot, subnet_id)
    if isinstance(table, Missing):
        return None
    found = table.lookup(Address(block.family, block.first + _FIRST_HOST))
    if found.unread or len(found.chosen) > 1:
        return None
    return found.chosen[0].target.id if found.chosen else ""
