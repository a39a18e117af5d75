"""ACLs by content, and which of their entries name a part: what of them decides a way."""

from collections.abc import Hashable

from narrowgate.engine.network.network_acls import CompiledAcl, acl_of_subnet
from narrowgate.exposure.sockets.parts import Part, twin_of
from narrowgate.model.answer import Missing
from narrowgate.model.snapshot import Snapshot, index

Key = tuple[Hashable, ...]


@index
def _acl_contents(snapshot: Snapshot) -> dict[tuple[object, ...], int]:
    """A number for each different list of entries."""
    return {}


@index
def _acl_numbers(snapshot: Snapshot) -> dict[int, int]:
    """The number of each compiled ACL, by identity."""
    return {}


@index
def _by_subnet(snapshot: Snapshot) -> dict[str, int | None]:
    """Filled as subnets are asked for."""
    return {}


@index
def _acl_keys(snapshot: Snapshot) -> dict[tuple[int, Part], Key]:
    """Filled as they are asked for."""
    return {}


def acl_number(snapshot: Snapshot, subnet_id: str) -> int | None:
    """A number that the ACLs of equal entries share; None where the subnet's is not known."""
    kept = _by_subnet(snapshot)
    if subnet_id not in kept:
        kept[subnet_id] = _read_number(snapshot, subnet_id)
    return kept[subnet_id]


def _read_number(snapshot: Snapshot, subnet_id: str) -> int | None:
    acl = acl_of_subnet(snapshot, subnet_id)
    if isinstance(acl, Missing):
        return None
    numbers = _acl_numbers(snapshot)
    number = numbers.get(id(acl))
    if number is None:
        contents = _acl_contents(snapshot)
        number = numbers[id(acl)] = contents.setdefault((acl.egress, acl.ingress), len(contents))
    return number


def acl_key(snapshot: Snapshot, subnet_id: str, *peers: Part) -> Key | None:
    """An ACL by content, and which of its entries name each of some parts; None where it is not known."""
    acl, number = acl_of_subnet(snapshot, subnet_id), acl_number(snapshot, subnet_id)
    if isinstance(acl, Missing) or number is None:
        return None
    return (number, *(naming(snapshot, number, acl, peer) for peer in peers))


def naming(snapshot: Snapshot, number: int, acl: CompiledAcl, peer: Part) -> Key:
    """Which entries of an ACL name a part, by their places."""
    kept = _acl_keys(snapshot)
    peer = twin_of(snapshot, peer)
    key = (number, peer)
    if key not in kept:
        entries = (*acl.egress, *acl.ingress)
        kept[key] = tuple(position for position, entry in enumerate(entries) if entry.cidr.holds(peer.sample))
    return kept[key]
