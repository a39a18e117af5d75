"""Who could send: the real interfaces of a VPC, and hosts that could be started in its subnets."""

from typing import NamedTuple

from narrowgate.engine.network.interfaces import UNFILTERED_TYPES, Interface
from narrowgate.engine.network.security_group_rules import Direction, group_rules
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


def is_host(found: Interface) -> bool:
    """True for an interface that programs of the estate send from."""
    return not (
        found.vpc_endpoint_id
        or found.resolver_endpoint_id
        or found.load_balancer_arn
        or found.interface_type in _SERVICE_TYPES
    )


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
def groups_in_vpc(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """The groups that hosts of each VPC can carry (SG-11)."""
    found: dict[str, set[str]] = {}
    for own, group in snapshot.facts.security_groups.items():
        if group.vpc_id:
            found.setdefault(group.vpc_id, set()).add(own)
    for each in snapshot.facts.security_group_vpc_associations:
        if each.vpc_id:
            found.setdefault(each.vpc_id, set()).add(each.group_id)
    return {vpc_id: frozenset(groups) for vpc_id, groups in found.items()}


@index
def cross_referenced(snapshot: Snapshot) -> frozenset[str]:
    """Groups that a rule of a group of another VPC names, in either direction."""
    found: set[str] = set()
    for own, group in snapshot.facts.security_groups.items():
        for direction in Direction:
            rules = group_rules(snapshot, own, direction)
            for rule in () if isinstance(rules, Missing) else rules:
                for pair in rule.references:
                    other = snapshot.facts.security_groups.get(pair.group_id or "")
                    if pair.group_id and (other is None or other.vpc_id != group.vpc_id):
                        found.add(pair.group_id)
    return frozenset(found)


def in_groups(snapshot: Snapshot, sender: Sender, target: Interface) -> list[Sender]:
    """A startable host without a group that counts, and one in each group that the target's rules name."""
    if sender.is_real:
        return [sender]
    named = frozenset().union(
        *(referenced_groups(snapshot).get(each, ()) for each in target.security_groups or ())
    )
    own = groups_in_vpc(snapshot).get(sender.host.vpc_id or "", frozenset())
    return [sender, *(sender._replace(group=group) for group in sorted(named & own))]
