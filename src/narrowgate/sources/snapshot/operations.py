"""The table of AWS calls whose answers narrowgate reads."""

from collections.abc import Mapping

from narrowgate.sources.snapshot.api_operations import API_OPERATIONS
from narrowgate.sources.snapshot.dns_operations import DNS_OPERATIONS
from narrowgate.sources.snapshot.ec2_operations import EC2_OPERATIONS
from narrowgate.sources.snapshot.operation import Operation

_TABLE = (*EC2_OPERATIONS, *DNS_OPERATIONS, *API_OPERATIONS)
OPERATIONS: Mapping[str, Operation] = {operation.name: operation for operation in _TABLE}

# Calls whose answers bear on audits and inventories but on no verdict: their files are known and left unread.
RECOGNISED = frozenset(
    {
        "kms.list_aliases",
        "network-firewall.describe_firewall",
        "network-firewall.list_firewalls",
        "organizations.describe_organization",
        "ram.get_resource_shares",
        "ram.list_resources",
        "vpc-lattice.list_service_networks",
        "wafv2.list_resources_for_web_acl",
        "wafv2.list_web_acls",
    }
)

# Top-level keys that name their call although the file's name does not. `PrefixLists` stands for two calls, told
# apart by what an element holds; `Associations`, `items` and the like could be anything.
KEYS: Mapping[str, str] = {
    operation.key: operation.name
    for operation in _TABLE
    if operation.key and operation.parent is None and operation.key not in {"items", "PrefixLists"}
}
