"""Ways to the Internet: internet gateways with the public addresses that they put on packets, and NAT gateways."""

import ipaddress
from collections.abc import Iterable, Iterator

from narrowgate.lab.beliefs import INTERNET_MTU
from narrowgate.lab.plan.internet import INTERNET
from narrowgate.lab.plan.naming import Names
from narrowgate.lab.plan.types import Exit, Hub, Link, Port, Router
from narrowgate.model.fact import UnsetType
from narrowgate.model.routing import NatGateway
from narrowgate.model.routing import Route as AwsRoute
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.vpc import NetworkInterface

_ATTACHED = ("available", "attached")
_MADE_UP = ipaddress.ip_network("198.18.0.0/15")
"""Public addresses for hosts that could be started: of a range that nobody has."""


class Exits:
    """The internet gateways of an estate and what leads to them."""

    def __init__(self, snapshot: Snapshot, names: Names, routers: dict[str, Router]) -> None:
        """Find the gateways that are attached to a VPC."""
        self.snapshot = snapshot
        self.names = names
        self.routers = routers
        self.links: dict[tuple[str, str], Link] = {}
        """By gateway and VPC."""
        for own_id, vpc_id in self._attachments():
            if vpc_id in routers:
                known = f"{own_id} {vpc_id}"
                self.links[own_id, vpc_id] = Link(
                    name=names.name("p", known),
                    label=own_id,
                    sides=(routers[vpc_id].name, self.hub_name),
                    blocks=(routers[vpc_id].blocks, ()),
                    number=names.number("p", known),
                    mtu=INTERNET_MTU,
                )

    @property
    def hub_name(self) -> str:
        """The namespace that stands for the Internet."""
        return self.names.name("t", INTERNET)

    def hub(self) -> Iterator[Hub]:
        """The Internet, where the estate has a way there; its routes are made with its addresses."""
        if self.links:
            yield Hub(name=self.hub_name, label=INTERNET, number=self.names.number("t", INTERNET), tables=())

    def target(self, vpc_id: str, each: AwsRoute) -> str | None:
        """The link or port that a route leads to, empty where the target takes nothing; None for other targets."""
        gateway = each.gateway_id if each.gateway_id and each.gateway_id.startswith("igw-") else None
        gateway = gateway or each.egress_only_internet_gateway_id
        if gateway is not None:
            link = self.links.get((gateway, vpc_id))
            return link.name if link is not None else ""
        if each.nat_gateway_id is None:
            return None
        nat = self.snapshot.facts.nat_gateways.get(each.nat_gateway_id)
        if nat is None or nat.vpc_id != vpc_id or not is_working(nat):
            return ""
        return self.names.name("e", nat_port_label(self.snapshot, nat))

    def exits(self, ports: Iterable[Port]) -> Iterator[Exit]:
        """Each gateway with the addresses of its VPC's ports that have a public one."""
        publics = dict(self._publics(ports))
        for (own_id, vpc_id), link in self.links.items():
            yield Exit(
                label=own_id,
                link=link.name,
                router=self.routers[vpc_id].name,
                number=link.number,
                addresses=tuple((own, public) for (vpc, own), public in publics.items() if vpc == vpc_id)
                if own_id.startswith("igw-")
                else (),
                blocks=tuple(each for each in self.routers[vpc_id].blocks if ":" in each),
                takes_new=own_id.startswith("igw-"),
            )

    def _attachments(self) -> Iterator[tuple[str, str]]:
        facts = self.snapshot.facts
        attachments = {own_id: each.attachments for own_id, each in sorted(facts.internet_gateways.items())}
        only_out = sorted(facts.egress_only_internet_gateways.items())
        attachments |= {own_id: each.attachments for own_id, each in only_out}
        for own_id, found in attachments.items():
            yield from ((own_id, each.vpc_id) for each in found if each.state in _ATTACHED and each.vpc_id)

    def _publics(self, ports: Iterable[Port]) -> Iterator[tuple[tuple[str, str], str]]:
        """Public addresses by VPC and private address."""
        facts = self.snapshot.facts
        spare = iter(_MADE_UP.hosts())
        for port in ports:
            interface = facts.network_interfaces.get(port.label)
            instance = facts.instances.get(port.label)
            nat = facts.nat_gateways.get(port.owner)
            pairs = dict(_of_interface(interface)) if interface is not None else {}
            if nat is not None and nat.connectivity_type == "public":
                pairs |= {str(e.private_ip or port.addresses[0]): e.public_ip for e in nat.nat_gateway_addresses}
            if instance is not None and instance.public_ip_address:
                pairs[port.addresses[0]] = instance.public_ip_address
            subnet = facts.subnets.get(port.subnet)
            if port.groups is None and not port.service and subnet is not None and subnet.map_public_ip_on_launch:
                pairs.setdefault(port.addresses[0], str(next(spare)))
            yield from (((port.vpc, own), public) for own, public in pairs.items() if public)


def is_working(gateway: NatGateway) -> bool:
    """True for a NAT gateway that takes packets."""
    return isinstance(gateway.state, UnsetType) or gateway.state == "available"


def nat_port_label(snapshot: Snapshot, gateway: NatGateway) -> str:
    """The port of a NAT gateway: its interface, or its own id where nobody listed that."""
    for each in gateway.nat_gateway_addresses:
        if each.network_interface_id in snapshot.facts.network_interfaces:
            return str(each.network_interface_id)
    return gateway.nat_gateway_id


def _of_interface(interface: NetworkInterface) -> Iterator[tuple[str, str | None]]:
    if interface.association is not None and interface.private_ip_address:
        yield str(interface.private_ip_address), interface.association.public_ip
    for each in interface.private_ip_addresses:
        if each.association is not None and each.private_ip_address:
            yield str(each.private_ip_address), each.association.public_ip
