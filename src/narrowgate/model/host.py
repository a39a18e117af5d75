"""A host that asks or calls: a real interface, or one that could be started in a subnet."""

import msgspec

from narrowgate.model.address import Address


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """One sender: where it stands, its addresses, its security groups.

    `security_groups` is None for a host that could be started: it then has a group that lets everything out and
    that nothing refers to. `label` is how answers name the host.
    """

    label: str
    vpc_id: str | None
    subnet_id: str | None
    addresses: tuple[Address, ...]
    security_groups: tuple[str, ...] | None = None
    network_interface_id: str | None = None
    instance_id: str | None = None
    public_ip: str | None = None
    is_internet: bool = False
    platform: str | None = None
    is_address_only: bool = False
    """Nothing is known but the address: whoever has it may be in any group (SG-05)."""

    has_unseen_interface: bool = False
    """The interfaces of its VPC were not collected, so one may have the address, in groups that nobody knows."""

    def address(self, family: int) -> Address | None:
        """The host's address of a family (4 or 6), or None."""
        return next((address for address in self.addresses if address.family == family), None)
