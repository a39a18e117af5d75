"""Security groups and network ACLs as the lab's filters: what was written, in order, nothing decided here."""

from collections.abc import Iterable, Iterator

from narrowgate.lab.plan.naming import Names
from narrowgate.lab.plan.types import Acl, Entry, Group, Permission
from narrowgate.model.fact import UnsetType
from narrowgate.model.filters import IpPermission, NetworkAcl, NetworkAclEntry
from narrowgate.model.snapshot import Snapshot

_NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}


def groups(snapshot: Snapshot, names: Names) -> Iterator[Group]:
    """Every group of the estate."""
    for own_id, group in sorted(snapshot.facts.security_groups.items()):
        yield Group(
            name=names.name("g", own_id),
            label=own_id,
            ingress=tuple(_permissions(snapshot, group.ip_permissions)),
            egress=tuple(_permissions(snapshot, group.ip_permissions_egress)),
        )


def _permissions(snapshot: Snapshot, found: Iterable[IpPermission] | UnsetType) -> Iterator[Permission]:
    for each in () if isinstance(found, UnsetType) else found:
        number = protocol(each.ip_protocol)
        ports = None
        if number in (6, 17) and each.from_port is not None and each.to_port is not None:
            ports = (each.from_port, each.to_port)
        blocks = [one.cidr_ip for one in each.ip_ranges] + [one.cidr_ipv6 for one in each.ipv6_ranges]
        for listed in each.prefix_list_ids:
            blocks += [one.cidr for one in snapshot.facts.prefix_list_entries.get(listed.prefix_list_id, ())]
        references = tuple(one.group_id for one in each.user_id_group_pairs if one.group_id)
        yield Permission(protocol=number, ports=ports, blocks=tuple(map(str, blocks)), groups=references)


def protocol(text: str) -> int | None:
    """A protocol's number; None for every one (`-1`)."""
    if text == "-1":
        return None
    return _NUMBERS.get(text) or int(text)


def acls(snapshot: Snapshot, names: Names) -> Iterator[Acl]:
    """Every ACL of the estate, its entries by number (ACL-02)."""
    for own_id, acl in sorted(snapshot.facts.network_acls.items()):
        yield Acl(name=names.name("a", own_id), label=own_id, entries=tuple(_entries(acl)))


def _entries(acl: NetworkAcl) -> Iterator[Entry]:
    found: tuple[NetworkAclEntry, ...] = () if isinstance(acl.entries, UnsetType) else acl.entries
    for each in sorted(found, key=lambda entry: entry.rule_number):
        number = protocol(str(each.protocol))
        block = each.cidr_block or each.ipv6_cidr_block
        if block is None:
            continue
        ports = None
        if number in (6, 17) and each.port_range is not None and each.port_range.from_port is not None:
            ports = (each.port_range.from_port, each.port_range.to_port or each.port_range.from_port)
        # What is neither TCP, UDP nor ICMP covers every port of its protocol (ACL-06).
        yield Entry(
            allows=each.rule_action == "allow",
            egress=each.egress,
            protocol=number,
            ports=ports,
            block=str(block),
            number=each.rule_number,
        )


def acl_of_subnet(snapshot: Snapshot, subnet_id: str) -> str | None:
    """The ACL that guards a subnet: its own, else the VPC's default one (ACL-01)."""
    subnet = snapshot.facts.subnets[subnet_id]
    default = None
    for own_id, acl in snapshot.facts.network_acls.items():
        associations = () if isinstance(acl.associations, UnsetType) else acl.associations
        if any(each.subnet_id == subnet_id for each in associations):
            return own_id
        if acl.is_default and acl.vpc_id == subnet.vpc_id:
            default = own_id
    return default
