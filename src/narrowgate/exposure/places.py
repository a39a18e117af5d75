"""Which VPC the addresses of a name lie in."""

from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.engine.network.vpcs import vpc_blocks
from narrowgate.model.address import is_address, parse_address, parse_cidr
from narrowgate.model.exposure import UNKNOWN, ExposedName
from narrowgate.model.snapshot import Snapshot


def is_in_vpc(snapshot: Snapshot, entry: ExposedName, vpc_id: str) -> bool:
    """Whether a name leads into a VPC, or may."""
    if entry.state == UNKNOWN:
        return True
    endpoint = snapshot.facts.vpc_endpoints.get(entry.target or "")
    if endpoint is not None:
        return endpoint.vpc_id == vpc_id
    blocks = vpc_blocks(snapshot, vpc_id) or ()
    if entry.embeds:
        return any(
            parse_cidr(text).overlaps(block) for text in entry.embeds if "-" not in text for block in blocks
        )
    here = interfaces_of_vpc(snapshot, vpc_id)
    addresses = [parse_address(text) for text in entry.addresses if is_address(text)]
    return any(each in here or any(block.holds(each) for block in blocks) for each in addresses)
