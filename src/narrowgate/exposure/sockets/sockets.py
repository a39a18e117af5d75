"""The sockets of one VPC: every sender to every target that its routes may lead to."""

from narrowgate.exposure.sockets.classes import classes_of_vpc
from narrowgate.exposure.sockets.columns import across
from narrowgate.exposure.sockets.internet import internet_sockets
from narrowgate.exposure.sockets.outlooks import outward_classes
from narrowgate.exposure.sockets.pairs import inside_vpc
from narrowgate.exposure.sockets.pieces import Bundle, Sockets
from narrowgate.exposure.sockets.reachable import reachable_from
from narrowgate.exposure.sockets.sides import Side, side_of
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
    inside = classes_of_vpc(snapshot, vpc_id)
    here = _side(snapshot, vpc_id)
    bundles = [Bundle(vpc_id, tuple(inside_vpc(snapshot, inside)))]
    bundles += [
        Bundle(other, tuple(across(snapshot, here, _side(snapshot, other))))
        for other in reachable.vpcs
        if other != vpc_id
    ]
    unknown = list(reachable.unknown)
    if reachable.leads_outside:
        unknown += internet_sockets(snapshot, [one for each in inside.senders for one in each.senders])
    return Sockets(tuple(bundles), tuple(unknown))


def _side(snapshot: Snapshot, vpc_id: str) -> Side:
    return side_of(snapshot, vpc_id, outward_classes(snapshot, vpc_id))
