"""Faults on purpose, as another plan: what is broken is taken out of a copy, and mending is the first plan again.

A device that is down takes its routes with it, and a less specific route would carry the packets somewhere else.
AWS keeps such a route as a blackhole; so does the plan.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

import msgspec

from narrowgate.lab.plan.types import Acl, Entry, Group, Hub, Permission, Plan, Port, Route, Subnet
from narrowgate.model.errors import InputError

Down = tuple[str, int]
"""A device that is down: the router it is in, and the number of its port or link."""


class Kind(StrEnum):
    """What can be broken."""

    LINK = "link"
    INTERFACE = "interface"
    ADDRESS = "address"
    SUBNET = "subnet"
    ENDPOINT_AZ = "endpoint-az"
    RESOLVER_IP = "resolver-ip"
    ROUTE = "route"
    ACL = "acl"
    GROUP = "group"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is broken: `target` is what the plan calls it, `name` what the person called it.

    The rest is for ACLs and groups: which protocol (None: any), which ports (None: all), and which way.
    """

    kind: Kind
    target: str
    name: str
    protocol: int | None = None
    ports: tuple[int, int] | None = None
    ways: tuple[str, ...] = ("in", "out")

    @property
    def text(self) -> str:
        """For people."""
        if self.kind not in (Kind.ACL, Kind.GROUP):
            return f"{self.kind} {self.name}"
        protocol = {None: "everything", 1: "icmp", 6: "tcp", 17: "udp"}.get(self.protocol, f"{self.protocol}")
        ports = "" if self.ports is None else f" {'-'.join(map(str, dict.fromkeys(self.ports)))}"
        return f"{self.kind} {self.name}: {protocol}{ports} {' and '.join(self.ways)}"


def apply_faults(plan: Plan, faults: Iterable[Fault]) -> tuple[Plan, frozenset[Down]]:
    """The plan with its faults, and the devices that are down.

    Raises:
        InputError: a fault changes nothing: no such rule, or no ACL.
    """
    down: set[Down] = set()
    for each in faults:
        plan = _CHANGES[each.kind](plan, each)
        down |= set(_devices(plan, each))
    return plan, frozenset(down)


def _devices(plan: Plan, fault: Fault) -> Iterator[Down]:
    routers = {each.label: each.name for each in plan.routers}
    zones = {each.label: each.zone for each in plan.subnets}
    for port in plan.ports:
        if _is_hit(port, fault, zones.get(port.subnet, "")):
            yield routers[port.vpc], port.number
    if fault.kind is Kind.LINK:
        yield from ((link.sides[0], link.number) for link in plan.links if link.label == fault.target)


def _is_hit(port: Port, fault: Fault, zone: str) -> bool:
    match fault.kind:
        case Kind.INTERFACE:
            return fault.target in (port.label, port.owner)
        case Kind.ADDRESS | Kind.RESOLVER_IP:
            return fault.target in port.addresses
        case Kind.SUBNET:
            return fault.target == port.subnet
        case Kind.ENDPOINT_AZ:
            owner, _, wanted = fault.target.rpartition("/")
            is_endpoint = port.service in ENDPOINT_SERVICES
            return is_endpoint and zone == wanted and owner in ("", port.owner)
        case _:
            return False


ENDPOINT_SERVICES = frozenset({"https", "dns", "outbound", "down"})
"""What the ports of interface endpoints and Resolver endpoints serve."""


def _as_it_is(plan: Plan, _fault: Fault) -> Plan:
    return plan


def _without_link(plan: Plan, fault: Fault) -> Plan:
    """Every route that leads to a link becomes a blackhole, those of gateways too."""
    names = {each.name for each in plan.links if each.label == fault.target}

    def lost(_: Subnet | Hub, route: Route) -> bool:
        return route.target in names

    return _blackholed(plan, lost)


def _without_route(plan: Plan, fault: Fault) -> Plan:
    table, _, block = fault.target.partition("/")

    def lost(owner: Subnet | Hub, route: Route) -> bool:
        return isinstance(owner, Subnet) and (owner.table, route.block) == (table, block)

    return _blackholed(plan, lost)


def _blackholed(plan: Plan, lost: Callable[[Subnet | Hub, Route], bool]) -> Plan:
    def changed(owner: Subnet | Hub, routes: tuple[Route, ...]) -> tuple[Route, ...]:
        return tuple(Route(block=each.block) if lost(owner, each) else each for each in routes)

    subnets = tuple(msgspec.structs.replace(each, routes=changed(each, each.routes)) for each in plan.subnets)
    hubs = tuple(
        msgspec.structs.replace(each, tables=tuple((link, changed(each, routes)) for link, routes in each.tables))
        for each in plan.hubs
    )
    return msgspec.structs.replace(plan, subnets=subnets, hubs=hubs)


def _with_entry(plan: Plan, fault: Fault) -> Plan:
    """A deny before every other entry, in an ACL; or in a copy of it that one subnet alone has."""
    subnet = next((each for each in plan.subnets if each.label == fault.target), None)
    if subnet is None:
        acls = tuple(_denying(each, fault) if each.label == fault.target else each for each in plan.acls)
        return msgspec.structs.replace(plan, acls=acls)
    acl = next((each for each in plan.acls if each.name == subnet.acl), None)
    if acl is None:
        raise InputError(f"nothing is known of the network ACL of `{fault.name}`")
    own = f"{acl.name.partition('s')[0]}s{subnet.number}"
    others = tuple(each for each in plan.acls if each.name != own)
    copied = msgspec.structs.replace(_denying(acl, fault), name=own)
    subnets = tuple(
        msgspec.structs.replace(each, acl=own) if each.label == subnet.label else each for each in plan.subnets
    )
    return msgspec.structs.replace(plan, acls=(*others, copied), subnets=subnets)


def _denying(acl: Acl, fault: Fault) -> Acl:
    number = max(min((each.number for each in acl.entries), default=2) - 1, 1)
    added = tuple(
        Entry(
            allows=False,
            egress=way == "out",
            protocol=fault.protocol,
            ports=fault.ports,
            block=block,
            number=number,
        )
        for way in fault.ways
        for block in ("0.0.0.0/0", "::/0")
    )
    return msgspec.structs.replace(acl, entries=(*added, *acl.entries))


def _without_rules(plan: Plan, fault: Fault) -> Plan:
    """A group without the rules that let the named traffic pass; it has nothing that denies."""
    group = next(each for each in plan.groups if each.label == fault.target)
    left = Group(
        name=group.name,
        label=group.label,
        ingress=_left(group.ingress, fault) if "in" in fault.ways else group.ingress,
        egress=_left(group.egress, fault) if "out" in fault.ways else group.egress,
    )
    if left == group:
        raise InputError(f"no rule to take away: {fault.text}")
    groups = tuple(left if each is group else each for each in plan.groups)
    return msgspec.structs.replace(plan, groups=groups)


def _left(permissions: tuple[Permission, ...], fault: Fault) -> tuple[Permission, ...]:
    return tuple(each for each in permissions if not _covers(each, fault))


def _covers(permission: Permission, fault: Fault) -> bool:
    if None not in (permission.protocol, fault.protocol) and permission.protocol != fault.protocol:
        return False
    if permission.ports is None or fault.ports is None:
        return True
    return permission.ports[0] <= fault.ports[1] and fault.ports[0] <= permission.ports[1]


_CHANGES: dict[Kind, Callable[[Plan, Fault], Plan]] = {
    Kind.LINK: _without_link,
    Kind.INTERFACE: _as_it_is,
    Kind.ADDRESS: _as_it_is,
    Kind.SUBNET: _as_it_is,
    Kind.ENDPOINT_AZ: _as_it_is,
    Kind.RESOLVER_IP: _as_it_is,
    Kind.ROUTE: _without_route,
    Kind.ACL: _with_entry,
    Kind.GROUP: _without_rules,
}
