"""Repairs of findings about groups that admit too much: the wide range goes, who needs it comes, others stay."""

import json
from collections.abc import Callable, Iterator, Sequence
from shlex import quote
from typing import Any

import msgspec

from narrowgate.engine.dns.connected_vpcs import connections_of
from narrowgate.engine.network.flow import TCP, UDP, protocol_number
from narrowgate.engine.network.vpcs import vpc_blocks
from narrowgate.model.address import Cidr, parse_cidr
from narrowgate.model.fact import UnsetType
from narrowgate.model.filters import IpPermission, IpRange, Ipv6Range, SecurityGroup
from narrowgate.model.finding import Finding
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change, Edit

_WIDE = 16
"""A range of more addresses than this is wide on port 53 (DNS009)."""


def narrow_endpoint_group(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """EPT004: TCP 443 for the ranges of the VPC and of those that are connected to it, in place of everywhere."""
    group = snapshot.facts.security_groups.get(finding.resource)
    if group is None or group.vpc_id is None or isinstance(group.ip_permissions, UnsetType):
        return
    vpcs = [group.vpc_id, *(each.vpc_id for each in connections_of(snapshot, group.vpc_id))]
    open_to = {
        block.family for each in group.ip_permissions for block in _blocks(each) if block.prefix_length == 0
    }
    found = [block for each in vpcs for block in vpc_blocks(snapshot, each) or () if block.family in open_to]
    kept = [_without(each, lambda block: block.prefix_length == 0) for each in group.ip_permissions]
    needed = _permission("tcp", 443, tuple(dict.fromkeys(map(str, found))))
    yield from _rewritten(
        group, [*kept, needed], "SG-06", f"admit TCP 443 from {_shown(needed)}, not from everywhere"
    )


def admit_https_alone(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """EPT012: whoever is admitted on 443 and more is admitted on 443; the endpoint listens on nothing else."""
    group = snapshot.facts.security_groups.get(finding.resource)
    if group is None or isinstance(group.ip_permissions, UnsetType):
        return
    kept = [
        msgspec.structs.replace(each, ip_protocol="tcp", from_port=443, to_port=443)
        for each in group.ip_permissions
        if _admits(each, TCP, 443)
    ]
    yield from _rewritten(group, kept, "SG-06", "admit its callers on TCP 443 alone")


def narrow_inbound_group(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """DNS009: UDP and TCP 53 for the outbound endpoints whose rules lead here, in place of wide ranges."""
    endpoint = snapshot.facts.resolver_endpoints.get(finding.resource)
    group = snapshot.facts.security_groups.get(finding.subject)
    if endpoint is None or group is None or isinstance(group.ip_permissions, UnsetType):
        return
    senders = tuple(f"{each}/32" for each in senders_to(snapshot, endpoint.id))
    if not senders:
        return
    kept = [
        _without(each, lambda block: block.last - block.first >= _WIDE)
        if _admits(each, UDP, 53) or _admits(each, TCP, 53)
        else each
        for each in group.ip_permissions
    ]
    needed = [_permission(protocol, 53, senders) for protocol in ("udp", "tcp")]
    told = f"admit UDP and TCP 53 from {', '.join(senders)}, not from wide ranges"
    yield from _rewritten(group, [*kept, *needed], "IN-06", told)


def without_stale_reference(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """NET011: rules without the groups of a peering that is gone; they admit nobody."""
    group = snapshot.facts.security_groups.get(finding.resource)
    if group is None or isinstance(group.ip_permissions, UnsetType):
        return
    kept = []
    for each in group.ip_permissions:
        pairs = tuple(
            pair for pair in each.user_id_group_pairs if pair.vpc_peering_connection_id != finding.subject
        )
        kept.append(msgspec.structs.replace(each, user_id_group_pairs=pairs))
    yield from _rewritten(group, kept, "PCX-10", f"no rule for groups over {finding.subject}, which is gone")


def senders_to(snapshot: Snapshot, endpoint_id: str) -> tuple[str, ...]:
    """The addresses of the outbound endpoints whose rules lead to an inbound endpoint."""
    own = {each.ip for each in snapshot.facts.resolver_endpoint_ips.get(endpoint_id, ())}
    found = (
        each.ip
        for rule in snapshot.facts.resolver_rules.values()
        if any(target.ip in own for target in rule.target_ips)
        for each in snapshot.facts.resolver_endpoint_ips.get(rule.resolver_endpoint_id or "", ())
    )
    return tuple(dict.fromkeys(each for each in found if each))


def _rewritten(group: SecurityGroup, wanted: Sequence[IpPermission], rule: str, told: str) -> Iterator[Change]:
    """A group with other rules in: the new ones first, so that nobody who stays is shut out meanwhile."""
    present = group.ip_permissions if isinstance(group.ip_permissions, tuple) else ()
    after = tuple(dict.fromkeys(each for each in wanted if _has_peers(each)))
    added = [each for each in after if each not in present]
    gone = [each for each in present if each not in after]
    if not added and not gone:
        return
    # A rule that stays in part would be refused as a duplicate before its old form is gone.
    both = [each for each in added if any(_overlaps(each, one) for one in gone)]
    first = [each for each in added if each not in both]
    yield Change(
        kind="security_group_ingress",
        resource=group.group_id,
        text=f"{group.group_id}: {told}",
        commands=(
            *(_command("authorize", group.group_id, each) for each in first),
            *(_command("revoke", group.group_id, each) for each in gone),
            *(_command("authorize", group.group_id, each) for each in both),
        ),
        edits=(Edit("security_groups", group.group_id, msgspec.structs.replace(group, ip_permissions=after)),),
        rule=rule,
    )


def _command(verb: str, group_id: str, permission: IpPermission) -> str:
    spelled = quote(json.dumps([_spelled(msgspec.to_builtins(permission))], separators=(",", ":")))
    return f"aws ec2 {verb}-security-group-ingress --group-id {group_id} --ip-permissions {spelled}"


def _spelled(value: Any) -> Any:
    """A fact as a parameter: AWS takes no null, and an empty list as one that is meant."""
    match value:
        case dict():
            return {key: _spelled(each) for key, each in value.items() if each not in (None, "", [], ())}
        case list() | tuple():
            return [_spelled(each) for each in value]
    return value


def _overlaps(one: IpPermission, other: IpPermission) -> bool:
    """Whether two permissions give the same protocol and ports to one peer."""
    ports = (one.ip_protocol, one.from_port, one.to_port)
    peers = {*one.ip_ranges, *one.ipv6_ranges, *one.prefix_list_ids, *one.user_id_group_pairs}
    others = (*other.ip_ranges, *other.ipv6_ranges, *other.prefix_list_ids, *other.user_id_group_pairs)
    return ports == (other.ip_protocol, other.from_port, other.to_port) and any(each in peers for each in others)


def _without(permission: IpPermission, is_wide: Callable[[Cidr], bool]) -> IpPermission:
    return msgspec.structs.replace(
        permission,
        ip_ranges=tuple(each for each in permission.ip_ranges if not is_wide(parse_cidr(each.cidr_ip))),
        ipv6_ranges=tuple(each for each in permission.ipv6_ranges if not is_wide(parse_cidr(each.cidr_ipv6))),
    )


def _has_peers(permission: IpPermission) -> bool:
    return any(
        (permission.ip_ranges, permission.ipv6_ranges, permission.prefix_list_ids, permission.user_id_group_pairs)
    )


def _blocks(permission: IpPermission) -> list[Cidr]:
    blocks = [parse_cidr(each.cidr_ip) for each in permission.ip_ranges]
    return blocks + [parse_cidr(each.cidr_ipv6) for each in permission.ipv6_ranges]


def _admits(permission: IpPermission, protocol: int, port: int) -> bool:
    if permission.ip_protocol == "-1":
        return True
    low, high = permission.from_port, permission.to_port
    is_within = low is not None and high is not None and low <= port <= high
    return protocol_number(permission.ip_protocol) == protocol and is_within


def _permission(protocol: str, port: int, blocks: tuple[str, ...]) -> IpPermission:
    return IpPermission(
        ip_protocol=protocol,
        from_port=port,
        to_port=port,
        ip_ranges=tuple(IpRange(cidr_ip=each) for each in blocks if ":" not in each),
        ipv6_ranges=tuple(Ipv6Range(cidr_ipv6=each) for each in blocks if ":" in each),
    )


def _shown(permission: IpPermission) -> str:
    return ", ".join(map(str, _blocks(permission)))
