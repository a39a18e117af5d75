"""Rules of security groups, compiled by direction (SG-02, SG-03)."""

from enum import Enum
from typing import NamedTuple

from narrowgate.engine.network.flow import (
    TCP,
    UDP,
    protocol_name,
    protocol_number,
)
from narrowgate.engine.network.steps import missing_field
from narrowgate.model.address import Cidr, parse_cidr
from narrowgate.model.answer import Missing
from narrowgate.model.fact import UNSET
from narrowgate.model.filters import IpPermission, UserIdGroupPair
from narrowgate.model.snapshot import Snapshot, keyed_index


class Rule(NamedTuple):
    """One permission of a group, parsed; `ports` is None where tcp or udp lack them in the source."""

    protocol: int | None
    ports: tuple[int, int] | None
    blocks: tuple[Cidr, ...]
    prefix_lists: tuple[str, ...]
    references: tuple[UserIdGroupPair, ...]
    spelled: str


class Direction(Enum):
    """Which rules are asked."""

    EGRESS = "egress"
    INGRESS = "ingress"


def group_rules(snapshot: Snapshot, group_id: str, direction: Direction) -> tuple[Rule, ...] | Missing:
    """The rules of a group in one direction, or the missing fact."""
    return _compiled(snapshot, group_id)[direction is Direction.EGRESS]


@keyed_index
def _compiled(snapshot: Snapshot, group_id: str) -> tuple[tuple[Rule, ...] | Missing, tuple[Rule, ...] | Missing]:
    """The rules of a group, inbound and outbound."""
    return _compile(snapshot, group_id, Direction.INGRESS), _compile(snapshot, group_id, Direction.EGRESS)


def _compile(snapshot: Snapshot, group_id: str, direction: Direction) -> tuple[Rule, ...] | Missing:
    group = snapshot.facts.security_groups.get(group_id)
    if group is None:
        # An interface cannot carry a group that does not exist: a list without it is out of date, not empty.
        return Missing(
            fact="ec2.describe_security_groups",
            resource=group_id,
            why="named by another resource, but not in the source",
        )
    is_egress = direction is Direction.EGRESS
    permissions = group.ip_permissions_egress if is_egress else group.ip_permissions
    if permissions is UNSET:
        if not snapshot.assume_complete:
            return missing_field(
                "SecurityGroup", "IpPermissionsEgress" if is_egress else "IpPermissions", group_id
            )
        permissions = ()
    return tuple(_rule(permission) for permission in permissions)


def _rule(permission: IpPermission) -> Rule:
    protocol = protocol_number(permission.ip_protocol)
    blocks = [parse_cidr(each.cidr_ip) for each in permission.ip_ranges]
    if permission.ipv6_ranges:
        blocks += [parse_cidr(each.cidr_ipv6) for each in permission.ipv6_ranges]
    ports = _ports(permission, protocol)
    name = permission.ip_protocol if protocol is None else protocol_name(protocol)
    spelled = name if ports is None or ports == (0, 65535) else f"{name} {ports[0]}-{ports[1]}"
    return Rule(
        protocol=protocol,
        ports=ports,
        blocks=tuple(blocks),
        prefix_lists=tuple([each.prefix_list_id for each in permission.prefix_list_ids]),
        references=permission.user_id_group_pairs,
        spelled=spelled,
    )


def _ports(permission: IpPermission, protocol: int | None) -> tuple[int, int] | None:
    if protocol not in (TCP, UDP):
        # SG-03: -1 and every protocol but tcp, udp and icmp mean all ports.
        return (0, 65535)
    if permission.from_port is None or permission.to_port is None:
        return None
    return (permission.from_port, permission.to_port)
