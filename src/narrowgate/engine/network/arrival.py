"""What one leg's way through routes and gateways comes to: the steps so far, and where the packet comes out."""

import msgspec

from narrowgate.engine.network.flow import Packet
from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.references import Carriage, Way
from narrowgate.model.answer import Step, Verdict


class Arrival(msgspec.Struct, kw_only=True):
    """Where a packet comes out of the network, before the destination's own subnet looks at it.

    `vpc_id` is None where it comes out in no VPC, or nobody knows in which; `carriage.way` tells which of the
    two. `attachment_subnets` are the transit gateway's subnets of which one delivers (ACL-10).
    """

    packet: Packet
    steps: list[Step]
    carriage: Carriage
    vpc_id: str | None = None
    attachment_subnets: tuple[str, ...] = ()
    sender: End | None = None
    """Whose address the packet now carries, where a NAT gateway replaced it."""
    nat_gateway: str | None = None

    @property
    def is_stopped(self) -> bool:
        """True where a step already stops the packet for certain."""
        return any(step.verdict in (Verdict.DENIED, Verdict.INVALID) for step in self.steps)

    @property
    def is_nowhere(self) -> bool:
        """True where the packet comes out nowhere for certain."""
        return self.carriage.way is Way.NOWHERE


def nowhere(packet: Packet, *steps: Step) -> Arrival:
    """The packet is dropped on the way."""
    return Arrival(packet=packet, steps=list(steps), carriage=Carriage(way=Way.NOWHERE))


def unclear(packet: Packet, *steps: Step) -> Arrival:
    """Nobody knows where the packet comes out."""
    return Arrival(packet=packet, steps=list(steps), carriage=Carriage(way=Way.UNKNOWN))
