"""Arguments that are references as a whole: which they are, and what their value can be."""

from collections.abc import Mapping
from typing import Any

from narrowgate.model.resource import GetAtt
from narrowgate.sources.terraform.hcl.functions import JsonText

ATTRIBUTE_TYPES: Mapping[str, str] = {
    "DefaultSecurityGroup": "aws_default_security_group",
    "DefaultNetworkAcl": "aws_default_network_acl",
    "MainRouteTable": "aws_default_route_table",
}
"""What an attribute names, where that is not the resource itself."""

_REFERENCES = frozenset(
    {
        "id",
        "principals",
        "security_groups",
        "subnets",
        "vpc_security_group_ids",
        "values",
        "body",
        "ip",
        "policy",
        "target_id",
        "name",
    }
)
_LISTS = frozenset({"security_groups", "subnets", "values", "principals"})


def is_reference(name: str) -> bool:
    """True for an argument that is a reference as a whole: what it refers to is its value."""
    return name in _REFERENCES or name.endswith(("_id", "_ids", "_arn", "_arns"))


def fits(name: str, value: Any) -> bool:
    """True where a reference can be an argument's whole value: it may as well stand inside a text."""
    if name in ("policy", "body"):
        return isinstance(value, JsonText) or (isinstance(value, str) and value.lstrip().startswith("{"))
    if name in ("name", "ip"):
        return isinstance(value, GetAtt) and value.attribute.rpartition(".")[2] in _WHOLE_TEXTS
    return True


_WHOLE_TEXTS = frozenset({"DnsName", "DNSName", "Ip", "PrivateIp", "PrivateIpAddress", "PrimaryPrivateIpAddress"})


def is_list(name: str) -> bool:
    """True for an argument that holds several references."""
    return name in _LISTS or name.endswith(("_ids", "_arns"))
