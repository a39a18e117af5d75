"""Ports of a load balancer's node: those of its listeners, where a target behind them answers (ALT-01)."""

from narrowgate.engine.network.flow import Flow, protocol_name
from narrowgate.engine.network.hosts import host_of_interface
from narrowgate.engine.network.interfaces import Interface
from narrowgate.engine.network.load_balancers import Forwarding, forward
from narrowgate.engine.network.path import evaluate_path
from narrowgate.model.address import IntervalSet
from narrowgate.model.answer import Verdict, conjunction
from narrowgate.model.exposure import OPEN, UNKNOWN
from narrowgate.model.snapshot import Snapshot

_CLOSED = (Verdict.DENIED, Verdict.INVALID)
_BEST_FIRST = (Verdict.ALLOWED, Verdict.UNKNOWN, Verdict.PARTIAL, Verdict.INDETERMINATE)


def balanced_ports(snapshot: Snapshot, node: Interface, protocol: int) -> dict[str, IntervalSet]:
    """Ports by state; none where no listener of the protocol leads anywhere."""
    found = {OPEN: IntervalSet(), UNKNOWN: IntervalSet()}
    arn = node.load_balancer_arn or ""
    listeners = snapshot.facts.listeners.get(arn)
    if listeners is None:
        found[UNKNOWN] = IntervalSet([(0, 65535)])
        place = snapshot.place(arn)
        gap = snapshot.missing("elbv2.describe_listeners", place.account, place.region, parent=arn)
        return found if gap else {OPEN: IntervalSet(), UNKNOWN: IntervalSet()}
    for port in {each.port for each in listeners if each.port}:
        forwarding = forward(snapshot, arn, Flow(protocol, port))
        verdict = conjunction((forwarding.step.verdict, _beyond(snapshot, node, forwarding, protocol)))
        if verdict not in _CLOSED:
            found[OPEN if verdict is Verdict.ALLOWED else UNKNOWN] |= IntervalSet([(port, port)])
    return found


def _beyond(snapshot: Snapshot, node: Interface, forwarding: Forwarding, protocol: int) -> Verdict:
    """The best of the second hops: a target that is not reached gets no connections."""
    if not forwarding.targets:
        return Verdict.UNKNOWN if forwarding.unknowns else forwarding.step.verdict
    host = host_of_interface(node, label=node.label)
    seen = {
        evaluate_path(
            snapshot,
            host,
            each.address,
            protocol=protocol_name(protocol),
            port=each.port,
            network_interface_id=each.interface_id,
        ).verdict
        for each in forwarding.targets
    }
    return next((verdict for verdict in _BEST_FIRST if verdict in seen), Verdict.DENIED)
