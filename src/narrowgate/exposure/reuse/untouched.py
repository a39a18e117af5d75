"""VPCs of whose lists an edit can touch nothing: told by what decides them, without answering anything."""

from narrowgate.engine.dns.first_hop import first_hop
from narrowgate.engine.network.vpcs import RESOLVER_LINK_LOCAL
from narrowgate.exposure.apis.behind import same_behind
from narrowgate.exposure.apis.doors import doorways
from narrowgate.exposure.names.public import same_public_names
from narrowgate.exposure.names.servers import unknown_servers
from narrowgate.exposure.reuse.earlier import Earlier
from narrowgate.exposure.reuse.names_apart import same_names
from narrowgate.exposure.sockets.pieces import Sockets
from narrowgate.exposure.sockets.reachable import reachable_from
from narrowgate.exposure.sockets.targets import public_targets
from narrowgate.model.answer import Missing
from narrowgate.model.fact import UnsetType
from narrowgate.model.snapshot import Snapshot


def is_untouched(snapshot: Snapshot, earlier: Earlier, vpc_id: str) -> bool:
    """Whether all lists of a VPC are for certain what they were before an edit.

    Args:
        snapshot: the edited estate.
        earlier: the one before, and what differs.
        vpc_id: the VPC.
    """
    if not all(vpc_id in each.facts.vpcs for each in (earlier.snapshot, snapshot)):
        return False
    return _same_sockets(snapshot, earlier, vpc_id) and (
        _same_names(snapshot, earlier, vpc_id) and _same_calls(snapshot, earlier, vpc_id)
    )


def _same_sockets(snapshot: Snapshot, earlier: Earlier, vpc_id: str) -> bool:
    was, now = reachable_from(earlier.snapshot, vpc_id), reachable_from(snapshot, vpc_id)
    touched = earlier.touched
    if was != now or not (touched.network | touched.across(vpc_id)).isdisjoint({vpc_id, *now.vpcs}):
        return False
    if not now.leads_outside:
        return True
    public = {each.vpc_id for side in (earlier.snapshot, snapshot) for each in public_targets(side)}
    return touched.network.isdisjoint(public) and touched.outward.isdisjoint({*now.vpcs, *public})


def _same_names(snapshot: Snapshot, earlier: Earlier, vpc_id: str) -> bool:
    """Whether hosts ask the same servers, of which all that may be in reach answer as they did."""
    both = (earlier.snapshot, snapshot)
    hops = [first_hop(each, vpc_id) for each in both]
    if any(isinstance(hop, Missing) or hop.servers != (RESOLVER_LINK_LOCAL,) for hop in hops):
        return False
    if snapshot.outside is not None and snapshot.outside.dns_servers:
        return False
    unread = Sockets((), reachable_from(snapshot, vpc_id).unknown, ())
    if tuple(unknown_servers(earlier.snapshot, unread)) != tuple(unknown_servers(snapshot, unread)):
        return False
    asked = frozenset().union(*(_resolvers_in_reach(each, vpc_id) for each in both))
    return same_public_names(snapshot, earlier.snapshot) and same_names(snapshot, earlier, vpc_id, asked)


def _resolvers_in_reach(snapshot: Snapshot, vpc_id: str) -> frozenset[str]:
    """The VPCs in reach that have a Resolver endpoint: each may be asked directly."""
    hosts = {each.host_vpc_id for each in snapshot.facts.resolver_endpoints.values()}
    known = {each for each in hosts if not isinstance(each, UnsetType)}
    return frozenset(reachable_from(snapshot, vpc_id).vpcs) & known


def _same_calls(snapshot: Snapshot, earlier: Earlier, vpc_id: str) -> bool:
    """Whether every door that may be in reach lets through what it did; balancers lead to those of any VPC."""
    near = reachable_from(snapshot, vpc_id).vpcs
    for each in (earlier.snapshot, snapshot):
        for own in doorways(each):
            is_near = bool(each.facts.load_balancers) or each.facts.vpc_endpoints[own].vpc_id in near
            if is_near and not same_behind(snapshot, earlier, own):
                return False
    return True
