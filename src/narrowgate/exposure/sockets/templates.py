"""What opens between classes of two VPCs, apart from ids: read once for all classes that nothing tells apart."""

from typing import NamedTuple

from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.filters import admitted_number, ports_number
from narrowgate.exposure.sockets.groups import Groups
from narrowgate.exposure.sockets.numbers import number_of
from narrowgate.exposure.sockets.pair import Opening
from narrowgate.exposure.sockets.plans import Alike, Template, is_plain, lets_out
from narrowgate.exposure.sockets.relations import Relation, relation
from narrowgate.exposure.sockets.walks import way_between
from narrowgate.model.exposure import Because
from narrowgate.model.snapshot import Snapshot, index

EVERYTHING = -1
"""The number of what hosts let out that could be started: a group that lets everything out."""


class Numbered(NamedTuple):
    """A template, and a number that equal ones share."""

    template: Template
    number: int


class Link(NamedTuple):
    """What joins classes of two VPCs, by number: how they see each other, what is let out and what is admitted."""

    out: int
    back: int
    is_round: bool
    """Whether replies come back by the connection that requests go by (PCX-11)."""
    egress: int
    admitted: int

    @classmethod
    def of(cls, out: Relation, back: Relation, egress: int, admitted: int) -> "Link":
        """The link of two relations."""
        return cls(out.number, back.number, out.via == back.via, egress, admitted)


@index
def _ways(snapshot: Snapshot) -> dict[tuple[int | None, int | None, int, int, bool], int | None]:
    """The key of the way between classes, by the shapes of both and how they see each other; None without one."""
    return {}


@index
def _kept(snapshot: Snapshot) -> dict[tuple[object, ...], tuple[Numbered, ...] | None]:
    """By what decides; None where the pair must be asked itself."""
    return {}


def templates_along(
    snapshot: Snapshot, sender: SenderClass, target: TargetClass, ingress: Groups | None, link: Link
) -> tuple[Numbered, ...] | None:
    """What opens along a link of classes that have shapes; None where the pair must be asked itself."""
    ways = _ways(snapshot)
    seen = (sender.shape, target.shape, link.out, link.back, link.is_round)
    if seen not in ways:
        found = way_between(snapshot, sender, target)
        ways[seen] = None if found is None else found[0]
    way = ways[seen]
    if way is None:
        return None
    kept = _kept(snapshot)
    key = (way, link.egress, link.admitted, target.served, sender.client_ports, sender.readiness)
    try:
        return kept[key]
    except KeyError:
        pass
    templates = kept[key] = _read(snapshot, sender, target, ingress, way)
    return templates


def _read(
    snapshot: Snapshot, sender: SenderClass, target: TargetClass, ingress: Groups | None, way: int
) -> tuple[Numbered, ...] | None:
    here, there = sender.part, target.part
    if here is None or there is None or ingress is None:
        return None
    pair = Alike(snapshot, (sender, target), (here, there), (ingress, lets_out(snapshot, sender)), way)
    templates = pair.every_template()
    if templates is None:
        return None
    return tuple(Numbered(each, number_of(snapshot, ("template", each))) for each in templates)


def templates_between(
    snapshot: Snapshot, sender: SenderClass, target: TargetClass, ingress: Groups | None
) -> tuple[Numbered, ...] | None:
    """What opens between classes of two VPCs, apart from ids; None where the pair must be asked itself."""
    here, there, ids = sender.part, target.part, target.groups
    if sender.shape is None or target.shape is None or here is None or there is None or not ids:
        return None
    if ingress is None or not ingress.is_plain or ingress.named & sender.carried or not target.is_certain:
        return None
    out = relation(snapshot, sender.outlook or here, there)
    back = relation(snapshot, target.outlook or there, here) if out is not None else None
    egress = _egress_number(snapshot, sender, target) if back is not None else None
    if out is None or back is None or egress is None:
        return None
    link = Link.of(out, back, egress, admitted_number(snapshot, ingress, ids, here))
    return templates_along(snapshot, sender, target, ingress, link)


def _egress_number(snapshot: Snapshot, sender: SenderClass, target: TargetClass) -> int | None:
    """A number for the ports that a sender's groups let out to a target; None where that is not plain."""
    if not sender.is_real:
        return EVERYTHING
    egress = lets_out(snapshot, sender)
    if egress is None or target.part is None or not is_plain(sender, egress):
        return None
    if not egress.named.isdisjoint(target.groups or ()):
        return None
    return ports_number(snapshot, egress, sender.groups or (), target.part)


def as_opening(out: Relation, target: TargetClass, template: Template, number: int) -> Opening:
    """What a template opens to a target, with the reasons; `number` is that of the template."""
    _, ports, state, rule = template
    group = (target.groups or ("",))[rule.group]
    # An endpoint and an instance may carry one group: the rule that admits is another (SG-01, SG-06).
    key = (number, group, target.is_endpoint)
    opening = out.openings.get(key)
    if opening is None:
        law = "SG-06" if target.is_endpoint else "SG-01"
        admission = Because(text=f"{group} admits {rule.rule}", rule=law, resource=group)
        opening = out.openings[key] = Opening(ports, state, out.via, (out.reason, admission))
    return opening
