"""Rules that a security group lacks, for the flows that it stands in the way of (SG-01, SG-06, SG-07)."""

from collections.abc import Iterator

import msgspec

from narrowgate.engine.network.flow import ANY_PROTOCOL, TCP, UDP, protocol_name
from narrowgate.engine.network.interfaces import interface
from narrowgate.engine.network.security_group_rules import Direction, Rule, group_rules
from narrowgate.engine.network.vpcs import subnet_blocks
from narrowgate.model.address import parse_cidr
from narrowgate.model.answer import Cause, Missing
from narrowgate.model.fact import UnsetType
from narrowgate.model.filters import IpPermission, IpRange, Ipv6Range, SecurityGroup
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.vpc import GroupIdentifier
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.flows import DNS, HTTPS, Flow, Party, single
from narrowgate.repair.scene import Scene

DEFAULT = "default"


def propose(scene: Scene, cause: Cause) -> Iterator[Change]:
    """A rule in for the callers, or out to the target, of a group that refuses; none in for a default group.

    An endpoint with its VPC's default group gets a group of its own beside: whatever else carries the default
    group would be opened too. Of several groups of one interface, that which the fewest others carry goes first.
    """
    flows = [flow for each in scene.sharing(cause) for flow in each.flows]
    groups = _groups_at(scene, cause.resource or "")
    for width, group in enumerate(groups):
        own_id = group.group_id
        incoming = [each for each in flows if own_id in (each.target.groups or ())]
        outgoing = [each for each in flows if own_id in (each.source.groups or ())]
        if incoming and group.group_name != DEFAULT:
            yield from with_rules(scene.snapshot, group, permissions(scene, incoming, egress=False), width=width)
        elif incoming and len(groups) == 1:
            yield from _own_group(scene, group, incoming)
        if outgoing:
            needed = permissions(scene, outgoing, egress=True)
            yield from with_rules(scene.snapshot, group, needed, egress=True, width=width)


def _groups_at(scene: Scene, resource: str) -> list[SecurityGroup]:
    """The groups that a cause is about: one, or all of an interface."""
    known = scene.facts.security_groups
    if resource in known:
        return [known[resource]]
    found = interface(scene.snapshot, resource)
    groups = [known[each] for each in (found and found.security_groups) or () if each in known]
    shared = {each.group_id: _carriers(scene, each.group_id) for each in groups}
    return sorted(groups, key=lambda each: (each.group_name == DEFAULT, shared[each.group_id]))


def _carriers(scene: Scene, group_id: str) -> int:
    return sum(
        1
        for each in scene.facts.network_interfaces.values()
        if isinstance(each.groups, tuple) and any(one.group_id == group_id for one in each.groups)
    )


def let_in(
    snapshot: Snapshot, group: SecurityGroup, ports: tuple[tuple[int, int], ...], blocks: tuple[str, ...]
) -> Iterator[Change]:
    """Rules in of a group for some ports, each with its protocol, from some blocks."""
    needed = tuple(_permission(protocol, port, blocks) for protocol, port in ports)
    yield from with_rules(snapshot, group, needed, is_for_calls=False)


def with_rules(
    snapshot: Snapshot,
    group: SecurityGroup,
    needed: tuple[IpPermission, ...],
    *,
    egress: bool = False,
    width: int = 0,
    is_for_calls: bool = True,
) -> Iterator[Change]:
    """A group with the rules that it lacks; nothing of what it admits already is written once more."""
    present = group.ip_permissions_egress if egress else group.ip_permissions
    direction = Direction.EGRESS if egress else Direction.INGRESS
    rules = group_rules(snapshot, group.group_id, direction)
    if isinstance(present, UnsetType) or isinstance(rules, Missing):
        return
    lacking = tuple(left for each in needed if (left := _lacking(each, rules)) is not None)
    if is_for_calls and not any((each.ip_protocol, each.from_port) == ("udp", DNS) for each in lacking):
        # DNS asks by UDP first: where that passes, TCP 53 is no reason why a call fails.
        lacking = tuple(each for each in lacking if each.from_port != DNS)
    if not lacking:
        return
    field = "ip_permissions_egress" if egress else "ip_permissions"
    changed = msgspec.structs.replace(group, **{field: (*present, *lacking)})
    verb = "egress" if egress else "ingress"
    way = "out to" if egress else "in from"
    yield Change(
        kind=f"security_group_{verb}",
        resource=group.group_id,
        text=f"{group.group_id}: let {_shown(lacking, way)}",
        commands=tuple(_command(group.group_id, each, verb) for each in lacking),
        edits=(Edit("security_groups", group.group_id, changed),),
        rule="SG-07" if lacking[0].from_port == DNS else "SG-06",
        width=width,
    )


def _lacking(needed: IpPermission, rules: tuple[Rule, ...]) -> IpPermission | None:
    """What of a permission no rule gives; None where the rules give all of it."""
    number = {"tcp": TCP, "udp": UDP}[needed.ip_protocol]
    given = [
        block
        for rule in rules
        if rule.protocol in (ANY_PROTOCOL, number)
        and rule.ports is not None
        and rule.ports[0] <= (needed.from_port or 0) <= rule.ports[1]
        for block in rule.blocks
    ]
    left = [each for each in _ranges(needed) if not any(block.covers(parse_cidr(each)) for block in given)]
    return _permission(number, needed.from_port or 0, tuple(left)) if left else None


def permissions(scene: Scene, flows: list[Flow], *, egress: bool) -> tuple[IpPermission, ...]:
    """What a group has to admit for some flows: one permission a protocol and port, no wider than the parties."""
    blocks: dict[tuple[int, int], list[str]] = {}
    for flow in flows:
        block = _target(scene, flow) if egress else _source(scene, flow)
        blocks.setdefault((flow.protocol, flow.port), []).append(block)
    return tuple(
        _permission(protocol, port, tuple(dict.fromkeys(found))) for (protocol, port), found in blocks.items()
    )


def _target(scene: Scene, flow: Flow) -> str:
    """The endpoint's own address; where AWS has not chosen it yet, the block of its subnet."""
    is_chosen = str(flow.target.address) not in scene.snapshot.assumed
    return str(single(flow.target.address)) if is_chosen else _block(scene, flow.target)


def _source(scene: Scene, flow: Flow) -> str:
    """Outbound endpoints keep their addresses: theirs alone. Hosts come and go: the block of their subnet."""
    if flow.port == DNS and str(flow.source.address) not in scene.snapshot.assumed:
        return str(single(flow.source.address))
    return _block(scene, flow.source)


def _block(scene: Scene, party: Party) -> str:
    subnet = scene.facts.subnets.get(party.subnet_id)
    held = (each for each in (subnet_blocks(subnet) if subnet else ()) if each.holds(party.address))
    return str(next(held, single(party.address)))


def _permission(protocol: int, port: int, blocks: tuple[str, ...]) -> IpPermission:
    return IpPermission(
        ip_protocol={TCP: "tcp", UDP: "udp"}[protocol],
        from_port=port,
        to_port=port,
        ip_ranges=tuple(IpRange(cidr_ip=each) for each in blocks if ":" not in each),
        ipv6_ranges=tuple(Ipv6Range(cidr_ipv6=each) for each in blocks if ":" in each),
    )


def _ranges(permission: IpPermission) -> list[str]:
    return [*(each.cidr_ip for each in permission.ip_ranges), *(each.cidr_ipv6 for each in permission.ipv6_ranges)]


def _shown(found: tuple[IpPermission, ...], way: str) -> str:
    return "; ".join(
        f"{protocol_name({'tcp': TCP, 'udp': UDP}[each.ip_protocol])} {each.from_port} {way} "
        + ", ".join(_ranges(each))
        for each in found
    )


def _command(group_id: str, permission: IpPermission, verb: str) -> str:
    ranges = "".join(f"{{CidrIp={each.cidr_ip}}}," for each in permission.ip_ranges).rstrip(",")
    spelled = f"IpRanges=[{ranges}]" if ranges else ""
    wide = "".join(f"{{CidrIpv6={each.cidr_ipv6}}}," for each in permission.ipv6_ranges).rstrip(",")
    spelled = ",".join(filter(None, (spelled, f"Ipv6Ranges=[{wide}]" if wide else "")))
    return (
        f"aws ec2 authorize-security-group-{verb} --group-id {group_id} --ip-permissions "
        f"'IpProtocol={permission.ip_protocol},FromPort={permission.from_port},ToPort={permission.to_port},{spelled}'"
    )


def _own_group(scene: Scene, group: SecurityGroup, flows: list[Flow]) -> Iterator[Change]:
    for endpoint in scene.endpoints:
        if isinstance(endpoint.groups, UnsetType) or all(
            each.group_id != group.group_id for each in endpoint.groups
        ):
            continue
        wanted = permissions(scene, [each for each in flows if each.port == HTTPS], egress=False)
        own_id = f"sg-for-{endpoint.vpc_endpoint_id}"
        name = f"execute-api-{endpoint.vpc_endpoint_id}"
        made = SecurityGroup(
            group_id=own_id,
            group_name=name,
            description="callers of private APIs",
            vpc_id=endpoint.vpc_id,
            owner_id=group.owner_id,
            ip_permissions=wanted,
            ip_permissions_egress=(),
        )
        yield Change(
            kind="endpoint_group",
            resource=endpoint.vpc_endpoint_id,
            text=f"{endpoint.vpc_endpoint_id}: a security group of its own beside the VPC's default one, "
            f"to let {_shown(wanted, 'in from')}",
            commands=(
                f"GROUP=$(aws ec2 create-security-group --group-name {name} --vpc-id {endpoint.vpc_id} "
                "--description 'callers of private APIs' --query GroupId --output text)",
                *(_command('"$GROUP"', each, "ingress") for each in wanted),
                f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint.vpc_endpoint_id} "
                '--add-security-group-ids "$GROUP"',
            ),
            edits=(
                Edit("security_groups", own_id, made),
                *_with_group(scene, endpoint, GroupIdentifier(group_id=own_id, group_name=name)),
            ),
            rule="SG-06",
        )


def _with_group(scene: Scene, endpoint: VpcEndpoint, new: GroupIdentifier) -> Iterator[Edit]:
    """The endpoint and its interfaces with one group more: whoever comes by the others still does."""
    groups = endpoint.groups if isinstance(endpoint.groups, tuple) else ()
    wider = msgspec.structs.replace(endpoint, groups=(*groups, new))
    yield Edit("vpc_endpoints", endpoint.vpc_endpoint_id, wider)
    for own_id in endpoint.network_interface_ids if isinstance(endpoint.network_interface_ids, tuple) else ():
        found = scene.facts.network_interfaces.get(own_id)
        if found is not None and isinstance(found.groups, tuple):
            yield Edit("network_interfaces", own_id, msgspec.structs.replace(found, groups=(*found.groups, new)))
