"""Sockets between two classes: by plans where all that are alike have one, else asked of the pair itself."""

from collections.abc import Iterator

from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.groups import Groups
from narrowgate.exposure.sockets.meetings import Meeting, Meetings
from narrowgate.exposure.sockets.pair import openings
from narrowgate.exposure.sockets.pieces import Piece, Socket, Told, but_itself
from narrowgate.exposure.sockets.plans import alike, joined
from narrowgate.exposure.sockets.senders import in_groups
from narrowgate.exposure.sockets.served import PROTOCOLS
from narrowgate.model.snapshot import Snapshot


def between(
    snapshot: Snapshot, sender: SenderClass, target: TargetClass, groups: Groups | None
) -> Iterator[Piece]:
    """Everything that opens from one class to another, of whatever VPCs; `groups` are the target's rules."""
    if sender.sample.family != target.members[0][1].family:
        return
    if sender.part is None or groups is None or groups.may_mean(sender.part, sender.carried):
        yield from meet(snapshot, sender, target, groups)


def meet(snapshot: Snapshot, sender: SenderClass, target: TargetClass, groups: Groups | None) -> Iterator[Piece]:
    """The same of two classes of one family of which the target's rules may mean the sender."""
    found = alike(snapshot, sender, target, groups)
    plans = found[0].plans() if found is not None else (None,) * len(PROTOCOLS)
    whole = joined(plans)
    if found is not None and whole is not None:
        if whole:
            yield Meetings(target, [Meeting(sender, whole, found[1])])
        return
    told: list[Socket] = []
    for protocol, plan in zip(PROTOCOLS, plans, strict=True):
        if found is None or plan is None:
            told += _one_by_one(snapshot, sender, target, protocol)
        else:
            told += Meetings(target, [Meeting(sender, plan, found[1])]).sockets()
    if told:
        yield Told(target, told)


def _one_by_one(snapshot: Snapshot, sender: SenderClass, target: TargetClass, protocol: int) -> Iterator[Socket]:
    """Asked of the pair itself: where all addresses are alike, of two that stand for their classes."""
    are_alike = sender.part is not None and target.part is not None
    senders = sender.senders[:1] if are_alike else sender.senders
    for one in senders:
        others = [each for each in target.members if each[0].interface_id != one.host.network_interface_id]
        # A class may meet itself: what holds for two of its members holds for any two.
        meeting = others or ([] if len(sender.senders) == 1 else list(target.members))
        if are_alike and not others and len(sender.senders) > 1:
            one = sender.senders[1]
        for each in in_groups(snapshot, one, target.members[0][0]):
            whole = tuple(other._replace(group=each.group) for other in sender.senders) if are_alike else (each,)
            for known, address in meeting[:1] if are_alike else meeting:
                for opening in openings(snapshot, each, known, address, protocol):
                    targets = target.every_member if are_alike else ((known, address),)
                    yield from but_itself(whole, targets, protocol, opening)
