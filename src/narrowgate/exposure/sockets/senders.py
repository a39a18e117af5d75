"""Who could send: the real interfaces of a VPC, and hosts that could be started in its subnets."""

from typing import NamedTuple

from narrowgate.engine.network.address_classes import address_parts
from narrowgate.engine.network.hosts import first_free, host_of_interface
from narrowgate.engine.network.interfaces import UNFILTERED_TYPES, Interface, interfaces_of_vpc
from narrowgate.engine.network.security_groups import Direction, group_rules
from narrowgate.engine.network.vpcs import (
    RESERVED_FIRST,
    RESERVED_LAST,
    subnet_blocks,
    subnets_by_vpc,
)
from narrowgate.model.address import IntervalSet
from narrowgate.model.answer import Missing
from narrowgate.model.host import Host
from narrowgate.model.snapshot import Snapshot, index

_SERVICE_TYPES = UNFILTERED_TYPES | {"vpc_endpoint", "gateway_load_balancer_endpoint", "route53_resolver"}
"""Interfaces that AWS sends from, never a host of one's own."""


class Sender(NamedTuple):
    """A host, or all hosts that a subnet could hold: `addresses` of one family, `host` one that stands for them.

    `group` is the security group that startable hosts are given beside one that lets everything out.
    """

    host: Host
    family: int
    addresses: IntervalSet
    is_real: bool
    whole: IntervalSet
    """All addresses of the subnet that hosts can have, of which `addresses` may be a part."""

    group: str | None = None


class Senders(NamedTuple):
    """All senders of a VPC."""

    real: tuple[Sender, ...]
    startable: tuple[Sender, ...]


@index
def _senders(snapshot: Snapshot) -> dict[str, Senders]:
    """Filled as VPCs are asked for."""
    return {}


def senders_of_vpc(snapshot: Snapshot, vpc_id: str) -> Senders:
    """Every interface of a VPC that a host sends from, and a host for each subnet and family."""
    cache = _senders(snapshot)
    if vpc_id not in cache:
        cache[vpc_id] = Senders(tuple(_real(snapshot, vpc_id)), tuple(_startable(snapshot, vpc_id)))
    return cache[vpc_id]


def is_host(found: Interface) -> bool:
    """True for an interface that programs of the estate send from."""
    return not (
        found.vpc_endpoint_id
        or found.resolver_endpoint_id
        or found.load_balancer_arn
        or found.interface_type in _SERVICE_TYPES
    )


def _real(snapshot: Snapshot, vpc_id: str) -> list[Sender]:
    found = []
    for known in {each.label: each for each in interfaces_of_vpc(snapshot, vpc_id).values()}.values():
        if is_host(known):
            for address in known.addresses:
                host = host_of_interface(known, label=known.label, address=address)
                own = IntervalSet([(address.value, address.value)])
                found.append(Sender(host, address.family, own, True, own))
    return found


def _startable(snapshot: Snapshot, vpc_id: str) -> list[Sender]:
    """Hosts of every address of a subnet but the five that AWS keeps (RCH-02)."""
    found = []
    for subnet in subnets_by_vpc(snapshot).get(vpc_id, ()):
        for block in subnet_blocks(subnet):
            address = first_free(snapshot, vpc_id, block, block.first, block.last)
            if address is None:
                continue
            free = IntervalSet([(block.first + RESERVED_FIRST, block.last - RESERVED_LAST)])
            host = Host(
                label=subnet.subnet_id,
                vpc_id=vpc_id,
                subnet_id=subnet.subnet_id,
                addresses=(address,),
            )
            found.append(Sender(host, block.family, free, False, free))
    return found


@index
def referenced_groups(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """Groups that rules about what comes in name, by the group whose rules they are."""
    found: dict[str, frozenset[str]] = {}
    for own in snapshot.facts.security_groups:
        rules = group_rules(snapshot, own, Direction.INGRESS)
        if not isinstance(rules, Missing):
            named = frozenset(pair.group_id for rule in rules for pair in rule.references if pair.group_id)
            if named:
                found[own] = named
    return found


@index
def _groups_of_vpc(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for own, group in snapshot.facts.security_groups.items():
        if group.vpc_id:
            found.setdefault(group.vpc_id, set()).add(own)
    for each in snapshot.facts.security_group_vpc_associations:
        if each.vpc_id:
            found.setdefault(each.vpc_id, set()).add(each.group_id)
    return {vpc_id: frozenset(groups) for vpc_id, groups in found.items()}


def in_groups(snapshot: Snapshot, sender: Sender, target: Interface) -> list[Sender]:
    """A startable host without a group that counts, and one in each group that the target's rules name."""
    if sender.is_real:
        return [sender]
    named = frozenset().union(
        *(referenced_groups(snapshot).get(each, ()) for each in target.security_groups or ())
    )
    own = _groups_of_vpc(snapshot).get(sender.host.vpc_id or "", frozenset())
    return [sender, *(sender._replace(group=group) for group in sorted(named & own))]


def parts(snapshot: Snapshot, sender: Sender, target: Interface) -> list[Sender]:
    """A sender cut into parts that no rule on the way to a target, or back, tells apart."""
    if sender.is_real:
        return [sender]
    found = []
    for host, ranges in address_parts(snapshot, sender.host, (target,), sender.family):
        inside = IntervalSet(ranges) & sender.addresses
        if inside:
            found.append(sender._replace(host=host, addresses=inside))
    return found
