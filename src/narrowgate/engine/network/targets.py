"""Targets by what a user typed: an interface, instance, load balancer, endpoint, or an address to be routed to."""

import re
from collections.abc import Iterable

import msgspec

from narrowgate.engine.network.hosts import primary_by_attachment, primary_interface
from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.engine.network.interfaces import Interface, interface
from narrowgate.engine.network.load_balancers import balancer_interfaces
from narrowgate.engine.network.unlisted import unlisted
from narrowgate.model.address import Address, is_address, parse_address
from narrowgate.model.answer import Missing
from narrowgate.model.errors import InputError, UnknownNameError
from narrowgate.model.fact import UNSET, name_tag
from narrowgate.model.loadbalancing import LoadBalancer
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot, index

_ARN = re.compile(r"arn:[a-z-]+:ec2:[a-z0-9-]*:\d*:(?P<kind>[a-z-]+)/(?P<id>.+)")


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """One address of a target, with the interface that has it where that is known."""

    label: str
    address: Address
    interface_id: str | None = None


class ReachTarget(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be reached: every address of it.

    `unknowns` are facts without which not all of its addresses are known.
    """

    label: str
    kind: str
    destinations: tuple[Destination, ...]
    unknowns: tuple[Missing, ...] = ()
    load_balancer_arn: str | None = None
    vpc_endpoint_id: str | None = None


def find_target(snapshot: Snapshot, text: str) -> ReachTarget:
    """Find a target by id, ARN, Name tag, load balancer name or DNS name, or address.

    Raises:
        UnknownNameError: nothing in the source is called that.
        InputError: several things are, it is no target, or it is a DNS name, which belongs to `trace`.
    """
    if is_address(text):
        address = parse_address(text)
        return ReachTarget(label=text, kind="address", destinations=(Destination(label=text, address=address),))
    arn = _ARN.fullmatch(text)
    own_id = arn["id"] if arn else text
    found = _of_id(snapshot, own_id, text)
    if found:
        return found
    balancers = _balancers(snapshot).get(text.lower().rstrip("."), ())
    ids = (*balancers, *_tagged(snapshot).get(text, ()))
    ids = _without_own_interfaces(snapshot, ids)
    if len(ids) > 1:
        raise InputError(f"`{text}` names several targets: {', '.join(ids)}", help="use an id or ARN")
    if ids:
        found = _of_id(snapshot, ids[0], text)
        if found:
            return found
    return _refuse(snapshot, text)


def _refuse(snapshot: Snapshot, text: str) -> ReachTarget:
    if text in snapshot.facts.vpcs or text in snapshot.facts.subnets:
        raise InputError(f"`{text}` is no target", help="name an interface, instance, endpoint or address in it")
    if "." in text and not text.startswith("arn:"):
        raise InputError(
            f"`{text[:200]}` is a name, and a name is first resolved", help="ask `trace` or `resolve` about names"
        )
    arn = _ARN.fullmatch(text)
    open_one = unlisted(snapshot, arn["id"] if arn else text)
    if open_one is not None:
        kind, missing = open_one
        return ReachTarget(label=text, kind=kind, destinations=(), unknowns=(missing,))
    raise UnknownNameError("target", text, _known_names(snapshot))


def _of_id(snapshot: Snapshot, own_id: str, label: str) -> ReachTarget | None:
    facts = snapshot.facts
    known = interface(snapshot, own_id)
    if known:
        return _of_interfaces(label, "network_interface", [known])
    instance = facts.instances.get(own_id)
    if instance:
        primary = primary_interface(snapshot, instance)
        if primary:
            return _of_interfaces(label, "instance", [primary])
        missing = Missing(fact="ec2.describe_network_interfaces", resource=own_id)
        return ReachTarget(label=label, kind="instance", destinations=(), unknowns=(missing,))
    if own_id in facts.vpc_endpoints:
        return _of_endpoint(snapshot, facts.vpc_endpoints[own_id], label)
    attached = primary_by_attachment(snapshot, own_id)
    if attached:
        return _of_interfaces(label, "instance", [attached])
    if own_id in facts.load_balancers:
        return _of_balancer(snapshot, facts.load_balancers[own_id], label)
    if own_id in facts.resolver_endpoints:
        return _of_resolver_endpoint(snapshot, own_id, label)
    return None


def _of_interfaces(label: str, kind: str, found: Iterable[Interface]) -> ReachTarget:
    destinations = [
        Destination(label=each.label, address=address, interface_id=each.interface_id)
        for each in found
        for address in _first_of_each_family(each)
    ]
    return ReachTarget(label=label, kind=kind, destinations=tuple(destinations))


def _first_of_each_family(known: Interface) -> Iterable[Address]:
    for family in (4, 6):
        address = next((each for each in known.addresses if each.family == family), None)
        if address:
            yield address


def _of_endpoint(snapshot: Snapshot, endpoint: VpcEndpoint, label: str) -> ReachTarget:
    own_id = endpoint.vpc_endpoint_id
    if endpoint.vpc_endpoint_type.lower() == "gateway":
        raise InputError(
            f"`{label}` is a gateway endpoint, which has no address", help="ask for an address of its service"
        )
    ids = endpoint.network_interface_ids
    if ids is UNSET:
        missing = Missing(fact="VpcEndpoint.NetworkInterfaceIds", resource=own_id)
        return ReachTarget(
            label=label, kind="vpc_endpoint", destinations=(), unknowns=(missing,), vpc_endpoint_id=own_id
        )
    found = [(own, interface(snapshot, own)) for own in ids]
    unseen = tuple(
        Missing(fact="ec2.describe_network_interfaces", resource=own) for own, known in found if known is None
    )
    if not ids:
        unseen = (Missing(fact="VpcEndpoint.NetworkInterfaceIds", resource=own_id, why="the endpoint has none"),)
    target = _of_interfaces(label, "vpc_endpoint", [known for _, known in found if known])
    return msgspec.structs.replace(target, unknowns=unseen, vpc_endpoint_id=own_id)


def _of_balancer(snapshot: Snapshot, balancer: LoadBalancer, label: str) -> ReachTarget:
    arn = balancer.load_balancer_arn
    found = balancer_interfaces(snapshot, arn)
    target = _of_interfaces(label, "load_balancer", found)
    if not found:
        missing = Missing(fact="ec2.describe_network_interfaces", resource=arn, why="no interface of it is known")
        target = msgspec.structs.replace(target, unknowns=(missing,))
    return msgspec.structs.replace(target, load_balancer_arn=arn)


def _of_resolver_endpoint(snapshot: Snapshot, own_id: str, label: str) -> ReachTarget:
    found: list[Interface] = []
    unseen: list[Missing] = []
    for each in snapshot.facts.resolver_endpoint_ips.get(own_id, ()):
        subnet = snapshot.facts.subnets.get(each.subnet_id or "")
        address = each.ip or each.ipv6
        known = (
            interfaces_of_vpc(snapshot, subnet.vpc_id).get(parse_address(address)) if subnet and address else None
        )
        if known:
            found.append(known)
        else:
            unseen.append(Missing(fact="ec2.describe_subnets", resource=each.subnet_id))
    if not found and not unseen:
        unseen.append(Missing(fact="route53resolver.list_resolver_endpoint_ip_addresses", resource=own_id))
    target = _of_interfaces(label, "resolver_endpoint", found)
    return msgspec.structs.replace(target, unknowns=tuple(unseen))


@index
def _balancers(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """ARNs by name and by DNS name."""
    found: dict[str, list[str]] = {}
    for balancer in snapshot.facts.load_balancers.values():
        for name in (balancer.load_balancer_name, balancer.dns_name or ""):
            if name:
                found.setdefault(name.lower(), []).append(balancer.load_balancer_arn)
    return {name: tuple(sorted(arns)) for name, arns in found.items()}


@index
def _tagged(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """Ids by Name tag, of everything that can be a target."""
    facts = snapshot.facts
    named = [
        *((each.network_interface_id, name_tag(each.tag_set)) for each in facts.network_interfaces.values()),
        *((each.instance_id, name_tag(each.tags)) for each in facts.instances.values()),
        *((each.vpc_endpoint_id, name_tag(each.tags)) for each in facts.vpc_endpoints.values()),
        *((each.id, each.name) for each in facts.resolver_endpoints.values()),
    ]
    found: dict[str, list[str]] = {}
    for own_id, name in named:
        if name:
            found.setdefault(name, []).append(own_id)
    return {name: tuple(sorted(ids)) for name, ids in found.items()}


def _without_own_interfaces(snapshot: Snapshot, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Interfaces that carry the name of the instance, endpoint or balancer they belong to are not meant apart."""
    return tuple(
        each
        for each in ids
        if not (
            (known := interface(snapshot, each))
            and {known.instance_id, known.vpc_endpoint_id, known.load_balancer_arn} & set(ids)
        )
    )


def _known_names(snapshot: Snapshot) -> Iterable[str]:
    facts = snapshot.facts
    yield from _balancers(snapshot)
    yield from _tagged(snapshot)
    for ids in (facts.network_interfaces, facts.instances, facts.vpc_endpoints, facts.resolver_endpoints):
        yield from ids
