"""What opens to one target from classes of senders, by plans: spelled out where somebody asks."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from narrowgate.engine.network.references import Way
from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.pair import Opening
from narrowgate.exposure.sockets.pieces import Piece, Socket, but_itself
from narrowgate.exposure.sockets.plans import Plan, Template
from narrowgate.exposure.sockets.ways import Leg
from narrowgate.model.exposure import Because


class Meeting(NamedTuple):
    """A class that sends to a target, what opens between them, and a leg like that of its way."""

    sender: SenderClass
    plan: Plan
    leg: Leg


class Meetings(Piece):
    """A target and the classes that it meets, in their order."""

    __slots__ = ("meetings",)

    def __init__(self, target: TargetClass, meetings: Sequence[Meeting]) -> None:
        super().__init__(target)
        self.meetings = tuple(meetings)

    def sockets(self) -> Iterator[Socket]:
        """The sockets, in order."""
        for each in self.meetings:
            yield from self.sockets_of(each)

    def sockets_of(self, meeting: Meeting) -> Iterator[Socket]:
        """Those of one class of senders."""
        whole, way = meeting.sender.every_sender, spell_way(meeting.leg)
        for template, group in meeting.plan:
            senders = whole
            if group is not None:
                senders = tuple(each._replace(group=group) for each in whole)
            yield from but_itself(senders, self.target.every_member, template[0], self.opening_of(template, way))

    def opening_of(self, template: Template, way: "SpelledWay") -> Opening:
        """What a template of a plan opens by a way, with the reasons."""
        _, ports, state, rule = template
        group = (self.target.groups or ("",))[rule.group]
        law = "SG-06" if self.target.is_endpoint else "SG-01"
        admission = Because(text=f"{group} admits {rule.rule}", rule=law, resource=group)
        return Opening(ports, state, way.via, (*way.because, admission))

    def is_with_itself(self, sender: SenderClass) -> bool:
        """Whether some interface of a class of senders is the target's as well."""
        if not sender.is_real:
            return False
        own = {each.host.network_interface_id for each in sender.every_sender}
        return any(known.interface_id in own for known, _ in self.target.every_member)


class SpelledWay(NamedTuple):
    """A way in a few words, and its link of the reason chain where a route decided it."""

    via: str
    because: tuple[Because, ...]


def spell_way(leg: Leg) -> SpelledWay:
    """The way of a leg for a person."""
    carriage = leg.carriage
    if carriage.way in (Way.SAME_SUBNET, Way.LOCAL):
        via = "inside the VPC"
    else:
        via = f"{carriage.way.value} {carriage.connection or ' and '.join(carriage.gateways)}"
    if leg.route is None or carriage.way is Way.LOCAL:
        return SpelledWay(via, ())
    text = f"{leg.table_id} sends the VPC's packets by {leg.route}"
    return SpelledWay(via, (Because(text=text, rule="NET-03", resource=leg.table_id),))
