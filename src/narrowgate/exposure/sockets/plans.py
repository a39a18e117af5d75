"""Two classes whose groups name nothing but blocks and groups: what opens is read once for all pairs like them."""

from collections.abc import Iterable

from narrowgate.engine.network.flow_ends import end_of_host
from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.engine.network.services import check_client
from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.filters import EVERY_ADMISSION, admission
from narrowgate.exposure.sockets.groups import Admission, Allowed, Groups, groups_of
from narrowgate.exposure.sockets.parts import Part, twin_of
from narrowgate.exposure.sockets.served import PROTOCOLS
from narrowgate.exposure.sockets.walks import ALL_PASSES, walk, way_between
from narrowgate.exposure.sockets.ways import Leg
from narrowgate.model.address import IntervalSet
from narrowgate.model.answer import Verdict
from narrowgate.model.exposure import OPEN, UNKNOWN
from narrowgate.model.snapshot import Snapshot, index

Template = tuple[int, IntervalSet, str, Allowed]
"""What opens between two classes, apart from ids: protocol, ports, state, the rule that admits."""

Plan = tuple[tuple[Template, str | None], ...]
"""Templates, each with the group that a host would be started in for it."""

_NO_GROUPS: frozenset[str] = frozenset()


@index
def _templates(snapshot: Snapshot) -> dict[tuple[object, ...], tuple[Template, ...] | None]:
    """Templates already read, by what decides them; None where the pair must be asked itself."""
    return {}


def joined(plans: Iterable[Plan | None]) -> Plan | None:
    """The plans of several protocols as one; None where one of them is."""
    whole: Plan = ()
    for each in plans:
        if each is None:
            return None
        whole += each
    return whole


def lets_out(snapshot: Snapshot, sender: SenderClass) -> Groups | None:
    """The outbound rules of hosts that are there; None for those that could be started: all is let out."""
    return groups_of(snapshot, sender.groups, Direction.EGRESS) if sender.is_real and sender.groups else None


def is_plain(sender: SenderClass, egress: Groups | None) -> bool:
    """Whether a sender's outbound rules, as `lets_out` tells them, name nothing but blocks and groups."""
    return sender.part is not None and (not sender.is_real or (egress is not None and egress.is_plain))


def is_ready(snapshot: Snapshot, sender: SenderClass) -> bool:
    """Whether the hosts of a class open connections for certain."""
    if sender.is_ready is None:
        sender.is_ready = not sender.is_real or _can_send(snapshot, sender)
    return sender.is_ready


def _can_send(snapshot: Snapshot, sender: SenderClass) -> bool:
    one = sender.sample
    source = one.host.address(one.family)
    client = end_of_host(snapshot, one.host, source) if source is not None else None
    return client is not None and all(step.verdict is Verdict.ALLOWED for step in check_client(snapshot, client))


class Alike:
    """Two classes whose groups name nothing but blocks and groups, joined by a way that has a key."""

    __slots__ = ("_here", "_there", "egress", "ingress", "key", "meant", "named", "sender", "snapshot", "target")

    def __init__(
        self,
        snapshot: Snapshot,
        pair: tuple[SenderClass, TargetClass],
        parts: tuple[Part, Part],
        filters: tuple[Groups, Groups | None],
        key: int,
    ) -> None:
        self.snapshot = snapshot
        self.sender, self.target = pair
        self._here, self._there = (twin_of(snapshot, each) for each in parts)
        self.ingress, self.egress = filters
        self.key = key
        self.named = self.ingress.named & self.sender.carried
        """Groups of the sender that the target's rules name."""
        self.meant = self.egress.named.intersection(self.target.groups or ()) if self.egress else _NO_GROUPS
        """Groups of the target that the sender's rules name."""

    def plans(self) -> tuple[Plan | None, ...]:
        """What opens by protocol; None where the pair must be asked itself."""
        return tuple(self._plan(protocol) for protocol in PROTOCOLS)

    def every_template(self) -> tuple[Template, ...] | None:
        """What opens on all protocols; None where some of it is not certain."""
        found: tuple[Template, ...] = ()
        for protocol in PROTOCOLS:
            some = self._templates(protocol, self.named)
            if some is None:
                return None
            found += some
        return found

    def _plan(self, protocol: int) -> Plan | None:
        if not self.sender.is_real and not self.named.isdisjoint(self.ingress.named_by[protocol]):
            return self._of_startable(protocol)
        found = self._templates(protocol, self.named)
        return None if found is None else tuple([(one, None) for one in found])

    def _of_startable(self, protocol: int) -> Plan | None:
        """A host that could be started without a group that counts, and what each group would add."""
        plain = self._templates(protocol, _NO_GROUPS)
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
        peer = (protocol, self._here, named & self.ingress.named_by[protocol])
        rules = admission(self.snapshot, self.ingress, self.target.groups or (), peer)
        if not rules.rules:
            return ()
        out = self._lets_out(protocol)
        if not out.rules:
            return ()
        if not is_ready(self.snapshot, self.sender):
            return self._read_templates(protocol, rules, out)
        kept = _templates(self.snapshot)
        key = (self.key, rules.number, out.number, self.target.served, protocol, self.sender.client_ports)
        try:
            return kept[key]
        except KeyError:
            pass
        found = kept[key] = self._read_templates(protocol, rules, out)
        return found

    def _read_templates(self, protocol: int, rules: Admission, out: Admission) -> tuple[Template, ...] | None:
        served = self.target.served
        ports = rules.ports & out.ports & served.every[protocol]
        if not ports:
            return ()
        if ports & served.by_protocol[protocol][UNKNOWN] or not is_ready(self.snapshot, self.sender):
            return None
        walked = walk(self.snapshot, (self.sender, self.target), self.key, protocol, ports)
        if walked is None:
            return None
        if walked is ALL_PASSES:
            rest = ports
        else:
            rest = ports & walked.ports if walked.state is not None else IntervalSet()
        found: list[Template] = []
        for rule in rules.rules:
            sure = rest & rule.ports
            if sure:
                rest -= sure
                found.append((protocol, sure, walked.state or OPEN, rule))
        return tuple(found)

    def _lets_out(self, protocol: int) -> Admission:
        if self.egress is None:
            return EVERY_ADMISSION
        peer = (protocol, self._there, self.meant & self.egress.named_by[protocol])
        return admission(self.snapshot, self.egress, self.sender.groups or (), peer)


def alike(
    snapshot: Snapshot, sender: SenderClass, target: TargetClass, ingress: Groups | None
) -> tuple[Alike, Leg] | None:
    """The pair, where it is of that kind, and the first leg of its way."""
    here, there = sender.part, target.part
    if here is None or there is None or ingress is None or not ingress.is_plain or not target.is_certain:
        return None
    egress = lets_out(snapshot, sender)
    way = way_between(snapshot, sender, target) if is_plain(sender, egress) else None
    if way is None:
        return None
    found = Alike(snapshot, (sender, target), (here, there), (ingress, egress), way[0])
    if (found.named or found.meant) and here.vpc_id != there.vpc_id:
        return None
    return found, way[1]
