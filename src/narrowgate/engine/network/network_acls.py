"""Network ACLs: which entry decides about a packet that crosses a subnet's border (ACL-01 to ACL-07)."""

from bisect import bisect_right
from typing import NamedTuple

from narrowgate.engine.network.flow import (
    ANY_PROTOCOL,
    ICMP,
    ICMPV6,
    TCP,
    UDP,
    Packet,
    protocol_name,
    protocol_number,
)
from narrowgate.engine.network.steps import At, missing_field
from narrowgate.engine.network.vpcs import missing_of_vpc
from narrowgate.model.address import Address, Cidr, IntervalSet, parse_cidr
from narrowgate.model.answer import Considered, Leg, Missing, Step, Verdict
from narrowgate.model.fact import UNSET
from narrowgate.model.filters import NetworkAcl, NetworkAclEntry
from narrowgate.model.kept import Kept
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot, index, keyed_index

_ALL_PORTS = IntervalSet([(0, 65535)])
_STAR = 32767


class Entry(NamedTuple):
    """One entry, parsed; `ports` is None where nobody knows them."""

    number: int
    allows: bool
    protocol: int | None
    cidr: Cidr
    ports: IntervalSet | None
    text: str


class Admission(NamedTuple):
    """What an ACL does with some ports: which pass, which nobody can tell, which entries said so."""

    allowed: IntervalSet
    undecided: IntervalSet
    decisive: tuple[Entry, ...]
    considered: tuple[Considered, ...]

    @property
    def chosen(self) -> str:
        """The entries that decided, as an answer shows them."""
        return "; ".join(entry.text for entry in self.decisive) or "* deny"


class CompiledAcl:
    """An ACL with its entries parsed, ordered and split by direction."""

    __slots__ = ("_decided", "_edges", "acl_id", "egress", "ingress", "judged")

    def __init__(self, acl: NetworkAcl, entries: tuple[NetworkAclEntry, ...]) -> None:
        self.acl_id = acl.network_acl_id
        self.egress = _ordered(entries, is_egress=True)
        self.ingress = _ordered(entries, is_egress=False)
        self._edges: dict[int, list[int]] = {}
        self._decided: Kept[tuple[object, ...], Admission] = Kept(4096)
        self.judged: Kept[tuple[object, ...], tuple[Step, IntervalSet]] = Kept(4096)
        """Steps already written: an estate asks one ACL about the same few peers again and again."""

    def admission(self, is_egress: bool, protocol: int, peer: Address, ports: IntervalSet) -> Admission:
        """Decide for a set of destination ports; the lowest number that matches decides each port (ACL-02)."""
        edges = self._edges.get(peer.family)
        if edges is None:
            edges = self._edges[peer.family] = self._read_edges(peer.family)
        key = (is_egress, protocol, peer.family, bisect_right(edges, peer.value), ports)
        found = self._decided.get(key)
        return found or self._decided.keep(key, self._decide(is_egress, protocol, peer, ports))

    def _read_edges(self, family: int) -> list[int]:
        """Where the decision may change: between two edges it is the same for all peers."""
        blocks = [entry.cidr for entry in (*self.egress, *self.ingress) if entry.cidr.family == family]
        return sorted({edge for block in blocks for edge in (block.first, block.last + 1)})

    def _decide(self, is_egress: bool, protocol: int, peer: Address, ports: IntervalSet) -> Admission:
        rest = ports
        allowed, undecided = IntervalSet(), IntervalSet()
        decisive: list[Entry] = []
        considered: list[Considered] = []
        for entry in self.egress if is_egress else self.ingress:
            part = _part(entry, protocol, peer, rest)
            if not part:
                considered.append(Considered(item=entry.text, outcome="rejected", why="does not match"))
                continue
            decisive.append(entry)
            if entry.ports is None:
                # Nobody knows which of these ports the entry takes, so no later entry can be believed either.
                undecided |= part
                considered.append(Considered(item=entry.text, outcome="unknown", why="its ports are not known"))
                rest -= part
            else:
                considered.append(Considered(item=entry.text, outcome="chosen", why=f"ports {part}"))
                if entry.allows:
                    allowed |= part
                rest -= part
            if not rest:
                break
        return Admission(allowed, undecided, tuple(decisive), tuple(considered))


def _ordered(entries: tuple[NetworkAclEntry, ...], *, is_egress: bool) -> tuple[Entry, ...]:
    return tuple(
        _entry(entry) for entry in sorted(entries, key=lambda each: each.rule_number) if entry.egress is is_egress
    )


def _entry(entry: NetworkAclEntry) -> Entry:
    protocol = protocol_number(entry.protocol)
    block = entry.ipv6_cidr_block or entry.cidr_block
    cidr = parse_cidr(block or "0.0.0.0/0")
    number = "*" if entry.rule_number >= _STAR else str(entry.rule_number)
    # Whatever an entry without a block admits or denies, nobody knows.
    ports = _ports(entry, protocol) if block else None
    named = entry.protocol if protocol is None else protocol_name(protocol)
    spelled = "" if ports is None or ports == _ALL_PORTS else f" {ports}"
    return Entry(
        number=entry.rule_number,
        allows=entry.rule_action.lower() == "allow",
        protocol=protocol,
        cidr=cidr,
        ports=ports,
        text=f"{number} {entry.rule_action.lower()} {named}{spelled} {cidr}",
    )


def _ports(entry: NetworkAclEntry, protocol: int | None) -> IntervalSet | None:
    if protocol not in (TCP, UDP):
        # ACL-06: only tcp and udp entries have ports; -1 and every other protocol cover all of them.
        return _ALL_PORTS
    found = entry.port_range
    if found is None or found.from_port is None or found.to_port is None:
        return None
    return IntervalSet([(found.from_port, found.to_port)])


def _part(entry: Entry, protocol: int, peer: Address, rest: IntervalSet) -> IntervalSet:
    """The ports of `rest` that an entry decides."""
    if entry.protocol not in (ANY_PROTOCOL, protocol) or not entry.cidr.holds(peer):
        return IntervalSet()
    if protocol in (ICMP, ICMPV6) or entry.ports is None:
        return rest
    return rest & entry.ports


@index
def _acl_of_subnet(snapshot: Snapshot) -> dict[str, str]:
    return {
        association.subnet_id: acl.network_acl_id
        for acl in snapshot.facts.network_acls.values()
        if acl.associations is not UNSET
        for association in acl.associations
    }


@index
def _default_acls(snapshot: Snapshot) -> dict[str, str]:
    return {
        acl.vpc_id: acl.network_acl_id
        for acl in snapshot.facts.network_acls.values()
        if acl.is_default and acl.vpc_id
    }


@index
def _unread_associations(snapshot: Snapshot) -> dict[str | None, str]:
    """An ACL of each VPC whose subnets nobody knows: it could guard any of them."""
    return {
        acl.vpc_id: acl.network_acl_id for acl in snapshot.facts.network_acls.values() if acl.associations is UNSET
    }


@keyed_index
def acl_of_subnet(snapshot: Snapshot, subnet_id: str) -> CompiledAcl | Missing:
    """The ACL that guards a subnet: the associated one, else the VPC's default (ACL-01).

    Falling back to the default needs the VPC owner's full list: another account may simply not see the
    association (SHR-01). Every subnet has an ACL, so none at all is unknown whatever the caller assumes.
    """
    acl_id = _acl_of_subnet(snapshot).get(subnet_id)
    subnet = snapshot.facts.subnets.get(subnet_id)
    if acl_id is None:
        if subnet is None:
            return Missing(fact="ec2.describe_subnets", resource=subnet_id)
        missing = missing_of_vpc(snapshot, "ec2.describe_network_acls", subnet.vpc_id, subnet_id)
        if missing:
            return missing
        acl_id = _default_acls(snapshot).get(subnet.vpc_id)
        unread = _unread_associations(snapshot).get(subnet.vpc_id)
        if unread is not None and not snapshot.assume_complete:
            return missing_field("NetworkAcl", "Associations", unread)
    if acl_id is None:
        return Missing(fact="ec2.describe_network_acls", resource=subnet_id, why="no ACL of the subnet is known")
    return _compiled(snapshot, acl_id)


@keyed_index
def _compiled(snapshot: Snapshot, acl_id: str) -> CompiledAcl | Missing:
    acl = snapshot.facts.network_acls[acl_id]
    if acl.entries is not UNSET:
        return CompiledAcl(acl, acl.entries)
    if not snapshot.assume_complete:
        return missing_field("NetworkAcl", "Entries", acl.network_acl_id)
    # ACL-05: a default ACL allows all, a custom one starts with deny-all.
    allow_all = tuple(
        NetworkAclEntry(
            rule_number=100, protocol="-1", rule_action="allow", egress=egress, cidr_block=v4, ipv6_cidr_block=v6
        )
        for egress in (False, True)
        for v4, v6 in (("0.0.0.0/0", None), (None, "::/0"))
    )
    return CompiledAcl(acl, allow_all if acl.is_default else ())


def check_acl(
    snapshot: Snapshot, packet: Packet, subnet_id: str | None, *, is_egress: bool, rule: str = "ACL-03"
) -> tuple[Step, IntervalSet]:
    """Test a packet against a subnet's ACL as it leaves (`is_egress`) or enters.

    Returns:
        The step, and the ports that are still open: all, some (`ACL_EPHEMERAL_PARTIAL`), or, after a failure, all
        again so that later tests stand on their own.
    """
    way = "out of" if is_egress else "into"
    if subnet_id is None:
        at = At(packet.leg, "network_acl", None, rule)
        here = packet.source if is_egress else packet.destination
        missing = Missing(fact="ec2.describe_subnets", resource=str(here), why="the subnet is not known")
        return at.unknown(f"which ACL guards the way {way} the subnet is not known", [missing]), packet.ports
    acl = acl_of_subnet(snapshot, subnet_id)
    if isinstance(acl, Missing):
        at = At(packet.leg, "network_acl", subnet_id, rule)
        return at.unknown(f"the ACL on the way {way} {subnet_id} is not known", [acl]), packet.ports
    peer = packet.destination if is_egress else packet.source
    key = (packet.leg, subnet_id, is_egress, packet.protocol, peer, packet.ports, rule)
    judged = acl.judged.get(key)
    if judged is None:
        found = acl.admission(is_egress, packet.protocol, peer, packet.ports)
        at = At(packet.leg, "network_acl", acl.acl_id, rule)
        judged = acl.judged.keep(key, _judge(snapshot, packet, found, at, f"{way} {subnet_id}", peer))
    return judged


def _judge(
    snapshot: Snapshot, packet: Packet, found: Admission, at: At, way: str, peer: Address
) -> tuple[Step, IntervalSet]:
    acl_id = at.component or ""
    chosen = found.chosen
    what = f"{protocol_name(packet.protocol)} ports {packet.ports} {way}, {peer} at the other end"
    evidence = (snapshot.evidence(acl_id, "Entries", chosen),)
    if found.allowed == packet.ports:
        step = at.passes(
            f"ACL {at.component} admits {what}", chosen=chosen, considered=found.considered, evidence=evidence
        )
        return step, packet.ports
    if found.undecided and (not found.allowed or (found.allowed | found.undecided) == packet.ports):
        missing = missing_field("NetworkAclEntry", "PortRange", acl_id)
        return at.unknown(f"whether ACL {at.component} admits {what} is not known", [missing]), packet.ports
    if not found.allowed and not found.undecided:
        text = f"ACL {at.component} denies {what}"
        reason, verdict, left = Reason.SUBNET_ACL_RESTRICTION, Verdict.DENIED, packet.ports
    else:
        blocked = packet.ports - found.allowed
        text = f"ACL {at.component} admits only part of {what}: {found.allowed} pass, {blocked} do not"
        reason, verdict, left = Reason.ACL_EPHEMERAL_PARTIAL, Verdict.PARTIAL, found.allowed
        at = At(packet.leg, at.layer, at.component, "ACL-07")
    step = at.fails(reason, text, verdict=verdict, chosen=chosen, considered=found.considered, evidence=evidence)
    return step, left


def leg_ports(leg: Leg, port: int, client_ports: tuple[int, int]) -> IntervalSet:
    """The destination ports of a leg: the service's on the way there, the client's on the way back (ACL-07)."""
    return IntervalSet([(port, port) if leg is not Leg.RETURN else client_ports])
