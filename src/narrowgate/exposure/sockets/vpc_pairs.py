"""Sockets between two classes: by groups as port sets and by the way, each asked once for all that are alike."""

from collections.abc import Iterator

from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.exposure.sockets.alike import Alike, Socket, Template, but_itself
from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.filters import (
    Groups,
    allowed_everywhere,
    groups_of,
    ports_everywhere,
)
from narrowgate.exposure.sockets.outlooks import OutwardSenders, OutwardTargets
from narrowgate.exposure.sockets.pair import Opening, openings
from narrowgate.exposure.sockets.relations import Relation, number_of, relation
from narrowgate.exposure.sockets.senders import in_groups
from narrowgate.exposure.sockets.served import EVERY_PORT, PROTOCOLS
from narrowgate.model.address import IntervalSet
from narrowgate.model.exposure import Because
from narrowgate.model.snapshot import Snapshot, index

_EVERYTHING = (EVERY_PORT,) * len(PROTOCOLS)


def pair_by_pair(
    snapshot: Snapshot, senders: tuple[OutwardSenders, ...], target: OutwardTargets
) -> Iterator[Socket]:
    """Everything that opens from a VPC to a target of another, class by class."""
    ids = target.whole.groups
    groups = groups_of(snapshot, ids, Direction.INGRESS) if ids else None
    for sender in senders:
        part = sender.whole.part
        if part is not None and groups is not None and not groups.may_mean(part, sender.whole.carried):
            continue
        for one in sender.by_zone if target.is_sensitive else (sender.whole,):
            for other in target.by_zone if sender.is_sensitive else (target.whole,):
                found = _as_before(snapshot, one, other, groups)
                yield from found if found is not None else sockets_between(snapshot, one, other)


@index
def _templates(snapshot: Snapshot) -> dict[tuple[object, ...], tuple[Template, ...] | None]:
    """By what decides; None where the pair must be asked itself."""
    return {}


def _as_before(
    snapshot: Snapshot, sender: SenderClass, target: TargetClass, ingress: Groups | None
) -> list[Socket] | None:
    """The sockets of a pair like one that was asked before; None where it must be asked itself."""
    templates = templates_between(snapshot, sender, target, ingress)
    here, there = sender.outlook or sender.part, target.part
    out = relation(snapshot, here, there) if templates and here is not None and there is not None else None
    if templates is None or out is None:
        return None if templates is None else []
    return [_filled(snapshot, out, sender, target, each) for each in templates]


def templates_between(
    snapshot: Snapshot, sender: SenderClass, target: TargetClass, ingress: Groups | None
) -> tuple[Template, ...] | None:
    """What opens between classes of two VPCs, apart from ids; None where the pair must be asked itself."""
    here, there, ids = sender.part, target.part, target.groups
    if sender.shape is None or target.shape is None or here is None or there is None or not ids:
        return None
    if ingress is None or not ingress.is_plain or ingress.named & sender.carried or not target.is_certain:
        return None
    out = relation(snapshot, sender.outlook or here, there)
    back = relation(snapshot, target.outlook or there, here) if out is not None else None
    egress = _lets_out(snapshot, sender, target) if back is not None else None
    if out is None or back is None or egress is None:
        return None
    admitted = allowed_everywhere(snapshot, ingress, ids, here, Direction.INGRESS)
    key = (
        (sender.shape, sender.client_ports, sender.readiness, egress),
        (target.shape, target.served, target.members[0][0].vpc_endpoint_id is not None),
        (out.number, back.number, admitted),
    )
    kept = _templates(snapshot)
    if key not in kept:
        fast = Alike.of(snapshot, sender, target, ingress)
        kept[key] = fast.every_template() if fast is not None else None
    return kept[key]


def _lets_out(snapshot: Snapshot, sender: SenderClass, target: TargetClass) -> tuple[IntervalSet, ...] | None:
    """The ports that a sender's groups let out to a target, by protocol; None where that is not plain."""
    if not sender.is_real:
        return _EVERYTHING
    if not sender.groups or target.part is None:
        return None
    egress = groups_of(snapshot, sender.groups, Direction.EGRESS)
    if not egress.is_plain or egress.named & frozenset(target.groups or ()):
        return None
    return ports_everywhere(snapshot, egress, sender.groups, target.part, Direction.EGRESS)


def _filled(
    snapshot: Snapshot, out: Relation, sender: SenderClass, target: TargetClass, template: Template
) -> Socket:
    """A template with the ids of a pair."""
    opening = as_opening(out, target, template, number_of(snapshot, ("template", template)))
    return Socket(tuple(sender.senders), target.every_member, template[0], opening)


def as_opening(out: Relation, target: TargetClass, template: Template, number: int) -> Opening:
    """What a template opens to a target, with the reasons; `number` is that of the template."""
    _, ports, state, rule = template
    known, group = target.members[0][0], (target.groups or ("",))[rule.group]
    is_endpoint = known.vpc_endpoint_id is not None
    key = (number, group, is_endpoint)
    opening = out.openings.get(key)
    if opening is None:
        law = "SG-06" if is_endpoint else "SG-01"
        admission = Because(text=f"{group} admits {rule.rule}", rule=law, resource=group)
        opening = out.openings[key] = Opening(ports, state, out.via, (out.reason, admission))
    return opening


def sockets_between(snapshot: Snapshot, sender: SenderClass, target: TargetClass) -> Iterator[Socket]:
    """Everything that opens from one class to another."""
    if sender.sample.family != target.members[0][1].family:
        return
    ids = target.groups
    groups = groups_of(snapshot, ids, Direction.INGRESS) if ids else None
    if sender.part is not None and groups is not None and not groups.may_mean(sender.part, sender.carried):
        return
    fast = Alike.of(snapshot, sender, target, groups)
    known = fast.sockets() if fast is not None else (None,) * len(PROTOCOLS)
    for protocol, found in zip(PROTOCOLS, known, strict=True):
        yield from found if found is not None else _one_by_one(snapshot, sender, target, protocol)


def _one_by_one(snapshot: Snapshot, sender: SenderClass, target: TargetClass, protocol: int) -> Iterator[Socket]:
    """Asked of the pair itself: where all addresses are alike, of two that stand for their classes."""
    alike = sender.part is not None and target.part is not None
    senders = sender.senders[:1] if alike else sender.senders
    for one in senders:
        others = [each for each in target.members if each[0].interface_id != one.host.network_interface_id]
        # A class may meet itself: what holds for two of its members holds for any two.
        meeting = others or ([] if len(sender.senders) == 1 else list(target.members))
        if alike and not others and len(sender.senders) > 1:
            one = sender.senders[1]
        for each in in_groups(snapshot, one, target.members[0][0]):
            whole = tuple(other._replace(group=each.group) for other in sender.senders) if alike else (each,)
            for known, address in meeting[:1] if alike else meeting:
                for opening in openings(snapshot, each, known, address, protocol):
                    targets = tuple(target.members) if alike else ((known, address),)
                    yield from but_itself(whole, targets, protocol, opening)
