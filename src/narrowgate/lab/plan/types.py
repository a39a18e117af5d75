"""What a lab is made of: routers, ports, tables, links, groups and ACLs, by short names that the kernel takes."""

import msgspec

from narrowgate.lab.beliefs import VPC_MTU
from narrowgate.lab.plan.internet import INTERNET, PUBLIC_CLIENT, PUBLIC_CLIENT_V6


class Port(msgspec.Struct, frozen=True, kw_only=True):
    """An interface of the estate: a namespace with one device, joined to its VPC's router.

    `name` is short (`e12`), `label` AWS's id. `service` is what listens: `https`, `dns`, `instance`, `balancer`;
    `nat` is what translates, and empty what only sends (outbound endpoints).
    """

    name: str
    label: str
    vpc: str
    subnet: str
    addresses: tuple[str, ...]
    groups: tuple[str, ...] | None
    """None for a host that could be started: it lets everything out and nothing in."""
    service: str
    number: int
    owner: str = ""
    """The instance, endpoint or Resolver endpoint that it belongs to."""
    host_name: str = ""
    listens: tuple[int, ...] = ()
    """Ports of a balancer's listeners."""

    @property
    def filters_nothing(self) -> bool:
        """True for what has no groups and is open all the same: NAT gateways, balancers that nobody gave any."""
        return self.service == "nat" or (self.service == "balancer" and not self.groups)


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One route of a table: `target` is a link's name, `internet`, or empty for a blackhole."""

    block: str
    target: str = ""


class Subnet(msgspec.Struct, frozen=True, kw_only=True):
    """A subnet with its own kernel table: routes of its table as its zone sees them (TGW-02)."""

    name: str
    label: str
    vpc: str
    blocks: tuple[str, ...]
    number: int
    routes: tuple[Route, ...]
    acl: str
    table: str = ""
    """The route table's id."""
    zone: str = ""
    """The name of its Availability Zone."""


class Router(msgspec.Struct, frozen=True, kw_only=True):
    """A VPC: a namespace that routes, filters and resolves."""

    name: str
    label: str
    blocks: tuple[str, ...]
    resolvers: tuple[str, ...]
    has_dns: bool
    number: int


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A device pair between two routers: one leg of a peering, or of an attachment to a gateway.

    `allowed` are the blocks that may come out at each side: a peering carries nothing else (PCX-06).
    """

    name: str
    label: str
    sides: tuple[str, str]
    """Names of the two routers."""
    blocks: tuple[tuple[str, ...], tuple[str, ...]]
    """Blocks behind each side."""
    number: int
    carries_groups: bool = False
    """Whether rules that name groups of the other side count: a peering in one Region, or a gateway (SG-09)."""
    carries_ipv6: bool = True
    """An attachment to a gateway carries IPv6 only where that is switched on (IP6-03)."""
    mtu: int = VPC_MTU


class Hub(msgspec.Struct, frozen=True, kw_only=True):
    """A transit gateway: a namespace with a table for each attachment (TGW-04)."""

    name: str
    label: str
    number: int
    tables: tuple[tuple[str, tuple[Route, ...]], ...]
    """By the link that packets come in by."""


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """An internet gateway of a VPC, or one for IPv6 that lets nobody in."""

    label: str
    link: str
    """Name of the link to the Internet."""
    router: str
    number: int
    addresses: tuple[tuple[str, str], ...]
    """Private and public addresses that it changes one for the other."""
    blocks: tuple[str, ...]
    """IPv6 blocks of the VPC, which are public as they are."""
    takes_new: bool
    """Whether connections may begin outside."""


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of a group: protocol (None: any), ports (None: all), blocks, referenced groups."""

    protocol: int | None
    ports: tuple[int, int] | None
    blocks: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A security group."""

    name: str
    label: str
    ingress: tuple[Permission, ...]
    egress: tuple[Permission, ...]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of an ACL, in order."""

    allows: bool
    egress: bool
    protocol: int | None
    ports: tuple[int, int] | None
    block: str
    number: int


class Acl(msgspec.Struct, frozen=True, kw_only=True):
    """A network ACL."""

    name: str
    label: str
    entries: tuple[Entry, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The whole lab. `left_out` says what the estate has and the lab does not, by id."""

    routers: tuple[Router, ...]
    hubs: tuple[Hub, ...]
    """Transit gateways, and the Internet where something leads there."""
    exits: tuple[Exit, ...] = ()
    subnets: tuple[Subnet, ...]
    ports: tuple[Port, ...]
    links: tuple[Link, ...]
    groups: tuple[Group, ...]
    acls: tuple[Acl, ...]
    crossings: tuple[tuple[str, str, str], ...] = ()
    """Subnet, leg of an attachment of its VPC, and the subnet where that leg stands, whose ACL counts (ACL-10)."""
    left_out: tuple[tuple[str, str], ...] = ()

    def port(self, label: str) -> Port | None:
        """The port of an interface, by AWS's id or by its address; the Internet's own host by that word."""
        hub = next((each for each in self.hubs if label == each.label == INTERNET), None)
        if hub is not None:
            return Port(
                name=hub.name,
                label=INTERNET,
                vpc="",
                subnet="",
                addresses=(PUBLIC_CLIENT, PUBLIC_CLIENT_V6),
                groups=None,
                service="",
                number=hub.number,
            )
        return next((each for each in self.ports if label in (each.label, each.owner, *each.addresses)), None)
