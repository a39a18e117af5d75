"""One rule of a security group against one other end: whether a block, a list or a group of it means that end."""

from typing import NamedTuple

from narrowgate.engine.network.flow import Flow
from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.prefix_lists import prefix_list_blocks
from narrowgate.engine.network.references import Carriage, Carried, carries_reference
from narrowgate.engine.network.security_group_rules import Direction, Rule
from narrowgate.model.answer import Missing
from narrowgate.model.filters import SecurityGroup, UserIdGroupPair
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot


class Ask(NamedTuple):
    """One question to a set of groups: those of `subject`, about what comes from or goes to `peer`."""

    snapshot: Snapshot
    flow: Flow
    subject: End
    peer: End
    direction: Direction
    carriage: Carriage


class Trial(NamedTuple):
    """What a permission says about a packet: admitted by what, or what stood against it, or what is missing."""

    admitted: str | None = None
    obstacle: Reason | None = None
    unknowns: tuple[Missing, ...] = ()


def try_peers(ask: Ask, rule: Rule) -> Trial:
    """Whether the peers that a rule names hold the other end, whatever its protocol and ports."""
    address = ask.peer.address
    for block in rule.blocks:
        if block.holds(address):
            return Trial(admitted=f"{rule.spelled} {block}")
    unknowns: list[Missing] = []
    obstacle: Reason | None = None
    for list_id in rule.prefix_lists:
        blocks = prefix_list_blocks(ask.snapshot, list_id)
        if isinstance(blocks, Missing):
            unknowns.append(blocks)
        elif any(block.holds(address) for block in blocks):
            return Trial(admitted=f"{rule.spelled} {list_id}")
    for pair in rule.references:
        trial = _try_reference(ask, pair)
        if trial.admitted is not None:
            return Trial(admitted=f"{rule.spelled} {trial.admitted}")
        unknowns += trial.unknowns
        obstacle = obstacle or trial.obstacle
    return Trial(obstacle=obstacle, unknowns=tuple(unknowns))


def _try_reference(ask: Ask, pair: UserIdGroupPair) -> Trial:
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
        return Trial(unknowns=(missing,))
    if not is_member:
        # SG-05: behind NAT or a balancer the packet no longer comes from the interface that is in the group.
        if peer.original and _is_member(snapshot, pair, peer.original):
            return Trial(obstacle=Reason.SG_REFERENCES_NOT_PRESERVED)
        return Trial()
    carried = carries_reference(snapshot, pair, ask.subject, peer, ask.direction is Direction.EGRESS, ask.carriage)
    if isinstance(carried, Missing):
        return Trial(unknowns=(carried,))
    if carried is Carried.YES:
        return Trial(admitted=f"group {named}")
    return Trial(
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
