"""What an AWS id may stand for although no list that was collected names it."""

import re
from typing import Final

from narrowgate.model.answer import Missing
from narrowgate.model.snapshot import Snapshot, index

_LISTS: Final = {
    "i": ("instance", "ec2.describe_instances"),
    "eni": ("network_interface", "ec2.describe_network_interfaces"),
    "subnet": ("subnet", "ec2.describe_subnets"),
    "vpc": ("vpc", "ec2.describe_vpcs"),
    "vpce": ("vpc_endpoint", "ec2.describe_vpc_endpoints"),
    "rslvr-in": ("resolver_endpoint", "route53resolver.list_resolver_endpoints"),
    "rslvr-out": ("resolver_endpoint", "route53resolver.list_resolver_endpoints"),
}
_ID: Final = re.compile(r"(?P<kind>[a-z]+(?:-[a-z]+)?)-[0-9a-z]+\Z")


def unlisted(snapshot: Snapshot, text: str) -> tuple[str, Missing] | None:
    """The kind of resource that an id means, and the first list that was not collected and could name it.

    None for what is no id, and where every account's list was collected: then nothing is called that.
    """
    found = _ID.match(text)
    meant = _LISTS.get(found["kind"]) if found else None
    if meant is None:
        return None
    kind, operation = meant
    for account, region in _places(snapshot):
        missing = snapshot.missing(operation, account, region, resource=text)
        if missing is not None:
            return kind, missing
    return None


@index
def _places(snapshot: Snapshot) -> tuple[tuple[str | None, str | None], ...]:
    """The accounts and Regions that were asked anything of a Region."""
    found = {(call.account, call.region) for call in snapshot.calls if call.region != "global"}
    return tuple(sorted(found, key=str))
