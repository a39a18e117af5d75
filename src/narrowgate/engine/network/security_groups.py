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
from narrowgate.engine.network.prefix_lists import prefix_list_blocks
from narrowgate.engine.network.references import Carriage, Carried, carries_reference
from narrowgate.engine.network.security_group_rules import Direction, Rule, group_rules
from narrowgate.engine.network.steps import At, missing_field
from narrowgate.model.address import IntervalSet
from narrowgate.model.answer import Considered, Leg, Missing, Step, Verdict
from narrowgate.model.filters import SecurityGroup, UserIdGroupPair
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot


class _Ask(NamedTuple):
    """One question to a set of groups."""

    snapshot: Snapshot
    flow: Flow
    subject: End
    peer: End
    direction: Direction
    carriage: Carriage


class _Trial(NamedTuple):
    """What a permission says about a packet: admitted by what, or what stood against it, or what is missing."""

    admitted: str | None = None
    obstacle: Reason | None = None
    unknowns: tuple[Missing, ...] = ()


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
        return at.unknown(f"the groups of {component} are not known", [_missing_groups(subject)])
    if not groups:
        return _without_groups(subject, At(Leg.FORWARD, "security_group", component, rule))
    at = At(Leg.FORWARD, "security_group", groups[0] if len(groups) == 1 else component, rule)
    what = f"{protocol_name(flow.protocol)} {flow.port}"
    verdicts = _try_groups(_Ask(snapshot, flow, subject, peer, direction, carriage), groups)
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
            else _without_groups(subject, At(Leg.FORWARD, "security_group", subject.component, "SG-01"))
        )
        if step is not None and step.verdict is Verdict.ALLOWED:
            return [Admitted(everything, subject.component, "no group filters it")]
        return [Admitted(everything, subject.component, "groups not known", (_missing_groups(subject),))]
    found: list[Admitted] = []
    ask = _Ask(snapshot, Flow(protocol, 0), subject, peer, direction, carriage)
    for group in groups:
        rules = group_rules(snapshot, group, direction)
        if isinstance(rules, Missing):
            found.append(Admitted(everything, group, "rules not known", (rules,)))
            continue
        found += [each for rule in rules if (each := _ports_of_rule(ask, group, rule)) is not None]
    return found


def _ports_of_rule(ask: _Ask, group: str, rule: Rule) -> Admitted | None:
    if rule.protocol not in (ANY_PROTOCOL, ask.flow.protocol):
        return None
    trial = _try_peers(ask, rule)
    if trial.admitted is None and not trial.unknowns:
        return None
    ports = IntervalSet([rule.ports or (0, 65535)])
    if trial.admitted is None:
        return Admitted(ports, group, rule.spelled, trial.unknowns)
    if rule.ports is None and not ask.snapshot.assume_complete:
        gap = missing_field("IpPermission", "FromPort", ask.subject.component)
        return Admitted(ports, group, trial.admitted, (gap,))
    return Admitted(ports, group, trial.admitted)


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


def _missing_groups(subject: End) -> Missing:
    if subject.interface is None:
        return Missing(fact="ec2.describe_network_interfaces", resource=subject.label)
    return missing_field("NetworkInterface", "Groups", subject.component)


def _without_groups(subject: End, at: At) -> Step:
    if subject.interface and (
        subject.interface.interface_type in UNFILTERED_TYPES or subject.interface.load_balancer_arn
    ):
        return at.passes(f"{subject.component} carries no security group, so none filters it")
    text = f"{subject.component} shows no security group, and every such interface carries one"
    return at.unknown(text, [_missing_groups(subject)])


class _Union(NamedTuple):
    """The union of all permissions of all groups."""

    admitted: tuple[str, str] | None
    obstacles: list[Reason]
    unknowns: list[Missing]
    considered: list[Considered]
    rules: int


def _try_groups(ask: _Ask, groups: tuple[str, ...]) -> _Union:
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


def _note(union: _Union, item: str, trial: _Trial) -> None:
    if trial.unknowns:
        union.unknowns.extend(trial.unknowns)
        union.considered.append(Considered(item=item, outcome="unknown", why=trial.unknowns[0].why))
        return
    if trial.obstacle:
        union.obstacles.append(trial.obstacle)
    why = trial.obstacle.meaning if trial.obstacle else "does not match"
    union.considered.append(Considered(item=item, outcome="rejected", why=why))


def _try_rule(ask: _Ask, rule: Rule) -> _Trial:
    flow = ask.flow
    if rule.protocol not in (ANY_PROTOCOL, flow.protocol):
        return _Trial()
    if (
        rule.ports is not None
        and flow.protocol not in (ICMP, ICMPV6)
        and not rule.ports[0] <= flow.port <= rule.ports[1]
    ):
        return _Trial()
    trial = _try_peers(ask, rule)
    if rule.ports is None and trial.admitted is not None and not ask.snapshot.assume_complete:
        return _Trial(unknowns=(missing_field("IpPermission", "FromPort", ask.subject.component),))
    return trial


def _try_peers(ask: _Ask, rule: Rule) -> _Trial:
    address = ask.peer.address
    for block in rule.blocks:
        if block.holds(address):
            return _Trial(admitted=f"{rule.spelled} {block}")
    unknowns: list[Missing] = []
    obstacle: Reason | None = None
    for list_id in rule.prefix_lists:
        blocks = prefix_list_blocks(ask.snapshot, list_id)
        if isinstance(blocks, Missing):
            unknowns.append(blocks)
        elif any(block.holds(address) for block in blocks):
            return _Trial(admitted=f"{rule.spelled} {list_id}")
    for pair in rule.references:
        trial = _try_reference(ask, pair)
        if trial.admitted is not None:
            return _Trial(admitted=f"{rule.spelled} {trial.admitted}")
        unknowns += trial.unknowns
        obstacle = obstacle or trial.obstacle
    return _Trial(obstacle=obstacle, unknowns=tuple(unknowns))


def _try_reference(ask: _Ask, pair: UserIdGroupPair) -> _Trial:
    """Whether a rule that names a group matches the peer's interface, not its address (SG-05)."""
    snapshot, peer = ask.snapshot, ask.peer
    named = pair.group_id or pair.group_name or "?"
    is_member = _is_member(snapshot, pair, peer)
    if is_member is None:
        missing = Missing(
            fact="ec2.describe_network_interfaces",
            resource=peer.label,
            why=f"whether it is in {named} is not known",
        )
        return _Trial(unknowns=(missing,))
    if not is_member:
        # SG-05: behind NAT or a balancer the packet no longer comes from the interface that is in the group.
        if peer.original and _is_member(snapshot, pair, peer.original):
            return _Trial(obstacle=Reason.SG_REFERENCES_NOT_PRESERVED)
        return _Trial()
    carried = carries_reference(snapshot, pair, ask.subject, peer, ask.direction is Direction.EGRESS, ask.carriage)
    if isinstance(carried, Missing):
        return _Trial(unknowns=(carried,))
    if carried is Carried.YES:
        return _Trial(admitted=f"group {named}")
    return _Trial(
        obstacle=Reason.SG_REFERENCING_SUPPORT
        if carried is Carried.SWITCHED_OFF
        else Reason.SG_REFERENCES_NOT_PRESERVED
    )


def _is_member(snapshot: Snapshot, pair: UserIdGroupPair, peer: End) -> bool | None:
    if peer.is_address_only:
        return None
    if peer.lets_everything_out or peer.is_internet:
        return False
    groups = peer.security_groups
    if groups is None:
        return None
    if pair.group_id:
        return pair.group_id in groups
    names = {group.group_name for each in groups if (group := _group(snapshot, each))}
    return pair.group_name in names


def _group(snapshot: Snapshot, group_id: str) -> SecurityGroup | None:
    return snapshot.facts.security_groups.get(group_id)
