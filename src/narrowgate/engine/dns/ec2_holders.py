"""Who has the address that a hostname of EC2's spells."""

import re
from typing import NamedTuple

from narrowgate.model.address import Address, is_address, parse_address
from narrowgate.model.snapshot import Snapshot, index

FIRSTREGION = "us-east-1"
FIRST_REGION = "us-east-1"
REGION = r"[a-z]{2}(?:-[a-z]+)+-\d"
OCTETS = r"(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})"
_PUBLIC = re.compile(rf"ec2-{OCTETS}\.(?:compute-1|(?P<region>{REGION})\.compute)\.amazonaws\.com")


class Hostname(NamedTuple):
    """An address and the Region that stands in its name."""

    address: Address
    region: str


class Holder(NamedTuple):
    """The interface that has an address."""

    interface_id: str
    vpc_id: str | None
    private_ip: str


def address_of(octets: tuple[str, ...]) -> Address | None:
    """The address that four groups of digits spell; None where they spell none."""
    text = ".".join(str(int(octet)) for octet in octets)
    return parse_address(text) if is_address(text) else None


def parse_public_hostname(name: str) -> Hostname | None:
    """Read `ec2-192-0-2-7.compute-1.amazonaws.com`; None for other names."""
    found = _PUBLIC.fullmatch(name)
    address = address_of(found.groups()[:4]) if found else None
    return Hostname(address, found["region"] or FIRST_REGION) if found and address else None


@index
def by_public_ip(snapshot: Snapshot) -> dict[str, Holder]:
    """Who has each public address."""
    holders: dict[str, Holder] = {}
    for interface in snapshot.facts.network_interfaces.values():
        pairs = [(interface.association, interface.private_ip_address)]
        pairs += [(each.association, each.private_ip_address) for each in interface.private_ip_addresses]
        for association, private_ip in pairs:
            if association and association.public_ip and private_ip:
                holders[association.public_ip] = Holder(
                    interface.network_interface_id, interface.vpc_id, private_ip
                )
    for instance in snapshot.facts.instances.values():
        if instance.public_ip_address and instance.private_ip_address:
            holders.setdefault(
                instance.public_ip_address,
                Holder(instance.instance_id, instance.vpc_id, instance.private_ip_address),
            )
    return holders


@index
def by_private_ip(snapshot: Snapshot) -> dict[str, tuple[Holder, ...]]:
    """Who has each private address."""
    holders: dict[str, tuple[Holder, ...]] = {}
    for interface in snapshot.facts.network_interfaces.values():
        texts = {each.private_ip_address for each in interface.private_ip_addresses}
        if interface.private_ip_address:
            texts.add(interface.private_ip_address)
        for text in texts:
            holder = Holder(interface.network_interface_id, interface.vpc_id, text)
            holders[text] = (*holders.get(text, ()), holder)
    return holders
