"""What can be broken in a lab, by the names that a person uses: ids, Name tags, addresses."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from narrowgate.lab.plan.faults import ENDPOINT_SERVICES, Fault, Kind
from narrowgate.lab.plan.types import Plan
from narrowgate.model.errors import InputError, UnknownNameError
from narrowgate.model.fact import name_tag
from narrowgate.model.snapshot import Snapshot

Names = dict[str, dict[str, tuple[str, ...]]]
"""By kind, then by name: what the plan calls it, more than one where several things share a name."""

_WHOLE = Fault(kind=Kind.ACL, target="", name="")


def breakable(plan: Plan, snapshot: Snapshot) -> Names:
    """Every name of everything that can be broken."""
    tags = _tags(snapshot)
    found: Names = {}
    for kind, name, target in (*_links(plan), *_ports(plan), *_routes(plan), *_filters(plan, snapshot)):
        names = found.setdefault(kind.value, {})
        for each in _called(name, target, tags):
            names[each] = tuple(dict.fromkeys((*names.get(each, ()), target)))
    return found


def find_fault(
    names: Mapping[str, Mapping[str, tuple[str, ...]]],
    kind: str | None,
    name: str,
    *,
    narrowed: Fault = _WHOLE,
) -> Fault:
    """The fault that a person means; without a kind the first kind that knows the name.

    Args:
        names: what `breakable` found.
        kind: one of `Kind`, or None.
        name: an id, a Name tag, an address.
        narrowed: whose protocol, ports and ways are taken.

    Raises:
        UnknownNameError: nothing of that kind has the name; names the nearest.
        InputError: several have it.
    """
    kinds = [each for each in Kind if kind in (None, each)]
    chosen = next((each for each in kinds if name in names.get(each, {})), None)
    if chosen is None:
        known = [each for one in kinds for each in names.get(one, {})]
        raise UnknownNameError(kind or "thing to break", name[:60], known)
    targets = names[chosen][name]
    if len(targets) > 1:
        raise InputError(f"several are called `{name}`", help=f"say which: {', '.join(targets)}")
    return msgspec.structs.replace(narrowed, kind=chosen, target=targets[0], name=name)


def _called(name: str, target: str, tags: Mapping[str, str]) -> Iterable[str]:
    """A name, and the same with a Name tag for the id that it begins with."""
    own, slash, rest = name.partition("/")
    return dict.fromkeys((name, f"{tags.get(own, own)}{slash}{rest}", target))


def _links(plan: Plan) -> Iterator[tuple[Kind, str, str]]:
    yield from ((Kind.LINK, each.label, each.label) for each in plan.links)


def _ports(plan: Plan) -> Iterator[tuple[Kind, str, str]]:
    zones = {each.label: each.zone for each in plan.subnets}
    for port in plan.ports:
        if port.label.startswith("eni-") or port.owner.startswith("i-"):
            yield Kind.INTERFACE, port.label, port.label
        if port.owner and port.owner != port.subnet:
            yield Kind.INTERFACE, port.owner, port.owner
        for address in port.addresses:
            yield Kind.ADDRESS, address, address
            if port.service in ("dns", "outbound"):
                yield Kind.RESOLVER_IP, address, address
        zone = zones.get(port.subnet, "")
        if port.service in ENDPOINT_SERVICES and zone:
            yield Kind.ENDPOINT_AZ, f"{port.owner}/{zone}", f"{port.owner}/{zone}"
            yield Kind.ENDPOINT_AZ, zone, zone
    for subnet in plan.subnets:
        yield Kind.SUBNET, subnet.label, subnet.label


def _routes(plan: Plan) -> Iterator[tuple[Kind, str, str]]:
    for subnet in plan.subnets:
        for route in subnet.routes:
            if subnet.table and route.target:
                yield Kind.ROUTE, f"{subnet.table}/{route.block}", f"{subnet.table}/{route.block}"


def _filters(plan: Plan, snapshot: Snapshot) -> Iterator[tuple[Kind, str, str]]:
    for acl in plan.acls:
        yield Kind.ACL, acl.label, acl.label
    for subnet in plan.subnets:
        if subnet.acl:
            yield Kind.ACL, subnet.label, subnet.label
    for group in plan.groups:
        yield Kind.GROUP, group.label, group.label
        known = snapshot.facts.security_groups[group.label].group_name
        if known and known != "default":
            yield Kind.GROUP, known, group.label


def _tags(snapshot: Snapshot) -> dict[str, str]:
    """Name tags, and the names that Resolver endpoints have instead, by id."""
    facts = snapshot.facts
    tagged = (
        facts.vpc_peering_connections,
        facts.transit_gateway_vpc_attachments,
        facts.transit_gateway_peering_attachments,
        facts.vpc_endpoints,
        facts.instances,
        facts.subnets,
        facts.route_tables,
        facts.network_acls,
        facts.security_groups,
    )
    found = {own_id: name_tag(each.tags) for kind in tagged for own_id, each in kind.items()}
    found |= {own_id: each.name for own_id, each in facts.resolver_endpoints.items()}
    return {own_id: name for own_id, name in found.items() if name}
