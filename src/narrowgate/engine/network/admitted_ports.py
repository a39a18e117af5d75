"""Security groups for all ports at once: which ports each rule admits a first packet on (SG-01, SG-03)."""

from functools import lru_cache
from typing import NamedTuple

from narrowgate.engine.network.flow import ANY_PROTOCOL, Flow
from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.references import Carriage
from narrowgate.engine.network.rule_trials import Ask, try_peers
from narrowgate.engine.network.security_group_rules import Direction, Rule, group_rules
from narrowgate.engine.network.security_groups import missing_groups, without_groups
from narrowgate.engine.network.steps import At, missing_field
from narrowgate.model.address import IntervalSet
from narrowgate.model.answer import Leg, Missing, Verdict
from narrowgate.model.snapshot import Snapshot


class Admitted(NamedTuple):
    """Ports that one rule admits, and what would tell where that is not certain."""

    ports: IntervalSet
    group: str
    rule: str
    unknowns: tuple[Missing, ...] = ()


def admitted_ports(
    snapshot: Snapshot, protocol: int, subject: End, peer: End, direction: Direction, carriage: Carriage
) -> list[Admitted]:
    """Every port on which the groups of `subject` admit a first packet, rule by rule (SG-01, SG-03).

    The same judgement as `check_security_groups` makes, for all ports at once; only tcp and udp have ports.
    """
    everything = IntervalSet([(0, 65535)])
    if subject.lets_everything_out:
        return [Admitted(everything, subject.label, "a group that lets everything out")]
    groups = subject.security_groups
    if not groups:
        step = (
            None
            if groups is None
            else without_groups(subject, At(Leg.FORWARD, "security_group", subject.component, "SG-01"))
        )
        if step is not None and step.verdict is Verdict.ALLOWED:
            return [Admitted(everything, subject.component, "no group filters it")]
        return [Admitted(everything, subject.component, "groups not known", (missing_groups(subject),))]
    found: list[Admitted] = []
    ask = Ask(snapshot, Flow(protocol, 0), subject, peer, direction, carriage)
    for group in groups:
        rules = group_rules(snapshot, group, direction)
        if isinstance(rules, Missing):
            found.append(Admitted(everything, group, "rules not known", (rules,)))
            continue
        found += [each for rule in rules if (each := ports_of_rule(ask, group, rule)) is not None]
    return found


@lru_cache(maxsize=4096)
def _range(first: int, last: int) -> IntervalSet:
    """A range of ports; rules of many groups are about the same few."""
    return IntervalSet([(first, last)])


def ports_of_rule(ask: Ask, group: str, rule: Rule) -> Admitted | None:
    """The ports on which one rule of a group admits a first packet; None where it admits none."""
    if rule.protocol not in (ANY_PROTOCOL, ask.flow.protocol):
        return None
    trial = try_peers(ask, rule)
    if trial.admitted is None and not trial.unknowns:
        return None
    ports = _range(*(rule.ports or (0, 65535)))
    if trial.admitted is None:
        return Admitted(ports, group, rule.spelled, trial.unknowns)
    if rule.ports is None and not ask.snapshot.assume_complete:
        gap = missing_field("IpPermission", "FromPort", ask.subject.component)
        return Admitted(ports, group, trial.admitted, (gap,))
    return Admitted(ports, group, trial.admitted)
