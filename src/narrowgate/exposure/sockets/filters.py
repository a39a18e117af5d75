"""What groups admit to and from parts of subnets: asked once for groups of equal content and each part."""

from bisect import bisect_right
from typing import NamedTuple

from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.prefix_lists import prefix_list_blocks
from narrowgate.engine.network.references import Carriage, Way
from narrowgate.engine.network.security_group_rules import Direction, Rule, group_rules
from narrowgate.engine.network.security_groups import Admitted, admitted_ports
from narrowgate.exposure.sockets.parts import Part, twin_of
from narrowgate.exposure.sockets.served import EVERY_PORT, PROTOCOLS
from narrowgate.model.address import IntervalSet
from narrowgate.model.answer import Missing
from narrowgate.model.snapshot import Snapshot, index

_PLAIN = Carriage(way=Way.LOCAL)


class Groups:
    """A set of groups in one direction, by content; compared by identity.

    `is_plain` tells that their rules name nothing but blocks and groups by id, so that what they admit depends on
    the other end's part and on which of `named` it carries.
    """

    __slots__ = (
        "admissions",
        "by_part",
        "edges",
        "edges_of_blocks",
        "every",
        "is_plain",
        "named",
        "unions",
        "whole",
    )

    def __init__(self, rules: tuple[tuple[Rule, ...], ...] | None, snapshot: Snapshot) -> None:
        every = [rule for each in rules or () for rule in each]
        pairs = [pair for rule in every for pair in rule.references]
        self.named = frozenset(pair.group_id or "" for pair in pairs)
        lists = [prefix_list_blocks(snapshot, own) for rule in every for own in rule.prefix_lists]
        known = rules is not None and not any(isinstance(each, Missing) for each in lists)
        self.is_plain = known and "" not in self.named and all(rule.ports is not None for rule in every)
        blocks = [block for rule in every for block in rule.blocks if block.family == 4]
        blocks += [block for each in lists if isinstance(each, tuple) for block in each if block.family == 4]
        self.whole = IntervalSet((block.first, block.last) for block in blocks)
        """IPv4 addresses that some rule names."""
        self.edges = [first for first, _ in self.whole]
        self.edges_of_blocks = frozenset(edge for block in blocks for edge in (block.first, block.last + 1))
        """Where IPv4 addresses may begin to be admitted otherwise."""
        self.by_part: dict[tuple[Part, int, frozenset[str]], tuple[Allowed, ...]] = {}
        self.admissions: dict[tuple[Part, int, frozenset[str]], Admission] = {}
        self.every: dict[Part, tuple[tuple[Allowed, ...], ...]] = {}
        self.unions: dict[Part, tuple[IntervalSet, ...]] = {}

    def may_mean(self, part: Part, carried: frozenset[str]) -> bool:
        """Whether some rule could mean a host of a part that carries some groups: False is certain."""
        if part.family != 4 or not self.is_plain or self.named & carried:
            return True
        position = bisect_right(self.edges, part.sample.value) - 1
        return position >= 0 and part.sample.value <= self.whole.intervals[position][1]


class Allowed(NamedTuple):
    """Ports that a rule admits for certain: which of the groups has it, and the rule in words."""

    ports: IntervalSet
    group: int
    rule: str


@index
def _by_ids(snapshot: Snapshot) -> dict[tuple[tuple[str, ...], Direction], Groups]:
    """Filled as groups are asked for."""
    return {}


@index
def _by_content(snapshot: Snapshot) -> dict[tuple[object, Direction], Groups]:
    """Filled as groups are asked for."""
    return {}


def groups_of(snapshot: Snapshot, ids: tuple[str, ...], direction: Direction) -> Groups:
    """The rules of a set of groups; sets of equal rules are one."""
    kept = _by_ids(snapshot)
    key = (ids, direction)
    if key not in kept:
        read = [group_rules(snapshot, own, direction) for own in ids]
        known = tuple(each for each in read if not isinstance(each, Missing))
        rules = known if len(known) == len(read) else None
        content: object = rules if rules is not None else ids
        kept[key] = _by_content(snapshot).setdefault((content, direction), Groups(rules, snapshot))
    return kept[key]


class Peer(NamedTuple):
    """The other end: its part, and the groups that it carries and a rule names, inside one VPC only."""

    part: Part
    carried: frozenset[str]


def allowed_to(
    snapshot: Snapshot, groups: Groups, ids: tuple[str, ...], peer: Peer, protocol: int, direction: Direction
) -> tuple[Allowed, ...]:
    """What plain groups admit to or from a part."""
    part = twin_of(snapshot, peer.part)
    key = (part, protocol, peer.carried)
    if key not in groups.by_part:
        subject = End(label="subject", address=part.sample, vpc_id=part.vpc_id, security_groups=ids)
        other = End(label="peer", address=part.sample, vpc_id=part.vpc_id, security_groups=tuple(peer.carried))
        found = admitted_ports(snapshot, protocol, subject, other, direction, _PLAIN)
        groups.by_part[key] = tuple(_numbered(each, ids) for each in found)
    return groups.by_part[key]


def _numbered(admitted: Admitted, ids: tuple[str, ...]) -> Allowed:
    return Allowed(admitted.ports, ids.index(admitted.group), admitted.rule)


class Admission(NamedTuple):
    """What groups admit: rule by rule, all ports together, and a number that equal lists of rules share."""

    rules: tuple[Allowed, ...]
    ports: IntervalSet
    number: int


NO_ADMISSION = Admission((), IntervalSet(), -1)
EVERY_ADMISSION = Admission((Allowed(EVERY_PORT, 0, ""),), EVERY_PORT, -2)


@index
def _admissions(snapshot: Snapshot) -> dict[tuple[Allowed, ...], Admission]:
    """One for all equal lists of rules."""
    return {}


def admission(
    snapshot: Snapshot, groups: Groups, ids: tuple[str, ...], peer: Peer, protocol: int, direction: Direction
) -> Admission:
    """What plain groups admit to or from a part, joined."""
    key = (twin_of(snapshot, peer.part), protocol, peer.carried)
    found = groups.admissions.get(key)
    if found is None:
        rules = allowed_to(snapshot, groups, ids, peer, protocol, direction)
        kept = _admissions(snapshot)
        if rules not in kept:
            ports = IntervalSet(pair for each in rules for pair in each.ports)
            kept[rules] = Admission(rules, ports, len(kept))
        found = groups.admissions[key] = kept[rules]
    return found


def allowed_everywhere(
    snapshot: Snapshot, groups: Groups, ids: tuple[str, ...], part: Part, direction: Direction
) -> tuple[tuple[Allowed, ...], ...]:
    """What plain groups admit to or from a part of another VPC, by protocol."""
    part = twin_of(snapshot, part)
    found = groups.every.get(part)
    if found is None:
        peer = Peer(part, frozenset())
        found = groups.every[part] = tuple(
            allowed_to(snapshot, groups, ids, peer, protocol, direction) for protocol in PROTOCOLS
        )
    return found


def ports_everywhere(
    snapshot: Snapshot, groups: Groups, ids: tuple[str, ...], part: Part, direction: Direction
) -> tuple[IntervalSet, ...]:
    """The ports of that, by protocol."""
    part = twin_of(snapshot, part)
    found = groups.unions.get(part)
    if found is None:
        every = allowed_everywhere(snapshot, groups, ids, part, direction)
        found = groups.unions[part] = tuple(
            IntervalSet(pair for each in allowed for pair in each.ports) for allowed in every
        )
    return found
