"""What groups admit to and from parts of subnets: asked once for groups of equal content and each part."""

from bisect import bisect_right
from typing import NamedTuple

from narrowgate.engine.network.flow import ANY_PROTOCOL
from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.prefix_lists import prefix_list_blocks
from narrowgate.engine.network.references import Carriage, Way
from narrowgate.engine.network.security_group_rules import Direction, Rule, group_rules
from narrowgate.engine.network.security_groups import Admitted, admitted_ports
from narrowgate.exposure.sockets.numbers import number_of
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
        "edges",
        "edges_of_blocks",
        "every",
        "is_plain",
        "named",
        "named_by",
        "unions",
        "whole",
    )

    def __init__(self, rules: tuple[tuple[Rule, ...], ...] | None, snapshot: Snapshot) -> None:
        every = [rule for each in rules or () for rule in each]
        pairs = [pair for rule in every for pair in rule.references]
        self.named = frozenset(pair.group_id or "" for pair in pairs)
        self.named_by = {
            protocol: frozenset(
                pair.group_id or ""
                for rule in every
                if rule.protocol in (ANY_PROTOCOL, protocol)
                for pair in rule.references
            )
            for protocol in PROTOCOLS
        }
        """Of `named`, those that rules about a protocol name."""
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
        self.admissions: dict[tuple[Part, int, frozenset[str]], Admission] = {}
        self.every: dict[Part, int] = {}
        self.unions: dict[Part, int] = {}

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
def _by_ids(snapshot: Snapshot) -> dict[tuple[tuple[str, ...], bool], Groups]:
    """Filled as groups are asked for."""
    return {}


@index
def _by_content(snapshot: Snapshot) -> dict[tuple[object, bool], Groups]:
    """Filled as groups are asked for."""
    return {}


def groups_of(snapshot: Snapshot, ids: tuple[str, ...], direction: Direction) -> Groups:
    """The rules of a set of groups; sets of equal rules are one."""
    kept = _by_ids(snapshot)
    # An enumeration's member is slow to hash.
    key = (ids, direction is Direction.EGRESS)
    if key not in kept:
        read = [group_rules(snapshot, own, direction) for own in ids]
        known = tuple(each for each in read if not isinstance(each, Missing))
        rules = known if len(known) == len(read) else None
        content = (rules if rules is not None else ids, direction is Direction.EGRESS)
        alike = _by_content(snapshot)
        found = alike.get(content)
        if found is None:
            found = alike[content] = Groups(rules, snapshot)
        kept[key] = found
    return kept[key]


class Peer(NamedTuple):
    """The other end: its part, and the groups that it carries and a rule names, inside one VPC only."""

    part: Part
    carried: frozenset[str]


def _allowed(
    snapshot: Snapshot, ids: tuple[str, ...], peer: Peer, protocol: int, direction: Direction
) -> tuple[Allowed, ...]:
    """What plain groups admit to or from a part."""
    part = peer.part
    subject = End(label="subject", address=part.sample, vpc_id=part.vpc_id, security_groups=ids)
    other = End(label="peer", address=part.sample, vpc_id=part.vpc_id, security_groups=tuple(peer.carried))
    found = admitted_ports(snapshot, protocol, subject, other, direction, _PLAIN)
    return tuple(_numbered(each, ids) for each in found)


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
    twin = twin_of(snapshot, peer.part)
    key = (twin, protocol, peer.carried)
    found = groups.admissions.get(key)
    if found is None:
        rules = _allowed(snapshot, ids, Peer(twin, peer.carried), protocol, direction)
        kept = _admissions(snapshot)
        known = kept.get(rules)
        if known is None:
            ports = IntervalSet(pair for each in rules for pair in each.ports)
            known = kept[rules] = Admission(rules, ports, len(kept))
        found = groups.admissions[key] = known
    return found


def admitted_number(snapshot: Snapshot, groups: Groups, ids: tuple[str, ...], part: Part) -> int:
    """A number for all that plain groups admit from a part of another VPC, rule by rule."""
    part = twin_of(snapshot, part)
    found = groups.every.get(part)
    if found is None:
        peer = Peer(part, frozenset())
        rules = tuple(
            admission(snapshot, groups, ids, peer, protocol, Direction.INGRESS).number for protocol in PROTOCOLS
        )
        found = groups.every[part] = number_of(snapshot, ("admitted", rules))
    return found


def ports_number(snapshot: Snapshot, groups: Groups, ids: tuple[str, ...], part: Part) -> int:
    """A number for the ports that plain groups let out to a part of another VPC, whatever rules they are of."""
    part = twin_of(snapshot, part)
    found = groups.unions.get(part)
    if found is None:
        peer = Peer(part, frozenset())
        ports = tuple(
            admission(snapshot, groups, ids, peer, protocol, Direction.EGRESS).ports for protocol in PROTOCOLS
        )
        found = groups.unions[part] = number_of(snapshot, ("let out", ports))
    return found
