"""Peering connections by content: those that carry all that is meant for the other side are alike."""

from narrowgate.engine.network.flow import TCP, Packet
from narrowgate.engine.network.peering import cross_peering
from narrowgate.exposure.sockets.parts import Part, twin_of
from narrowgate.exposure.sockets.served import EVERY_PORT
from narrowgate.model.answer import Leg, Verdict
from narrowgate.model.snapshot import Snapshot, index

_OPEN = "open"


@index
def _kept(snapshot: Snapshot) -> dict[tuple[str, str, Part], str]:
    """Filled as connections are asked for."""
    return {}


def peering_content(snapshot: Snapshot, connection_id: str, here: Part, there: Part) -> str:
    """What of a connection decides a way from one part to another: its id, unless all that it does is to carry.

    Whether the reply takes the connection of the request is another question (PCX-11), for whoever knows both.
    """
    kept = _kept(snapshot)
    there = twin_of(snapshot, there)
    key = (connection_id, here.vpc_id, there)
    if key not in kept:
        kept[key] = _OPEN if _carries(snapshot, connection_id, here, there) else connection_id
    return kept[key]


def _carries(snapshot: Snapshot, connection_id: str, here: Part, there: Part) -> bool:
    """Whether requests and replies pass, for certain, to the VPC of the other part."""
    packets = (Packet(leg, TCP, here.sample, there.sample, EVERY_PORT) for leg in Leg)
    found = [cross_peering(snapshot, each, here.vpc_id, connection_id) for each in packets]
    steps = [step for each in found for step in each.steps]
    return all(each.vpc_id == there.vpc_id for each in found) and all(
        step.verdict is Verdict.ALLOWED for step in steps
    )
