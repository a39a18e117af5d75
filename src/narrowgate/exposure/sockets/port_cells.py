"""Ports cut where a rule begins or ends: inside a cell no rule tells two ports apart."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.network_acls import CompiledAcl, acl_of_subnet
from narrowgate.engine.network.security_group_rules import Direction, group_rules
from narrowgate.model.address import IntervalSet
from narrowgate.model.answer import Missing
from narrowgate.model.fact import UNSET
from narrowgate.model.snapshot import Snapshot, index


def cut(snapshot: Snapshot, ports: IntervalSet, ends: Iterable[End]) -> Iterator[IntervalSet]:
    """The cells of a set of ports, by the groups and ACLs of both ends and the ACLs of gateways between them."""
    edges: set[int] = set()
    subnets: set[str] = set(_gateway_subnets(snapshot))
    for end in ends:
        subnets |= {end.subnet_id} if end.subnet_id else set()
        for group in end.security_groups or ():
            edges |= _edges_of_group(snapshot, group)
    for subnet_id in subnets:
        acl = acl_of_subnet(snapshot, subnet_id)
        if isinstance(acl, CompiledAcl):
            for entry in (*acl.egress, *acl.ingress):
                edges |= {edge for first, last in entry.ports or () for edge in (first, last + 1)}
    for first, last in ports:
        inside = [first, *sorted(edge for edge in edges if first < edge <= last), last + 1]
        for low, following in pairwise(inside):
            yield IntervalSet([(low, following - 1)])


def _edges_of_group(snapshot: Snapshot, group: str) -> set[int]:
    edges: set[int] = set()
    for direction in Direction:
        rules = group_rules(snapshot, group, direction)
        for rule in () if isinstance(rules, Missing) else rules:
            edges |= {rule.ports[0], rule.ports[1] + 1} if rule.ports else set()
    return edges


@index
def _gateway_subnets(snapshot: Snapshot) -> tuple[str, ...]:
    attachments = snapshot.facts.transit_gateway_vpc_attachments.values()
    found = (own for each in attachments if each.subnet_ids is not UNSET for own in each.subnet_ids)
    return tuple(sorted(set(found)))
