"""What a lab is made of: routers, ports, tables, links, groups and ACLs, by short names that the kernel takes."""

import msgspec


class Port(msgspec.Struct, frozen=True, kw_only=True):
    """An interface of the estate: a namespace with one device, joined to its VPC's router.

    `name` is short (`e12`), `label` AWS's id. `service` is what listens: `https`, `dns`, `instance`, or empty for
    what only sends (outbound endpoints).
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


class Hub(msgspec.Struct, frozen=True, kw_only=True):
    """A transit gateway: a namespace with a table for each attachment (TGW-04)."""

    name: str
    label: str
    number: int
    tables: tuple[tuple[str, tuple[Route, ...]], ...]
    """By the link that packets come in by."""


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
    subnets: tuple[Subnet, ...]
    ports: tuple[Port, ...]
    links: tuple[Link, ...]
    groups: tuple[Group, ...]
    acls: tuple[Acl, ...]
    crossings: tuple[tuple[str, str, str], ...] = ()
    """Subnet, leg of an attachment of its VPC, and the subnet where that leg stands, whose ACL counts (ACL-10)."""
    left_out: tuple[tuple[str, str], ...] = ()

    def port(self, label: str) -> Port | None:
        """The port of an interface, by AWS's id or by its address."""
        return next((each for each in self.ports if label in (each.label, each.owner, *each.addresses)), None)
