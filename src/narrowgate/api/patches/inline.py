"""Routes, rules and entries written inside the block of their table, group or ACL.

The provider takes a block that lists some of them inside for the whole list: one of its own beside it would be
taken away again at the next apply. So what is listed inside stays inside.
"""

from typing import Any

from narrowgate.api.patches.node import Uncertain
from narrowgate.api.patches.terraform_json import in_json
from narrowgate.api.patches.terraform_text import Found, TerraformText, address_of
from narrowgate.generate.terraform.hcl import Block
from narrowgate.repair.written import Add

_PARENTS = {
    "AWS::EC2::Route": ("RouteTableId", ("route",)),
    "AWS::EC2::SecurityGroupIngress": ("GroupId", ("ingress", "egress")),
    "AWS::EC2::SecurityGroupEgress": ("GroupId", ("egress", "ingress")),
    "AWS::EC2::NetworkAclEntry": ("NetworkAclId", ("ingress", "egress")),
}
_DEFAULTS = {
    "AWS::EC2::Route": ("aws_default_route_table", "default_route_table_id"),
    "AWS::EC2::SecurityGroupIngress": ("aws_default_security_group", "vpc_id"),
    "AWS::EC2::SecurityGroupEgress": ("aws_default_security_group", "vpc_id"),
    "AWS::EC2::NetworkAclEntry": ("aws_default_network_acl", "default_network_acl_id"),
}


def takes_inline(text: TerraformText, part: Add) -> Found | None:
    """The block that a new route, rule or entry has to stand in; None where it is a resource of its own.

    Raises:
        Uncertain: it has to stand in one that cannot be edited.
    """
    if part.type not in _PARENTS:
        return None
    field, words = _PARENTS[part.type]
    own = part.properties[field].logical_id
    if own in text.made:
        return None
    address = address_of(text.snapshot, own)
    if address.type == "aws_vpc":
        kind, argument = _DEFAULTS[part.type]
        named = own if argument != "vpc_id" else _vpc_of(text, own)
        for each in text.resources(address.names, kind):
            written = each.block.body.attributes.get(argument)
            if text.reads(written.value if written else None, named, address.names):
                text.single(address.names)
                return each
        return None
    if text.emptied.pop(own, None) is not None:
        # What was listed inside stays inside: without a block the provider would leave what is gone as it is.
        return text.only(address)
    in_other_syntax = in_json(text, address)
    if in_other_syntax is not None:
        inside = next((each for each in words if each in in_other_syntax.node.values), None)
        if inside is not None:
            raise Uncertain(
                f"`{inside}` is written inside it", in_other_syntax.node.line, str(in_other_syntax.path)
            )
        return None
    found = text.resource(address)
    body = found.block.body
    for word in words:
        if word in body.attributes:
            line = body.attributes[word].line
            raise Uncertain(f"`{word}` is written as an argument", line, str(found.path))
        if any(word in (each.type, *each.labels[:1]) for each in body.blocks if each.type in (word, "dynamic")):
            return text.only(address)
    return text.only(address) if address.type.startswith("aws_default_") else None


def _vpc_of(text: TerraformText, group_id: str) -> str:
    group = text.snapshot.facts.security_groups.get(group_id)
    return str(group.vpc_id) if group is not None else ""


def inline_block(kind: str, properties: dict[str, Any]) -> Block:
    """The nested block of a route, rule or entry, its references resolved."""
    if kind == "AWS::EC2::Route":
        names = {
            "DestinationCidrBlock": "cidr_block",
            "DestinationIpv6CidrBlock": "ipv6_cidr_block",
            "VpcPeeringConnectionId": "vpc_peering_connection_id",
            "TransitGatewayId": "transit_gateway_id",
            "GatewayId": "gateway_id",
        }
        return Block("route", (), [(names[key], each) for key, each in properties.items() if key in names])
    if kind == "AWS::EC2::NetworkAclEntry":
        ports = properties.get("PortRange") or {"From": 0, "To": 0}
        block = properties.get("CidrBlock")
        return Block(
            "egress" if properties["Egress"] else "ingress",
            (),
            [
                ("rule_no", properties["RuleNumber"]),
                ("action", properties["RuleAction"]),
                ("protocol", str(properties["Protocol"])),
                ("cidr_block", block) if block else ("ipv6_cidr_block", properties.get("Ipv6CidrBlock")),
                ("from_port", ports["From"]),
                ("to_port", ports["To"]),
            ],
        )
    ranges = (("cidr_blocks", properties.get("CidrIp")), ("ipv6_cidr_blocks", properties.get("CidrIpv6")))
    return Block(
        kind.rpartition("SecurityGroup")[2].lower(),
        (),
        [
            ("protocol", properties["IpProtocol"]),
            ("from_port", properties.get("FromPort", 0)),
            ("to_port", properties.get("ToPort", 0)),
            *((name, [each]) for name, each in ranges if each),
        ],
    )
