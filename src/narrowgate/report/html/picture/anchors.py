"""Where in a picture a step of an answer happens: the thing that is drawn for its component, or nearest to it."""

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from narrowgate.model.answer import Step
from narrowgate.model.fact import known
from narrowgate.model.snapshot import Snapshot, index

_VPC = re.compile(r"\bvpc-[0-9a-z]+\b")


class Spot(msgspec.Struct, frozen=True):
    """A thing of the scene, by its key, and what it stands in, where that has to be told."""

    key: str
    owner: str = ""


def client_vpc(snapshot: Snapshot, steps: Sequence[Step]) -> str | None:
    """The VPC that a way starts in: the first that its steps name; None where they name none."""
    for step in steps:
        named: list[str] = _VPC.findall(step.text)
        found = next(
            (own for own in (_vpc_of(snapshot, step.component or ""), *named) if own in snapshot.facts.vpcs), None
        )
        if found is not None:
            return found
    return None


def vpcs_of(snapshot: Snapshot, steps: Sequence[Step]) -> tuple[str, ...]:
    """Every VPC that a way touches, in the order in which it does."""
    first = client_vpc(snapshot, steps)
    every = [first, *(_vpc_of(snapshot, step.component or "") for step in steps)]
    for step in steps:
        peering = snapshot.facts.vpc_peering_connections.get(step.component or "")
        if peering is not None:
            every += [peering.requester_vpc_info.vpc_id, peering.accepter_vpc_info.vpc_id]
    return tuple(dict.fromkeys(each for each in every if each in snapshot.facts.vpcs))


def spots(snapshot: Snapshot, component: str) -> Iterator[Spot]:
    """What may be drawn for a component, the best first."""
    own = component.partition("/")[0] if component.startswith("rslvr-") else component
    facts = snapshot.facts
    yield Spot(component)
    yield Spot(own)
    yield from (Spot(each) for each in _members_of_group(snapshot).get(own, ()))
    subnet = _subnet_of(snapshot, own)
    if own in facts.instances and subnet:
        yield Spot(f"hosts/{subnet}", subnet)
    if subnet:
        yield Spot(subnet)
    attachment = facts.transit_gateway_vpc_attachments.get(own)
    table = facts.transit_gateway_route_tables.get(own)
    hub = attachment.transit_gateway_id if attachment else table.transit_gateway_id if table else None
    if hub:
        yield Spot(hub)
    vpc = _vpc_of(snapshot, own)
    if vpc:
        yield Spot(vpc)


def _subnet_of(snapshot: Snapshot, own: str) -> str | None:
    facts = snapshot.facts
    if own in facts.subnets:
        return own
    for fact in (facts.network_interfaces.get(own), facts.instances.get(own), facts.nat_gateways.get(own)):
        if fact is not None:
            return fact.subnet_id
    return _only(_guarded_subnets(snapshot).get(own, ()))


def _only(subnets: Iterable[str]) -> str | None:
    found = list(subnets)
    return found[0] if len(found) == 1 else None


def _vpc_of(snapshot: Snapshot, own: str) -> str | None:
    facts = snapshot.facts
    if own in facts.vpcs:
        return own
    found: list[str | None] = [
        fact.vpc_id
        for fact in (
            facts.route_tables.get(own),
            facts.network_acls.get(own),
            facts.security_groups.get(own),
            facts.subnets.get(own),
            facts.network_interfaces.get(own),
            facts.instances.get(own),
            facts.vpc_endpoints.get(own),
            facts.nat_gateways.get(own),
            facts.load_balancers.get(own),
            facts.transit_gateway_vpc_attachments.get(own),
        )
        if fact is not None
    ]
    if found:
        return found[0]
    resolver = facts.resolver_endpoints.get(own.partition("/")[0])
    return known(resolver.host_vpc_id, None) if resolver is not None else None


@index
def _guarded_subnets(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """The subnets of each route table and ACL."""
    found: dict[str, tuple[str, ...]] = {}
    for own, table in snapshot.facts.route_tables.items():
        found[own] = tuple(each.subnet_id for each in known(table.associations, ()) if each.subnet_id)
    for own, acl in snapshot.facts.network_acls.items():
        found[own] = tuple(each.subnet_id for each in known(acl.associations, ()))
    return found


@index
def _members_of_group(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """What is drawn of a group's members (endpoints, Resolver endpoints, instances), and of an interface."""
    found: dict[str, list[str]] = {}
    for own, endpoint in sorted(snapshot.facts.vpc_endpoints.items()):
        for group in known(endpoint.groups, ()):
            found.setdefault(group.group_id, []).append(own)
        for interface in known(endpoint.network_interface_ids, ()):
            found.setdefault(interface, []).append(own)
    for own, resolver in sorted(snapshot.facts.resolver_endpoints.items()):
        for group_id in known(resolver.security_group_ids, ()):
            found.setdefault(group_id, []).append(own)
    for own, instance in sorted(snapshot.facts.instances.items()):
        for each in instance.security_groups:
            found.setdefault(each.group_id, []).append(own)
        for card in instance.network_interfaces:
            found.setdefault(card.network_interface_id, []).append(own)
    return {own: tuple(members) for own, members in found.items()}
