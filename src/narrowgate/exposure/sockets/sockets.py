"""The sockets of one VPC: every sender to every target that its routes may lead to."""

from narrowgate.exposure.reuse.earlier import earlier_of
from narrowgate.exposure.sockets.classes import classes_of_vpc
from narrowgate.exposure.sockets.columns import across
from narrowgate.exposure.sockets.inside import inside_vpc
from narrowgate.exposure.sockets.internet import internet_sockets
from narrowgate.exposure.sockets.pieces import Bundle, Sockets
from narrowgate.exposure.sockets.reachable import Reachable, reachable_from
from narrowgate.exposure.sockets.sides import Side, side_of
from narrowgate.exposure.sockets.targets import public_targets
from narrowgate.model.exposure import ExposedSocket
from narrowgate.model.snapshot import Snapshot, index


@index
def _kept(snapshot: Snapshot) -> dict[str, Sockets]:
    """Filled as VPCs are asked for."""
    return {}


def sockets_of_vpc(snapshot: Snapshot, vpc_id: str) -> Sockets:
    """Everything that a host of the VPC can open a connection to, now or when it is started."""
    kept = _kept(snapshot)
    if vpc_id not in kept:
        kept[vpc_id] = _read(snapshot, vpc_id)
    return kept[vpc_id]


def _read(snapshot: Snapshot, vpc_id: str) -> Sockets:
    reachable = reachable_from(snapshot, vpc_id)
    known = _taken_over(snapshot, vpc_id)
    others = [each for each in reachable.vpcs if each != vpc_id]
    bundles = [known[vpc_id] if vpc_id in known else _inside(snapshot, vpc_id)]
    if known.keys() >= set(others):
        bundles += [known[other] for other in others]
    else:
        here = side_of(snapshot, vpc_id)
        bundles += [known[other] if other in known else _across(snapshot, here, other) for other in others]
    _count(snapshot, sum(each not in known for each in (vpc_id, *others)))
    outside = _outside(snapshot, vpc_id, reachable) if reachable.leads_outside else ()
    return _held_if_same(snapshot, vpc_id, Sockets(tuple(bundles), reachable.unknown, outside))


def _held_if_same(snapshot: Snapshot, vpc_id: str, found: Sockets) -> Sockets:
    """The very sockets from before an edit where all of them were taken over, so that others need not look."""
    earlier = earlier_of(snapshot)
    held = _kept(earlier.snapshot).get(vpc_id) if earlier is not None else None
    if held is None or (held.unread, held.outside) != (found.unread, found.outside):
        return found
    pairs = zip(held.bundles, found.bundles, strict=False)
    return held if len(held.bundles) == len(found.bundles) and all(one is other for one, other in pairs) else found


def _inside(snapshot: Snapshot, vpc_id: str) -> Bundle:
    return Bundle(vpc_id, tuple(inside_vpc(snapshot, classes_of_vpc(snapshot, vpc_id))))


def _across(snapshot: Snapshot, here: Side, other: str) -> Bundle:
    return Bundle(other, tuple(across(snapshot, here, side_of(snapshot, other))))


def _count(snapshot: Snapshot, pairs: int) -> None:
    earlier = earlier_of(snapshot)
    if earlier is not None and pairs:
        earlier.work["pairs of VPCs"] += pairs


def _taken_over(snapshot: Snapshot, vpc_id: str) -> dict[str, Bundle]:
    """What the VPC opened to each VPC before an edit that touched neither."""
    earlier = earlier_of(snapshot)
    held = _kept(earlier.snapshot).get(vpc_id) if earlier is not None else None
    if earlier is None or held is None or vpc_id in earlier.touched.network:
        return {}
    touched = earlier.touched.network | earlier.touched.across(vpc_id)
    return {each.vpc_id: each for each in held.bundles if each.vpc_id not in touched}


def _outside(snapshot: Snapshot, vpc_id: str, reachable: Reachable) -> tuple[ExposedSocket, ...]:
    """What opens beyond the estate: by gateways of any VPC in reach, and to public addresses of every one."""
    earlier = earlier_of(snapshot)
    held = _kept(earlier.snapshot).get(vpc_id) if earlier is not None else None
    if earlier is not None and held is not None:
        was = reachable_from(earlier.snapshot, vpc_id)
        public = {each.vpc_id for side in (earlier.snapshot, snapshot) for each in public_targets(side)}
        touched = earlier.touched.network | earlier.touched.outward
        if was.leads_outside and touched.isdisjoint({*reachable.vpcs, *was.vpcs, *public}):
            return held.outside
        earlier.work["VPCs towards the Internet"] += 1
    senders = [one for each in classes_of_vpc(snapshot, vpc_id).senders for one in each.senders]
    return tuple(internet_sockets(snapshot, senders))
