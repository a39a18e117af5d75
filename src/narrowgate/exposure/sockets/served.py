"""The ports that a target serves where AWS itself decides that; an instance is taken to listen on all."""

from narrowgate.engine.network.flow import TCP, UDP, Flow
from narrowgate.engine.network.interfaces import Interface
from narrowgate.engine.network.services import check_listening
from narrowgate.exposure.sockets.balancers import balanced_ports
from narrowgate.model.address import IntervalSet
from narrowgate.model.answer import Missing, Verdict, conjunction
from narrowgate.model.exposure import OPEN, UNKNOWN
from narrowgate.model.snapshot import Snapshot, index

PROTOCOLS = (TCP, UDP)
EVERY_PORT = IntervalSet([(0, 65535)])
_ANY_PORT = 65000
_SERVICES = {port: IntervalSet([(port, port)]) for port in (53, 443)}
_OTHERS = EVERY_PORT - IntervalSet((port, port) for port in _SERVICES)
_CELLS = (*_SERVICES.items(), (_ANY_PORT, _OTHERS))
"""Ports that services differ in, and the others, each with one to ask about."""

_CLOSED = (Verdict.DENIED, Verdict.INVALID)


class Served:
    """Ports by protocol and state; equal ones are one object, compared by identity."""

    __slots__ = ("by_protocol", "every", "is_nothing")

    def __init__(self, by_protocol: dict[int, dict[str, IntervalSet]]) -> None:
        self.by_protocol = by_protocol
        self.every = {protocol: each[OPEN] | each[UNKNOWN] for protocol, each in by_protocol.items()}
        """Ports by protocol, in whatever state."""
        self.is_nothing = not any(self.every.values())


@index
def _by_target(snapshot: Snapshot) -> dict[str, Served]:
    """Filled as targets are asked for."""
    return {}


@index
def _interned(snapshot: Snapshot) -> dict[tuple[object, ...], Served]:
    """Filled as targets are asked for."""
    return {}


def served_by(snapshot: Snapshot, target: Interface) -> Served:
    """What a target serves, and of which ports nobody can tell."""
    kept = _by_target(snapshot)
    key = target.vpc_endpoint_id or target.resolver_endpoint_id or target.load_balancer_arn or ""
    if key and target.load_balancer_arn:
        key = target.label
    if key not in kept:
        read = _read if key else _everything
        by_protocol = {protocol: read(snapshot, target, protocol) for protocol in PROTOCOLS}
        content = tuple((protocol, each[OPEN], each[UNKNOWN]) for protocol, each in by_protocol.items())
        kept[key] = _interned(snapshot).setdefault(content, Served(by_protocol))
    return kept[key]


def _everything(snapshot: Snapshot, target: Interface, protocol: int) -> dict[str, IntervalSet]:
    return {OPEN: EVERY_PORT, UNKNOWN: IntervalSet()}


def _read(snapshot: Snapshot, target: Interface, protocol: int) -> dict[str, IntervalSet]:
    if target.load_balancer_arn:
        return balanced_ports(snapshot, target, protocol)
    found = {OPEN: IntervalSet(), UNKNOWN: IntervalSet()}
    for port, cell in _CELLS:
        verdict = conjunction(step.verdict for step in check_listening(snapshot, Flow(protocol, port), target))
        if verdict not in _CLOSED:
            found[OPEN if verdict is Verdict.ALLOWED else UNKNOWN] |= cell
    return found


def unserved(snapshot: Snapshot, target: Interface, protocol: int) -> list[Missing]:
    """What would tell which ports a target serves."""
    steps = check_listening(snapshot, Flow(protocol, _ANY_PORT), target)
    return [fact for step in steps for fact in step.unknowns]
