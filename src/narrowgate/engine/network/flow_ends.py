"""The two ends of a flow."""

import msgspec

from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.engine.network.interfaces import Interface, interface
from narrowgate.model.address import Address, parse_address
from narrowgate.model.host import Host
from narrowgate.model.snapshot import Snapshot


class End(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One end of a flow.

    `security_groups` is None where the end's groups are unknown. `lets_everything_out` marks a host that could be
    started: it is in no group that a rule refers to, and its own group lets everything out.
    """

    label: str
    address: Address
    vpc_id: str | None = None
    subnet_id: str | None = None
    security_groups: tuple[str, ...] | None = None
    lets_everything_out: bool = False
    is_address_only: bool = False
    """Nothing is known but the address, so a rule that names a group may mean it or not (SG-05)."""

    interface: Interface | None = None
    public_address: Address | None = None
    is_internet: bool = False
    original: "End | None" = None
    """Whose packets these are, where a NAT gateway or load balancer put its own address on them (SG-05)."""

    @property
    def component(self) -> str:
        """How steps name this end: its interface, else its label."""
        return (self.interface and self.interface.interface_id) or self.label


def end_of_interface(found: Interface, address: Address) -> End:
    """An interface as an end of a flow, at one of its addresses."""
    return End(
        label=found.label,
        address=address,
        vpc_id=found.vpc_id,
        subnet_id=found.subnet_id,
        security_groups=found.security_groups,
        interface=found,
        public_address=found.public_address(address),
    )


def end_of_host(snapshot: Snapshot, host: Host, address: Address) -> End:
    """A host as the sending end of a flow, at its address of the flow's family."""
    known = interface(snapshot, host.network_interface_id) if host.network_interface_id else None
    if known is None and host.vpc_id:
        known = interfaces_of_vpc(snapshot, host.vpc_id).get(address)
    is_hypothetical = host.security_groups is None and known is None and not host.has_unseen_interface
    groups = host.security_groups
    if groups is None and known is not None:
        groups = known.security_groups
    elif groups is None and is_hypothetical:
        groups = ()
    public = parse_address(host.public_ip) if host.public_ip else known.public_address(address) if known else None
    return End(
        label=host.label,
        address=address,
        vpc_id=host.vpc_id,
        subnet_id=host.subnet_id,
        security_groups=groups,
        lets_everything_out=is_hypothetical,
        is_address_only=host.is_address_only and known is None,
        interface=known,
        public_address=public,
        is_internet=host.is_internet,
    )
