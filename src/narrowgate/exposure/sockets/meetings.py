"""What opens to one target from classes of senders, by plans: spelled out where somebody asks."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from narrowgate.engine.network.references import Way
from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.groups import Allowed
from narrowgate.exposure.sockets.pair import Opening
from narrowgate.exposure.sockets.pieces import Piece, Socket, but_itself
from narrowgate.exposure.sockets.plans import Plan
from narrowgate.exposure.sockets.ways import Leg
from narrowgate.model.exposure import Because


class Meeting(NamedTuple):
    """A class that sends to a target, what opens between them, and a leg like that of its way."""

    sender: SenderClass
    plan: Plan
    leg: Leg


class Meetings(Piece):
    """A target and the classes that it meets, in their order."""

    __slots__ = ("_meetings",)

    def __init__(self, target: TargetClass, meetings: Sequence[Meeting]) -> None:
        super().__init__(target)
        self._meetings = tuple(meetings)

    def sockets(self) -> Iterator[Socket]:
        """The sockets, in order."""
        members = self.target.every_member
        for sender, plan, leg in self._meetings:
            via, whole = spell_way(leg), sender.every_sender
            for (protocol, ports, state, rule), group in plan:
                senders = whole
                if group is not None:
                    senders = tuple(each._replace(group=group) for each in whole)
                opening = Opening(ports, state, via, self._because(leg, rule))
                yield from but_itself(senders, members, protocol, opening)

    def _because(self, leg: Leg, rule: Allowed) -> tuple[Because, ...]:
        group = (self.target.groups or ("",))[rule.group]
        law = "SG-06" if self.target.is_endpoint else "SG-01"
        admission = Because(text=f"{group} admits {rule.rule}", rule=law, resource=group)
        if leg.route is None or leg.carriage.way is Way.LOCAL:
            return (admission,)
        text = f"{leg.table_id} sends the VPC's packets by {leg.route}"
        return (Because(text=text, rule="NET-03", resource=leg.table_id), admission)


def spell_way(leg: Leg) -> str:
    """The way in a few words."""
    carriage = leg.carriage
    if carriage.way in (Way.SAME_SUBNET, Way.LOCAL):
        return "inside the VPC"
    return f"{carriage.way.value} {carriage.connection or ' and '.join(carriage.gateways)}"
