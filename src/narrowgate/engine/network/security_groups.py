"""Security groups: which rule admits the first packet of a connection (SG-01 to SG-11).

Replies of an admitted connection pass whatever the rules of the other direction say, so nothing here is asked on
the way back (SG-01).
"""

from collections.abc import Iterable
from typing import NamedTuple

from narrowgate.engine.network.flow import (
    ANY_PROTOCOL,
    ICMP,
    ICMPV6,
    Flow,
    protocol_name,
)
from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.interfaces import UNFILTERED_TYPES
from narrowgate.engine.network.references import Carriage
from narrowgate.engine.network.rule_trials import Ask, Trial, try_peers
from narrowgate.engine.network.security_group_rules import Direction, Rule, group_rules
from narrowgate.engine.network.steps import At, missing_field
from narrowgate.model.answer import Considered, Leg, Missing, Step
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot


def check_security_groups(
    snapshot: Snapshot, flow: Flow, subject: End, peer: End, direction: Direction, carriage: Carriage
) -> Step:
    """Ask the groups of `subject` whether it may send to (`EGRESS`) or be reached by (`INGRESS`) `peer`.

    All rules of all groups form one union (SG-01), so one match admits whatever else is unknown.
    """
    is_egress = direction is Direction.EGRESS
    rule = "SG-01" if is_egress or not (subject.interface and subject.interface.vpc_endpoint_id) else "SG-06"
    component = subject.component
    way = "lets out to" if is_egress else "admits"
    if subject.lets_everything_out:
        at = At(Leg.FORWARD, "security_group", component, rule)
        return at.passes(f"{subject.label} stands for a host whose group lets everything out")
    groups = subject.security_groups
    if groups is None:
        at = At(Leg.FORWARD, "security_group", component, rule)
        return at.unknown(f"the groups of {component} are not known", [missing_groups(subject)])
    if not groups:
        return without_groups(subject, At(Leg.FORWARD, "security_group", component, rule))
    at = At(Leg.FORWARD, "security_group", groups[0] if len(groups) == 1 else component, rule)
    what = f"{protocol_name(flow.protocol)} {flow.port}"
    verdicts = _try_groups(Ask(snapshot, flow, subject, peer, direction, carriage), groups)
    if verdicts.admitted is not None:
        evidence = (snapshot.evidence(verdicts.admitted[0], _field(direction), verdicts.admitted[1]),)
        text = f"group {verdicts.admitted[0]} {way} {peer.address} on {what}: {verdicts.admitted[1]}"
        return at.passes(
            text, chosen=verdicts.admitted[1], considered=tuple(verdicts.considered), evidence=evidence
        )
    if verdicts.unknowns:
        text = f"whether {', '.join(groups)} {way} {peer.address} on {what} is not known"
        reason = Reason.UNKNOWN_PEERED_SGS if verdicts.obstacles else None
        return at.unknown(text, verdicts.unknowns, reason=reason, considered=tuple(verdicts.considered))
    reason = verdicts.obstacles[0] if verdicts.obstacles else Reason.ENI_SG_RULES_MISMATCH
    if not verdicts.rules:
        reason = Reason.SG_HAS_NO_RULES
    if reason in (Reason.SG_REFERENCES_NOT_PRESERVED, Reason.SG_REFERENCING_SUPPORT):
        at = At(Leg.FORWARD, "security_group", at.component, "SG-09")
    text = f"no {direction.value} rule of {', '.join(groups)} {way} {peer.address} on {what}"
    if reason not in (Reason.SG_HAS_NO_RULES, Reason.ENI_SG_RULES_MISMATCH):
        text += f": {reason.meaning}"
    looked_at = tuple(
        snapshot.evidence(group, _field(direction), _spelled(snapshot, group, direction)) for group in groups
    )
    return at.fails(reason, text, considered=tuple(verdicts.considered), evidence=looked_at)


def _field(direction: Direction) -> str:
    return "IpPermissionsEgress" if direction is Direction.EGRESS else "IpPermissions"


def _spelled(snapshot: Snapshot, group_id: str, direction: Direction) -> str:
    rules = group_rules(snapshot, group_id, direction)
    if isinstance(rules, Missing):
        return "unknown"
    return "; ".join(f"{rule.spelled} {', '.join(_peers(rule))}" for rule in rules) or "no rule"


def _peers(rule: Rule) -> Iterable[str]:
    yield from (str(block) for block in rule.blocks)
    yield from rule.prefix_lists
    yield from (pair.group_id or pair.group_name or "?" for pair in rule.references)


def missing_groups(subject: End) -> Missing:
    """The fact that would tell the groups of an end."""
    if subject.interface is None:
        return Missing(fact="ec2.describe_network_interfaces", resource=subject.label)
    return missing_field("NetworkInterface", "Groups", subject.component)


def without_groups(subject: End, at: At) -> Step:
    """What an end that shows no group admits: everything where its kind may carry none (SG-11), else unknown."""
    if subject.interface and (
        subject.interface.interface_type in UNFILTERED_TYPES or subject.interface.load_balancer_arn
    ):
        return at.passes(f"{subject.component} carries no security group, so none filters it")
    text = f"{subject.component} shows no security group, and every such interface carries one"
    return at.unknown(text, [missing_groups(subject)])


class _Union(NamedTuple):
    """The union of all permissions of all groups."""

    admitted: tuple[str, str] | None
    obstacles: list[Reason]
    unknowns: list[Missing]
    considered: list[Considered]
    rules: int


def _try_groups(ask: Ask, groups: tuple[str, ...]) -> _Union:
    union = _Union(None, [], [], [], 0)
    count = 0
    for group in groups:
        rules = group_rules(ask.snapshot, group, ask.direction)
        if isinstance(rules, Missing):
            union.unknowns.append(rules)
            count += 1
            continue
        count += len(rules)
        for rule in rules:
            trial = _try_rule(ask, rule)
            if trial.admitted is not None:
                union.considered.append(Considered(item=f"{group}: {trial.admitted}", outcome="chosen"))
                return union._replace(admitted=(group, trial.admitted), rules=count)
            _note(union, f"{group}: {rule.spelled} {', '.join(_peers(rule))}", trial)
    return union._replace(rules=count)


def _note(union: _Union, item: str, trial: Trial) -> None:
    if trial.unknowns:
        union.unknowns.extend(trial.unknowns)
        union.considered.append(Considered(item=item, outcome="unknown", why=trial.unknowns[0].why))
        return
    if trial.obstacle:
        union.obstacles.append(trial.obstacle)
    why = trial.obstacle.meaning if trial.obstacle else "does not match"
    union.considered.append(Considered(item=item, outcome="rejected", why=why))


def _try_rule(ask: Ask, rule: Rule) -> Trial:
    flow = ask.flow
    if rule.protocol not in (ANY_PROTOCOL, flow.protocol):
        return Trial()
    if (
        rule.ports is not None
        and flow.protocol not in (ICMP, ICMPV6)
        and not rule.ports[0] <= flow.port <= rule.ports[1]
    ):
        return Trial()
    if not (rule.blocks or rule.prefix_lists or rule.references) and not ask.snapshot.assume_complete:
        # AWS keeps no permission for nobody: whom this one means is not told.
        return Trial(unknowns=(missing_field("IpPermission", "IpRanges", ask.subject.component),))
    trial = try_peers(ask, rule)
    if rule.ports is None and trial.admitted is not None and not ask.snapshot.assume_complete:
        return Trial(unknowns=(missing_field("IpPermission", "FromPort", ask.subject.component),))
    return trial
