"""Rules of a set of security groups, by content: what of them may mean a part of a subnet."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from narrowgate.engine.network.flow import ANY_PROTOCOL
from narrowgate.engine.network.prefix_lists import prefix_list_blocks
from narrowgate.engine.network.security_group_rules import Direction, Rule, group_rules
from narrowgate.exposure.sockets.parts import Part
from narrowgate.exposure.sockets.served import PROTOCOLS
from narrowgate.model.address import Cidr, IntervalSet
from narrowgate.model.answer import Missing
from narrowgate.model.snapshot import Snapshot, index

Peer = tuple[int, Part, frozenset[str]]
"""The other end of a first packet: protocol, part, and those of its groups that rules about the protocol name.

The part stands for all that no rule tells from it (`twin_of`); groups count inside one VPC only.
"""


class Allowed(NamedTuple):
    """Ports that a rule admits for certain: which of the groups has it, and the rule in words."""

    ports: IntervalSet
    group: int
    rule: str


class Admission(NamedTuple):
    """What groups admit: rule by rule, all ports together, and a number that equal lists of rules share."""

    rules: tuple[Allowed, ...]
    ports: IntervalSet
    number: int


class Placed:
    """A rule of a set of groups, and what it says of parts that carry some of the groups that it names."""

    __slots__ = ("group", "named", "rule", "told")

    def __init__(self, group: int, rule: Rule) -> None:
        self.group = group
        self.rule = rule
        self.named = frozenset([pair.group_id or "" for pair in rule.references])
        """By id; the empty text for a group that is not named by its id."""
        self.told: dict[tuple[Part, frozenset[str]], Allowed | None] = {}


class Groups:
    """A set of groups in one direction, by content; compared by identity.

    `is_plain` tells that their rules name nothing but blocks and groups by id, so that what they admit depends on
    the other end's part and on which of `named` it carries.
    """

    __slots__ = (
        "_about",
        "_edges",
        "_naming",
        "admissions",
        "direction",
        "edges_of_blocks",
        "every",
        "is_plain",
        "named",
        "named_by",
        "unions",
        "whole",
    )

    def __init__(
        self, snapshot: Snapshot, rules: tuple[tuple[Rule, ...], ...] | None, direction: Direction
    ) -> None:
        self.direction = direction
        every = [Placed(place, rule) for place, own in enumerate(rules or ()) for rule in own]
        self._about = {
            protocol: [each for each in every if each.rule.protocol in (ANY_PROTOCOL, protocol)]
            for protocol in PROTOCOLS
        }
        self._naming = {protocol: _naming(about) for protocol, about in self._about.items()}
        self.named_by = {protocol: frozenset(naming) for protocol, naming in self._naming.items()}
        """Groups that rules about a protocol name."""
        self.named = frozenset().union(*(each.named for each in every))
        blocks: list[Cidr] = []
        self.is_plain = rules is not None and "" not in self.named
        for rule in (each.rule for each in every):
            blocks += rule.blocks
            if rule.ports is None:
                self.is_plain = False
            for own in rule.prefix_lists:
                listed = prefix_list_blocks(snapshot, own)
                if isinstance(listed, Missing):
                    self.is_plain = False
                else:
                    blocks += listed
        ranges = {(block.first, block.last) for block in blocks if block.family == 4}
        self.whole = IntervalSet(ranges)
        """IPv4 addresses that some rule names."""
        self._edges = [first for first, _ in self.whole.intervals]
        self.edges_of_blocks = {edge for first, last in ranges for edge in (first, last + 1)}
        """Where IPv4 addresses may begin to be admitted otherwise."""

        self.admissions: dict[Peer, Admission] = {}
        self.every: dict[Part, int] = {}
        self.unions: dict[Part, int] = {}

    def may_mean(self, part: Part, carried: frozenset[str]) -> bool:
        """Whether some rule could mean a host of a part that carries some groups: False is certain."""
        return not self.is_plain or not self.named.isdisjoint(carried) or self._may_hold(part)

    def _may_hold(self, part: Part) -> bool:
        """Whether a block of some rule could hold a part: False is certain."""
        if part.family != 4:
            return True
        position = bisect_right(self._edges, part.sample.value) - 1
        return position >= 0 and part.sample.value <= self.whole.intervals[position][1]

    def about(self, protocol: int, part: Part, carried: frozenset[str]) -> list[Placed]:
        """The rules that could mean such a host, of plain groups; all others do not, for certain."""
        about = self._about[protocol]
        if self._may_hold(part):
            return about
        naming = self._naming[protocol]
        return [about[own] for own in sorted({own for group in carried for own in naming.get(group, ())})]


def _naming(rules: Iterable[Placed]) -> dict[str, list[int]]:
    """Which rules name a group, by their places."""
    found: dict[str, list[int]] = {}
    for own, each in enumerate(rules):
        for group in each.named:
            found.setdefault(group, []).append(own)
    return found


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
    found = kept.get(key)
    if found is None:
        read = [group_rules(snapshot, own, direction) for own in ids]
        known = tuple(each for each in read if not isinstance(each, Missing))
        rules = known if len(known) == len(read) else None
        content = (rules if rules is not None else ids, direction is Direction.EGRESS)
        alike = _by_content(snapshot)
        found = alike.get(content)
        if found is None:
            found = alike[content] = Groups(snapshot, rules, direction)
        kept[key] = found
    return found
