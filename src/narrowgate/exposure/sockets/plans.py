"""Two classes whose groups name nothing but blocks and groups: what opens is read once for all pairs like them."""

from typing import NamedTuple

from narrowgate.engine.network.flow_ends import end_of_host
from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.engine.network.services import check_client
from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.filters import (
    EVERY_ADMISSION,
    NO_ADMISSION,
    Admission,
    Allowed,
    Groups,
    Peer,
    admission,
    groups_of,
)
from narrowgate.exposure.sockets.pair import Walked, walk_way
from narrowgate.exposure.sockets.parts import twin_of
from narrowgate.exposure.sockets.served import EVERY_PORT, PROTOCOLS
from narrowgate.exposure.sockets.ways import Leg, way_key
from narrowgate.model.address import IntervalSet
from narrowgate.model.answer import Verdict
from narrowgate.model.exposure import OPEN, UNKNOWN
from narrowgate.model.snapshot import Snapshot, index

Template = tuple[int, IntervalSet, str, Allowed]
"""What opens between two classes, apart from ids: protocol, ports, state, the rule that admits."""

Plan = tuple[tuple[Template, str | None], ...]
"""Templates of one protocol, each with the group that a host would be started in for it."""


class Plans(NamedTuple):
    """A plan for each protocol, None where the pair must be asked itself; `number` is the same for equal pairs."""

    by_protocol: tuple[Plan | None, ...]
    number: int


_CLEAR = -1
"""The key of every way that lets all pass, there and back."""

_ALL_PASSES = Walked(EVERY_PORT, OPEN, is_shared=True)


@index
def _clear(snapshot: Snapshot) -> dict[tuple[object, ...], bool]:
    """Whether a way lets all pass, by its key and the ports that replies come to."""
    return {}


@index
def _walked(snapshot: Snapshot) -> dict[tuple[object, ...], Walked]:
    """Ways already walked, by what decides them."""
    return {}


@index
def _templates(snapshot: Snapshot) -> dict[tuple[object, ...], tuple[Template, ...] | None]:
    """Templates already read, by what decides them; None where the pair must be asked itself."""
    return {}


@index
def _plans(snapshot: Snapshot) -> dict[tuple[object, ...], Plans]:
    """Plans already read, by what decides them."""
    return {}


class Alike:
    """Two classes whose groups name nothing but blocks and groups, joined by a way that has a key."""

    __slots__ = ("egress", "ingress", "key", "leg", "meant", "named", "sender", "snapshot", "target")

    def __init__(
        self,
        snapshot: Snapshot,
        pair: tuple[SenderClass, TargetClass],
        filters: tuple[Groups, Groups | None],
        way: tuple[int, Leg],
    ) -> None:
        self.snapshot = snapshot
        self.sender, self.target = pair
        self.ingress, self.egress = filters
        self.key, self.leg = way
        self.named = self.ingress.named & self.sender.carried
        """Groups of the sender that the target's rules name."""
        self.meant = self.egress.named & frozenset(self.target.groups or ()) if self.egress else frozenset()
        """Groups of the target that the sender's rules name."""

    @classmethod
    def of(
        cls, snapshot: Snapshot, sender: SenderClass, target: TargetClass, ingress: Groups | None
    ) -> "Alike | None":
        """The pair, where it is of that kind."""
        here, there = sender.part, target.part
        if here is None or there is None or ingress is None or not ingress.is_plain or not target.is_certain:
            return None
        egress = None
        if sender.is_real:
            if not sender.groups:
                return None
            egress = groups_of(snapshot, sender.groups, Direction.EGRESS)
            if not egress.is_plain:
                return None
        found = way_key(snapshot, here, there)
        if found is None:
            return None
        alike = cls(snapshot, (sender, target), (ingress, egress), found)
        if (alike.named or alike.meant) and here.vpc_id != there.vpc_id:
            return None
        if alike._is_clear():
            alike.key = _CLEAR
        return alike

    def _is_clear(self) -> bool:
        """Whether the way lets every port of every protocol pass: all such ways are one."""
        kept = _clear(self.snapshot)
        key = (self.key, self.sender.client_ports)
        found = kept.get(key)
        if found is None:
            found = kept[key] = all(self._walk(each, EVERY_PORT) == _ALL_PASSES for each in PROTOCOLS)
        return found

    def every_template(self) -> tuple[Template, ...] | None:
        """What opens on all protocols; None where some of it is not certain."""
        found = [self._templates(protocol, self.named) for protocol in PROTOCOLS]
        return None if None in found else tuple(each for some in found for each in some or ())

    def plans(self) -> Plans:
        """What opens by protocol, read once for pairs of classes that nothing tells apart."""
        sender, target = self.sender, self.target
        here, there = sender.part, target.part
        if here is None or there is None:
            return Plans(tuple(None for _ in PROTOCOLS), -1)
        key = (
            self.key,
            target.served,
            sender.client_ports,
            sender.is_real,
            self._is_ready(),
            self.ingress,
            twin_of(self.snapshot, here),
            self.named,
            self.egress,
            twin_of(self.snapshot, there),
            self.meant,
        )
        kept = _plans(self.snapshot)
        found = kept.get(key)
        if found is None:
            read = tuple(self._plan(protocol) for protocol in PROTOCOLS)
            found = kept[key] = Plans(read, len(kept))
        return found

    def _plan(self, protocol: int) -> Plan | None:
        if not self.sender.is_real and self.named:
            return self._of_startable(protocol)
        found = self._templates(protocol, self.named)
        return None if found is None else tuple((one, None) for one in found)

    def _of_startable(self, protocol: int) -> Plan | None:
        """A host that could be started without a group that counts, and what each group would add."""
        plain = self._templates(protocol, frozenset())
        if plain is None:
            return None
        found: list[tuple[Template, str | None]] = [(one, None) for one in plain]
        known = IntervalSet(pair for one in plain for pair in one[1])
        for group in sorted(self.named & self.ingress.named_by[protocol]):
            more = self._templates(protocol, frozenset({group}))
            if more is None:
                return None
            for each in more:
                added = each[1] - known
                if added:
                    found.append(((each[0], added, each[2], each[3]), group))
        return tuple(found)

    def _templates(self, protocol: int, named: frozenset[str]) -> tuple[Template, ...] | None:
        """What opens, rule by rule: the ports that no rule before it admits; asked once of what is alike."""
        rules = self._rules(protocol, named)
        out = self._lets_out(protocol)
        if not self._is_ready():
            return self._read_templates(protocol, rules, out)
        kept = _templates(self.snapshot)
        key = (self.key, rules.number, out.number, self.target.served, protocol, self.sender.client_ports)
        if key not in kept:
            kept[key] = self._read_templates(protocol, rules, out)
        return kept[key]

    def _read_templates(self, protocol: int, rules: Admission, out: Admission) -> tuple[Template, ...] | None:
        served = self.target.served.by_protocol[protocol]
        ports = rules.ports & out.ports & (served[OPEN] | served[UNKNOWN])
        if not ports:
            return ()
        if ports & served[UNKNOWN] or not self._is_ready():
            return None
        walked = self._walk(protocol, ports)
        if walked is None:
            return None
        found: list[Template] = []
        rest = ports & walked.ports if walked.state is not None else IntervalSet()
        for rule in rules.rules:
            sure = rest & rule.ports
            if sure:
                rest -= sure
                found.append((protocol, sure, walked.state or OPEN, rule))
        return tuple(found)

    def _rules(self, protocol: int, named: frozenset[str]) -> Admission:
        part, ids = self.sender.part, self.target.groups
        if part is None or ids is None:
            return NO_ADMISSION
        carried = named & self.ingress.named_by[protocol]
        return admission(self.snapshot, self.ingress, ids, Peer(part, carried), protocol, Direction.INGRESS)

    def _lets_out(self, protocol: int) -> Admission:
        part, ids = self.target.part, self.sender.groups
        if part is None or ids is None or self.egress is None:
            return EVERY_ADMISSION
        carried = self.meant & self.egress.named_by[protocol]
        return admission(self.snapshot, self.egress, ids, Peer(part, carried), protocol, Direction.EGRESS)

    def _is_ready(self) -> bool:
        """Whether the sender opens connections at all."""
        if self.sender.is_ready is None:
            self.sender.is_ready = self._read_readiness()
        return self.sender.is_ready

    def _read_readiness(self) -> bool:
        one = self.sender.sample
        if not one.is_real:
            return True
        source = one.host.address(one.family)
        client = end_of_host(self.snapshot, one.host, source) if source is not None else None
        return client is not None and all(
            step.verdict is Verdict.ALLOWED for step in check_client(self.snapshot, client)
        )

    def _walk(self, protocol: int, ports: IntervalSet) -> Walked | None:
        if self.key == _CLEAR:
            return _ALL_PASSES
        kept = _walked(self.snapshot)
        key = (self.key, protocol, ports, self.sender.client_ports)
        found = kept.get(key)
        if found is None:
            known, address = self.target.members[0]
            found = kept[key] = walk_way(self.snapshot, self.sender.sample, known, address, protocol, ports)
        return found if found.is_shared else None
