"""What groups admit to and from parts of subnets: asked once for groups of equal content and each part."""

from narrowgate.engine.network.admitted_ports import ports_of_rule
from narrowgate.engine.network.flow import Flow
from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.references import Carriage, Way
from narrowgate.engine.network.rule_trials import Ask
from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.exposure.sockets.groups import Admission, Allowed, Groups, Peer, Placed
from narrowgate.exposure.sockets.numbers import number_of
from narrowgate.exposure.sockets.parts import Part, twin_of
from narrowgate.exposure.sockets.served import EVERY_PORT, PROTOCOLS
from narrowgate.model.address import IntervalSet
from narrowgate.model.snapshot import Snapshot, index

_PLAIN = Carriage(way=Way.LOCAL)


EVERY_ADMISSION = Admission((Allowed(EVERY_PORT, 0, ""),), EVERY_PORT, -2)


@index
def _admissions(snapshot: Snapshot) -> dict[tuple[Allowed, ...], Admission]:
    """One for all equal lists of rules."""
    return {}


def admission(snapshot: Snapshot, groups: Groups, ids: tuple[str, ...], peer: Peer) -> Admission:
    """What plain groups admit to or from a part, joined."""
    found = groups.admissions.get(peer)
    if found is None:
        rules = _allowed(snapshot, groups, ids, peer)
        kept = _admissions(snapshot)
        found = kept.get(rules)
        if found is None:
            ports = rules[0].ports if len(rules) == 1 else _joined(rules)
            found = kept[rules] = Admission(rules, ports, len(kept))
        groups.admissions[peer] = found
    return found


def _joined(rules: tuple[Allowed, ...]) -> IntervalSet:
    return IntervalSet(pair for each in rules for pair in each.ports.intervals)


def _allowed(snapshot: Snapshot, groups: Groups, ids: tuple[str, ...], peer: Peer) -> tuple[Allowed, ...]:
    """What every rule says that could mean the part: asked once, whatever else the part carries."""
    protocol, part, carried = peer
    found = []
    for each in groups.about(protocol, part, carried):
        key = (part, each.named & carried)
        if key not in each.told:
            each.told[key] = _told(snapshot, each, (groups.direction, ids), peer)
        told = each.told[key]
        if told is not None:
            found.append(told)
    return tuple(found)


def _told(
    snapshot: Snapshot, placed: Placed, subject: tuple[Direction, tuple[str, ...]], peer: Peer
) -> Allowed | None:
    """What the engine says of a rule."""
    protocol, part, carried = peer
    direction, ids = subject
    own = End(label="subject", address=part.sample, vpc_id=part.vpc_id, security_groups=ids)
    other = End(label="peer", address=part.sample, vpc_id=part.vpc_id, security_groups=tuple(carried))
    ask = Ask(snapshot, Flow(protocol, 0), own, other, direction, _PLAIN)
    told = ports_of_rule(ask, ids[placed.group], placed.rule)
    return None if told is None else Allowed(told.ports, placed.group, told.rule)


def admitted_number(snapshot: Snapshot, groups: Groups, ids: tuple[str, ...], part: Part) -> int:
    """A number for all that plain groups admit from a part of another VPC, rule by rule."""
    part = twin_of(snapshot, part)
    found = groups.every.get(part)
    if found is None:
        rules = tuple(
            admission(snapshot, groups, ids, (protocol, part, frozenset())).number for protocol in PROTOCOLS
        )
        found = groups.every[part] = number_of(snapshot, ("admitted", rules))
    return found


def ports_number(snapshot: Snapshot, groups: Groups, ids: tuple[str, ...], part: Part) -> int:
    """A number for the ports that plain groups let out to a part of another VPC, whatever rules they are of."""
    part = twin_of(snapshot, part)
    found = groups.unions.get(part)
    if found is None:
        ports = tuple(
            admission(snapshot, groups, ids, (protocol, part, frozenset())).ports for protocol in PROTOCOLS
        )
        found = groups.unions[part] = number_of(snapshot, ("let out", ports))
    return found
