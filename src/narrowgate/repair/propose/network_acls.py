"""Entries that a network ACL lacks, for the flows that cross its subnets (ACL-03, ACL-07 to ACL-09)."""

from collections.abc import Iterator
from itertools import islice

import msgspec

from narrowgate.engine.network.flow import TCP, UDP
from narrowgate.engine.network.network_acls import CompiledAcl, acl_of_subnet
from narrowgate.engine.network.vpcs import subnet_blocks
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Cause, Missing
from narrowgate.model.fact import UnsetType
from narrowgate.model.filters import AclPortRange, NetworkAclEntry
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.flows import DNS, Flow, Party, single
from narrowgate.repair.scene import Scene

_EPHEMERAL = (1024, 65535)
_FIRST_NUMBER, _LAST_NUMBER = 1, 32766


class _Need(msgspec.Struct, frozen=True):
    """One direction that has to be open: protocol, ports, whose block."""

    egress: bool
    protocol: int
    ports: tuple[int, int]
    peer: str
    is_dns: bool


def propose(scene: Scene, cause: Cause) -> Iterator[Change]:
    """All entries that the ACL lacks for the call, above the entries that deny."""
    acl = scene.facts.network_acls.get(cause.resource or "")
    if acl is None or isinstance(acl.entries, UnsetType):
        return
    # Several addresses of one subnet, and several callers, ask for the same entry.
    needs = _by_udp_first([need for each in scene.sharing(cause) for need in _needs(each, acl.network_acl_id)])
    if not needs:
        return
    numbers = _free_numbers({each.rule_number for each in acl.entries}, len(needs))
    entries = tuple(_entry(need, number) for need, number in zip(needs, numbers, strict=True))
    changed = msgspec.structs.replace(acl, entries=(*acl.entries, *entries))
    shown = "; ".join(_shown(each) for each in needs)
    yield Change(
        kind="network_acl_entry",
        resource=acl.network_acl_id,
        text=f"{acl.network_acl_id}: {shown}",
        commands=tuple(_command(acl.network_acl_id, each) for each in entries),
        edits=(Edit("network_acls", acl.network_acl_id, changed),),
        rule="ACL-09" if any(each.is_dns for each in needs) else "ACL-08",
    )


def _needs(scene: Scene, acl_id: str) -> Iterator[_Need]:
    for flow in scene.flows:
        if flow.source.subnet_id == flow.target.subnet_id:
            continue
        for subnet_id, peer, is_source in (
            (flow.source.subnet_id, flow.target, True),
            (flow.target.subnet_id, flow.source, False),
        ):
            acl = acl_of_subnet(scene.snapshot, subnet_id)
            if isinstance(acl, Missing) or acl.acl_id != acl_id:
                continue
            service = (flow.port, flow.port)
            for egress, ports in ((is_source, service), (not is_source, _EPHEMERAL)):
                if not _is_open(acl, egress, flow, ports, peer.address):
                    yield _Need(egress, flow.protocol, ports, _block(scene, peer), flow.port == DNS)


def _by_udp_first(needs: list[_Need]) -> list[_Need]:
    """Each once, and without DNS over TCP where UDP passes: then it is no reason why a call fails."""
    if not any(each.protocol == UDP for each in needs):
        needs = [each for each in needs if not each.is_dns]
    return list({(each.egress, each.protocol, each.ports, each.peer): each for each in needs}.values())


def _is_open(acl: CompiledAcl, egress: bool, flow: Flow, ports: tuple[int, int], peer: Address) -> bool:
    wanted = IntervalSet([ports])
    found = acl.admission(egress, flow.protocol, peer, wanted)
    return found.allowed == wanted


def _block(scene: Scene, party: Party) -> str:
    """The block of the party's subnet: ACLs guard subnets, and addresses in them change."""
    subnet = scene.facts.subnets.get(party.subnet_id)
    held = (each for each in (subnet_blocks(subnet) if subnet else ()) if each.holds(party.address))
    found = next(held, None)
    return str(found if found is not None else single(party.address))


def _free_numbers(used: set[int], count: int) -> list[int]:
    """Numbers below every entry, so that no deny comes first (ACL-02); the highest such ones."""
    lowest = min(used, default=_LAST_NUMBER)
    below = list(range(max(_FIRST_NUMBER, lowest - count), lowest))
    free = (each for each in range(_FIRST_NUMBER, _LAST_NUMBER) if each not in used)
    return below if len(below) == count else list(islice(free, count))


def _entry(need: _Need, number: int) -> NetworkAclEntry:
    is_ipv6 = ":" in need.peer
    return NetworkAclEntry(
        rule_number=number,
        protocol=str(need.protocol),
        rule_action="allow",
        egress=need.egress,
        cidr_block=None if is_ipv6 else need.peer,
        ipv6_cidr_block=need.peer if is_ipv6 else None,
        port_range=AclPortRange(from_port=need.ports[0], to_port=need.ports[1]),
    )


def _shown(need: _Need) -> str:
    way = "out to" if need.egress else "in from"
    low, high = need.ports
    ports = str(low) if low == high else f"{low}-{high}"
    return (
        f"let {'TCP' if need.protocol == TCP else 'UDP' if need.protocol == UDP else ''} {ports} {way} {need.peer}"
    )


def _command(acl_id: str, entry: NetworkAclEntry) -> str:
    ports = entry.port_range
    block = (
        f"--cidr-block {entry.cidr_block}" if entry.cidr_block else f"--ipv6-cidr-block {entry.ipv6_cidr_block}"
    )
    return (
        f"aws ec2 create-network-acl-entry --network-acl-id {acl_id} --rule-number {entry.rule_number} "
        f"--protocol {entry.protocol} --port-range From={ports.from_port},To={ports.to_port} {block} "
        f"--rule-action allow {'--egress' if entry.egress else '--ingress'}"
        if ports is not None
        else ""
    )
