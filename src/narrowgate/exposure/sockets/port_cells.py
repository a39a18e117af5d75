"""Ports cut where a rule begins or ends: inside a cell no rule tells two ports apart."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from narrowgate.engine.network.network_acls import CompiledAcl, acl_of_subnet
from narrowgate.engine.network.security_groups import Admitted
from narrowgate.model.address import IntervalSet
from narrowgate.model.fact import UNSET
from narrowgate.model.snapshot import Snapshot, index


def cut(
    snapshot: Snapshot, ports: IntervalSet, subnets: Iterable[str | None], rules: Iterable[Admitted]
) -> Iterator[IntervalSet]:
    """The cells of a set of ports, by the ACLs of the subnets, those of gateways, and group rules."""
    edges = {edge for rule in rules for first, last in rule.ports for edge in (first, last + 1)}
    for subnet_id in (*subnets, *_gateway_subnets(snapshot)):
        acl = acl_of_subnet(snapshot, subnet_id) if subnet_id else None
        if isinstance(acl, CompiledAcl):
            for entry in (*acl.egress, *acl.ingress):
                edges |= {edge for first, last in entry.ports or () for edge in (first, last + 1)}
    for first, last in ports:
        inside = [first, *sorted(edge for edge in edges if first < edge <= last), last + 1]
        for low, following in pairwise(inside):
            yield IntervalSet([(low, following - 1)])


@index
def _gateway_subnets(snapshot: Snapshot) -> tuple[str, ...]:
    attachments = snapshot.facts.transit_gateway_vpc_attachments.values()
    found = (own for each in attachments if each.subnet_ids is not UNSET for own in each.subnet_ids)
    return tuple(sorted(set(found)))
