"""Route tables, peerings and transit gateways as kernel tables and links."""

import ipaddress
from collections.abc import Iterator

import msgspec

from narrowgate.lab.plan.exits import Exits
from narrowgate.lab.plan.filters import acl_of_subnet
from narrowgate.lab.plan.naming import Names
from narrowgate.lab.plan.types import Hub, Link, Route, Router, Subnet
from narrowgate.model.fact import UnsetType
from narrowgate.model.routing import Route as AwsRoute
from narrowgate.model.routing import RouteTable
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.transit import TransitGateway, TransitGatewayVpcAttachment

_PROPAGATED = 2
"""The rank of a propagated route among those for one block (NET-04)."""


class Roads:
    """What joins the routers, and which tables lead there."""

    def __init__(self, snapshot: Snapshot, names: Names, routers: dict[str, Router]) -> None:
        """Find the links of an estate."""
        self.snapshot = snapshot
        self.names = names
        self.routers = routers
        self.left_out: list[tuple[str, str]] = []
        self.links: dict[tuple[str, str], Link] = {}
        """By what joins (a peering, an attachment) and the VPC or gateway that it is looked at from."""
        self._legs: dict[str, dict[str, Link]] = {}
        """An attachment's interfaces: a link by the subnet in which it stands, one in each zone (TGW-02)."""
        self._attachments: dict[tuple[str, str], str] = {}
        """The attachment of a VPC to a gateway."""
        self.exits = Exits(snapshot, names, routers)
        self._peerings()
        self._gateways()

    def _add(
        self, label: str, sides: tuple[str, str], blocks: tuple[tuple[str, ...], tuple[str, ...]], leg: str = ""
    ) -> Link:
        known = f"{label} {leg}"
        return Link(
            name=self.names.name("p", known),
            label=label,
            sides=sides,
            blocks=blocks,
            number=self.names.number("p", known),
        )

    def every_link(self) -> tuple[Link, ...]:
        """Each link once."""
        legs = (link for each in self._legs.values() for link in each.values())
        return tuple(dict.fromkeys((*self.links.values(), *legs, *self.exits.links.values())))

    def crossings(self, subnet: Subnet) -> Iterator[tuple[str, str]]:
        """The legs by which packets of a gateway come to a subnet, each with the subnet in which it stands."""
        for (vpc_id, _), own_id in sorted(self._attachments.items()):
            if vpc_id == subnet.vpc:
                yield from ((link.name, attached) for attached, link in self._legs[own_id].items())

    def _peerings(self) -> None:
        for own_id, peering in sorted(self.snapshot.facts.vpc_peering_connections.items()):
            one, other = peering.requester_vpc_info.vpc_id, peering.accepter_vpc_info.vpc_id
            if peering.status.code != "active" or one not in self.routers or other not in self.routers:
                continue
            near, far = self.routers[str(one)], self.routers[str(other)]
            link = self._add(own_id, (near.name, far.name), (near.blocks, far.blocks))
            regions = {peering.requester_vpc_info.region, peering.accepter_vpc_info.region}
            link = msgspec.structs.replace(link, carries_groups=len(regions - {None}) < 2)
            self.links[own_id, near.label] = self.links[own_id, far.label] = link

    def _gateways(self) -> None:
        facts = self.snapshot.facts
        for own_id, attachment in sorted(facts.transit_gateway_vpc_attachments.items()):
            gateway, router = attachment.transit_gateway_id, self.routers.get(attachment.vpc_id)
            if attachment.state != "available" or router is None or gateway not in facts.transit_gateways:
                continue
            subnets = () if isinstance(attachment.subnet_ids, UnsetType) else attachment.subnet_ids
            sides = (router.name, self.names.name("t", gateway))
            carries = _carries_groups(facts.transit_gateways[gateway], attachment)
            options = attachment.options
            has_ipv6 = not isinstance(options, UnsetType) and options.ipv6_support == "enable"
            self._legs[own_id] = {
                each: msgspec.structs.replace(
                    self._add(own_id, sides, (router.blocks, ()), each),
                    carries_groups=carries,
                    carries_ipv6=has_ipv6,
                )
                for each in subnets
            }
            self._attachments[attachment.vpc_id, gateway] = own_id
        for own_id, peering in sorted(facts.transit_gateway_peering_attachments.items()):
            one, other = (
                peering.requester_tgw_info.transit_gateway_id,
                peering.accepter_tgw_info.transit_gateway_id,
            )
            known = one in facts.transit_gateways and other in facts.transit_gateways
            if peering.state == "available" and known and one is not None and other is not None:
                link = self._add(own_id, (self.names.name("t", one), self.names.name("t", other)), ((), ()))
                self.links[own_id, one] = self.links[own_id, other] = link

    def hubs(self) -> Iterator[Hub]:
        """The transit gateways, with the routes that packets of each attachment meet (TGW-04)."""
        for gateway in sorted(self.snapshot.facts.transit_gateways):
            tables = [
                (link.name, tuple(self._gateway_routes(gateway, self._table_of(label), None)))
                for (label, side), link in sorted(self.links.items())
                if side == gateway
            ]
            for (_, known), own_id in sorted(self._attachments.items()):
                if known == gateway:
                    table = self._table_of(own_id)
                    for subnet_id, link in self._legs[own_id].items():
                        routes = self._gateway_routes(gateway, table, self._zone(subnet_id))
                        tables.append((link.name, tuple(routes)))
            number = self.names.number("t", gateway)
            yield Hub(name=f"t{number}", label=gateway, number=number, tables=tuple(tables))

    def _way_out(self, attachment: str, gateway: str, zone: str | None) -> str:
        """The link by which a gateway delivers: in the zone that the packet came from, where it can (TGW-08)."""
        legs = self._legs.get(attachment)
        if legs is None:
            link = self.links.get((attachment, gateway))
            return link.name if link is not None else ""
        near = [link for subnet_id, link in legs.items() if zone is not None and self._zone(subnet_id) == zone]
        return next((link.name for link in (*near, *legs.values())), "")

    def _table_of(self, attachment: str) -> str | None:
        for table, found in self.snapshot.facts.transit_gateway_associations.items():
            if any(
                each.transit_gateway_attachment_id == attachment and each.state == "associated" for each in found
            ):
                return table
        return None

    def _gateway_routes(self, gateway: str, table: str | None, zone: str | None) -> Iterator[Route]:
        """The active routes of a gateway's table; a static one beats a propagated one (TGW-05)."""
        found: dict[str, tuple[int, Route]] = {}
        for query in self.snapshot.facts.transit_gateway_route_queries.get(table or "", ()):
            for each in query.routes:
                block = each.destination_cidr_block
                if block is None:
                    continue
                target = ""
                if each.state == "active" and each.transit_gateway_attachments:
                    attachment = each.transit_gateway_attachments[0].transit_gateway_attachment_id
                    target = self._way_out(attachment, gateway, zone)
                rank = 0 if each.type == "static" else 1
                if str(block) not in found or rank < found[str(block)][0]:
                    found[str(block)] = (rank, Route(block=str(block), target=target))
        yield from (route for _, route in found.values())

    # --- subnets

    def subnets(self) -> Iterator[Subnet]:
        """Every subnet with its routes, as its Availability Zone sees them."""
        for own_id, subnet in sorted(self.snapshot.facts.subnets.items()):
            if subnet.vpc_id not in self.routers:
                continue
            acl = acl_of_subnet(self.snapshot, own_id)
            blocks = [subnet.cidr_block] if subnet.cidr_block else []
            blocks += [each.ipv6_cidr_block for each in subnet.ipv6_cidr_block_association_set]
            table = self._route_table(own_id, subnet.vpc_id)
            routes = tuple(self._routes(subnet.vpc_id, own_id, table)) if table is not None else ()
            yield Subnet(
                name=self.names.name("s", own_id),
                label=own_id,
                vpc=subnet.vpc_id,
                blocks=tuple(map(str, blocks)),
                number=self.names.number("s", own_id),
                routes=routes,
                acl=self.names.name("a", acl) if acl is not None else "",
                table=table.route_table_id if table is not None else "",
                zone=subnet.availability_zone or subnet.availability_zone_id or "",
            )

    def _route_table(self, subnet_id: str, vpc_id: str) -> RouteTable | None:
        """The table of a subnet: explicit, else the main one (NET-01)."""
        main = None
        for table in self.snapshot.facts.route_tables.values():
            for each in table.associations if isinstance(table.associations, tuple) else ():
                if each.subnet_id == subnet_id:
                    return table
                if each.main and table.vpc_id == vpc_id:
                    main = table
        return main

    def _routes(self, vpc_id: str, subnet_id: str, table: RouteTable) -> Iterator[Route]:
        found: dict[str, tuple[int, Route]] = {}
        for each in table.routes if isinstance(table.routes, tuple) else ():
            target = self._target(vpc_id, subnet_id, each)
            if target is None:
                continue
            propagated = each.origin == "EnableVgwRoutePropagation"
            rank = 1 if each.destination_prefix_list_id else _PROPAGATED if propagated else 0
            for block in self._blocks(each):
                if rank == _PROPAGATED and self._is_inside(block, vpc_id):
                    # `local` beats what is propagated, however much longer its prefix (NET-07).
                    continue
                # Static before prefix list before propagated on the same block (NET-04).
                if block not in found or rank < found[block][0]:
                    found[block] = (rank, Route(block=block, target=target))
        yield from (route for _, route in found.values())

    def _is_inside(self, block: str, vpc_id: str) -> bool:
        network = ipaddress.ip_network(block, strict=False)
        own = (ipaddress.ip_network(each, strict=False) for each in self.routers[vpc_id].blocks)
        return any(network.version == each.version and network.subnet_of(each) for each in own)  # type: ignore[arg-type]

    def _blocks(self, each: AwsRoute) -> tuple[str, ...]:
        if each.destination_prefix_list_id:
            entries = self.snapshot.facts.prefix_list_entries.get(each.destination_prefix_list_id, ())
            return tuple(str(one.cidr) for one in entries)
        block = each.destination_cidr_block or each.destination_ipv6_cidr_block
        return (str(block),) if block is not None else ()

    def _target(self, vpc_id: str, subnet_id: str, each: AwsRoute) -> str | None:
        """The link of a route; empty for a blackhole, None for `local`, which every router has anyway."""
        if each.gateway_id == "local":
            return None
        if each.state != "active":
            return ""
        if each.vpc_peering_connection_id:
            link = self.links.get((each.vpc_peering_connection_id, vpc_id))
            return link.name if link is not None else ""
        if each.transit_gateway_id:
            legs = self._legs.get(self._attachments.get((vpc_id, each.transit_gateway_id), ""), {})
            return self._leg_of(legs, subnet_id)
        if each.gateway_id and each.gateway_id.startswith("vpce-"):
            return None
        out = self.exits.target(vpc_id, each)
        if out is not None:
            return out
        self.left_out.append((table_target(each), "a route leads there, and the lab does not have it"))
        return ""

    def _leg_of(self, legs: dict[str, Link], subnet_id: str) -> str:
        """The leg in the zone of a subnet: there alone an attachment takes packets (TGW-02)."""
        zone = self._zone(subnet_id)
        return next((link.name for each, link in legs.items() if zone and self._zone(each) == zone), "")

    def _zone(self, subnet_id: str) -> str | None:
        subnet = self.snapshot.facts.subnets.get(subnet_id)
        return (subnet.availability_zone_id or subnet.availability_zone) if subnet is not None else None


def _carries_groups(gateway: TransitGateway, attachment: TransitGatewayVpcAttachment) -> bool:
    """Both switches have to be on: a gateway's is off unless told, an attachment's on (TGW-07)."""
    options = attachment.options
    switch = None if isinstance(options, UnsetType) else options.security_group_referencing_support
    return gateway.options.security_group_referencing_support == "enable" and switch != "disable"


def table_target(each: AwsRoute) -> str:
    """What a route leads to, whatever it is."""
    return each.gateway_id or each.network_interface_id or each.core_network_arn or "a target"
