"""What opens between classes of two VPCs, apart from ids: read once for all classes that nothing tells apart."""

from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.filters import admitted_number, ports_number
from narrowgate.exposure.sockets.groups import Groups, groups_of
from narrowgate.exposure.sockets.pair import Opening
from narrowgate.exposure.sockets.plans import Template, alike
from narrowgate.exposure.sockets.relations import Relation, relation
from narrowgate.model.exposure import Because
from narrowgate.model.snapshot import Snapshot, index

_EVERYTHING = -1
"""The number of what hosts let out that could be started: a group that lets everything out."""


@index
def _kept(snapshot: Snapshot) -> dict[tuple[int, ...], tuple[Template, ...] | None]:
    """By what decides; None where the pair must be asked itself."""
    return {}


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
    admitted = admitted_number(snapshot, ingress, ids, here)
    key = (sender.shape, egress, target.shape, out.number, back.number, admitted)
    kept = _kept(snapshot)
    if key not in kept:
        found = alike(snapshot, sender, target, ingress)
        kept[key] = found[0].every_template() if found is not None else None
    return kept[key]


def _lets_out(snapshot: Snapshot, sender: SenderClass, target: TargetClass) -> int | None:
    """A number for the ports that a sender's groups let out to a target; None where that is not plain."""
    if not sender.is_real:
        return _EVERYTHING
    if not sender.groups or target.part is None:
        return None
    egress = groups_of(snapshot, sender.groups, Direction.EGRESS)
    if not egress.is_plain or not egress.named.isdisjoint(target.groups or ()):
        return None
    return ports_number(snapshot, egress, sender.groups, target.part)


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
