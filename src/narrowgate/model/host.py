"""Who asks or calls: a host with its addresses and groups, and the client that stands for one or several."""

import msgspec

from narrowgate.model.address import Address
from narrowgate.model.answer import Missing


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


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: one host, or several where the text stands for several places.

    `any_address` tells that hosts without an interface stand for every free address of their subnet (or of the
    Internet), so that rules which cut through it must be asked about each part.
    """

    label: str
    kind: str
    hosts: tuple[Host, ...]
    any_address: bool = False
    client_ports: tuple[int, int] | None = None
    """What the hosts are known to send from; None where only the question tells (ACL-07)."""

    unknowns: tuple[Missing, ...] = ()
    """Facts without which not all hosts are known, such as a VPC's other subnets."""

    warnings: tuple[str, ...] = ()
