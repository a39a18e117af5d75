"""Senders and targets of a VPC that no rule tells apart, each class with one that stands for it."""

from typing import NamedTuple

from narrowgate.engine.network.flow import platform_ports
from narrowgate.engine.network.hosts import host_of_interface
from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.engine.network.interfaces import Interface
from narrowgate.engine.network.services import check_target
from narrowgate.engine.network.vpcs import subnets_by_vpc
from narrowgate.exposure.sockets.parts import Part, part_at, parts_of_subnet
from narrowgate.exposure.sockets.senders import Sender, groups_in_vpc, is_host
from narrowgate.exposure.sockets.served import Served, served_by
from narrowgate.exposure.sockets.targets import targets_of_vpc
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Verdict
from narrowgate.model.host import Host
from narrowgate.model.snapshot import Snapshot, index


class SenderClass:
    """Hosts of one part of a subnet, with the same groups and client ports; compared by identity.

    `carried` are the groups that a rule may mean them by; `readiness` is the state of their interfaces.
    """

    __slots__ = (
        "_told",
        "carried",
        "client_ports",
        "groups",
        "is_ready",
        "is_real",
        "outlook",
        "part",
        "readiness",
        "senders",
        "shape",
    )

    def __init__(
        self,
        part: Part | None,
        groups: tuple[str, ...] | None,
        client_ports: tuple[int, int],
        *,
        is_real: bool,
        carried: frozenset[str],
        readiness: tuple[object, ...] = (),
    ) -> None:
        self.part = part
        self.groups = groups
        self.client_ports = client_ports
        self.is_real = is_real
        self.carried = carried
        self.readiness = readiness
        self.senders: list[Sender] = []
        self._told: tuple[Sender, ...] = ()
        self.shape: int | None = None
        """What it is to other VPCs, apart from ids and groups; None where that is not known."""

        self.outlook: Part | None = None
        """A part that sees other VPCs as this one does."""

        self.is_ready: bool | None = None
        """Whether it opens connections for certain; None until somebody asks."""

    @property
    def every_sender(self) -> tuple[Sender, ...]:
        """The senders, once there are no more to come."""
        if len(self._told) != len(self.senders):
            self._told = tuple(self.senders)
        return self._told

    @property
    def sample(self) -> Sender:
        """The sender that stands for the class."""
        return self.senders[0]


class TargetClass:
    """Interfaces of one part of a subnet, with the same groups, that serve the same ports."""

    __slots__ = ("_told", "groups", "is_certain", "members", "outlook", "part", "served", "shape")

    def __init__(
        self, part: Part | None, groups: tuple[str, ...] | None, served: Served, *, is_certain: bool
    ) -> None:
        self.part = part
        self.groups = groups
        self.served = served
        self.is_certain = is_certain
        """Whether it is in a state that serves for certain."""
        self.members: list[tuple[Interface, Address]] = []
        self._told: tuple[tuple[Interface, Address], ...] = ()
        self.shape: int | None = None
        """What it is to other VPCs, apart from ids and groups; None where that is not known."""

        self.outlook: Part | None = None
        """A part that sees other VPCs as this one does."""

    @property
    def is_endpoint(self) -> bool:
        """Whether its members are interfaces of an endpoint: they are in no class with others."""
        return self.members[0][0].vpc_endpoint_id is not None

    @property
    def every_member(self) -> tuple[tuple[Interface, Address], ...]:
        """The members, once there are no more to come."""
        if len(self._told) != len(self.members):
            self._told = tuple(self.members)
        return self._told


class Classes(NamedTuple):
    """A VPC's senders and targets."""

    senders: tuple[SenderClass, ...]
    targets: tuple[TargetClass, ...]


@index
def _kept(snapshot: Snapshot) -> dict[str, Classes]:
    """Filled as VPCs are asked for."""
    return {}


def classes_of_vpc(snapshot: Snapshot, vpc_id: str) -> Classes:
    """Every sender and every target of a VPC, in classes."""
    kept = _kept(snapshot)
    if vpc_id not in kept:
        kept[vpc_id] = Classes(_senders(snapshot, vpc_id), _targets(snapshot, vpc_id))
    return kept[vpc_id]


def _senders(snapshot: Snapshot, vpc_id: str) -> tuple[SenderClass, ...]:
    found: dict[tuple[object, ...], SenderClass] = {}
    for known in {each.label: each for each in interfaces_of_vpc(snapshot, vpc_id).values()}.values():
        if not is_host(known):
            continue
        for address in known.addresses:
            own = IntervalSet([(address.value, address.value)])
            host = host_of_interface(known, label=known.label, address=address)
            part = part_at(snapshot, known.subnet_id, address)
            ports = platform_ports(host.platform)
            # A public address, and whether the host is there at all, are its own.
            state, groups = _state(snapshot, known), known.security_groups
            key = (part or known.label, groups, ports, state, host.public_ip)
            carried = frozenset(groups or ())
            made = SenderClass(part, groups, ports, is_real=True, carried=carried, readiness=state)
            cls = found.setdefault(key, made)
            cls.senders.append(Sender(host, address.family, own, True, own))
    return (*found.values(), *_startable(snapshot, vpc_id))


def _state(snapshot: Snapshot, known: Interface) -> tuple[object, ...]:
    instance = snapshot.facts.instances.get(known.instance_id or "")
    return (known.status, instance.state.name if instance else None)


def _startable(snapshot: Snapshot, vpc_id: str) -> list[SenderClass]:
    found = []
    named = groups_in_vpc(snapshot).get(vpc_id, frozenset())
    for subnet in subnets_by_vpc(snapshot).get(vpc_id, ()):
        for block in parts_of_subnet(snapshot, subnet):
            for part in block.parts:
                if part.free is None or not part.hosts:
                    continue
                host = Host(
                    label=subnet.subnet_id, vpc_id=vpc_id, subnet_id=subnet.subnet_id, addresses=(part.free,)
                )
                cls = SenderClass(part, None, platform_ports(None), is_real=False, carried=named)
                cls.senders.append(Sender(host, part.family, part.hosts, False, block.whole))
                found.append(cls)
    return found


def _targets(snapshot: Snapshot, vpc_id: str) -> tuple[TargetClass, ...]:
    found: dict[tuple[object, ...], TargetClass] = {}
    for known in targets_of_vpc(snapshot, vpc_id):
        verdicts = {step.verdict for step in check_target(snapshot, known)}
        served = served_by(snapshot, known)
        if verdicts & {Verdict.DENIED, Verdict.INVALID} or served.is_nothing:
            continue
        certain = verdicts <= {Verdict.ALLOWED}
        for address in known.addresses:
            part = part_at(snapshot, known.subnet_id, address)
            key = (part or known.label, known.security_groups, served, certain or known.label, _unfiltered(known))
            cls = found.setdefault(key, TargetClass(part, known.security_groups, served, is_certain=certain))
            cls.members.append((known, address))
    return tuple(found.values())


def _unfiltered(known: Interface) -> object:
    """Interfaces without groups, and endpoints, are judged by what they are (SG-09, SG-11)."""
    return (known.vpc_endpoint_id is not None, None if known.security_groups else known.label)
