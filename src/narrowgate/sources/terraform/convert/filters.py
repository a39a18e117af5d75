"""Security groups and network ACLs, with inline rules and with rules of their own."""

from collections.abc import Iterator, Mapping
from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.terraform.convert.given import Given, Properties

_PEERS = {
    "ingress": {
        "cidr_blocks": "CidrIp",
        "ipv6_cidr_blocks": "CidrIpv6",
        "prefix_list_ids": "SourcePrefixListId",
        "security_groups": "SourceSecurityGroupId",
    },
    "egress": {
        "cidr_blocks": "CidrIp",
        "ipv6_cidr_blocks": "CidrIpv6",
        "prefix_list_ids": "DestinationPrefixListId",
        "security_groups": "DestinationSecurityGroupId",
    },
}
_KIND = {"ingress": "AWS::EC2::SecurityGroupIngress", "egress": "AWS::EC2::SecurityGroupEgress"}
_GROUP_FIELD = {"ingress": "SourceSecurityGroupId", "egress": "DestinationSecurityGroupId"}


def security_group(given: Given) -> list[Resource]:
    """`aws_security_group`: unlike EC2, the provider takes the rule away that lets everything out (SG-02)."""
    return given.tagged(
        "AWS::EC2::SecurityGroup",
        {
            "GroupName": given["name"],
            "GroupDescription": given["description"],
            "VpcId": given["vpc_id"],
            "SecurityGroupIngress": _rules(given, "ingress"),
            "SecurityGroupEgress": _rules(given, "egress"),
        },
    )


def default_security_group(given: Given) -> list[Resource]:
    """`aws_default_security_group`: the group that EC2 made with the VPC, with these rules and no others."""
    properties = {
        "VpcId": given["vpc_id"],
        "SecurityGroupIngress": _rules(given, "ingress"),
        "SecurityGroupEgress": _rules(given, "egress"),
    }
    return [given.resource("Custom::DefaultSecurityGroup", properties)]


def _rules(given: Given, direction: str) -> Any:
    blocks = given.blocks(direction)
    if isinstance(blocks, Unknown):
        return blocks
    found = [rule for each in blocks for rule in _spread(each, direction, given["id"])]
    return _without(found, _replaced(given, direction))


def _spread(block: Mapping[str, Any], direction: str, own: Any) -> Iterator[Properties]:
    """One rule for each peer of a block."""
    base = _ports(block.get("protocol"), block.get("from_port"), block.get("to_port"))
    for argument, field in _PEERS[direction].items():
        peers = block.get(argument)
        if isinstance(peers, Unknown):
            yield {**base, field: peers}
        else:
            for peer in peers or ():
                yield {**base, field: peer}
    if block.get("self"):
        yield {**base, _GROUP_FIELD[direction]: own}


def _ports(protocol: Any, first: Any, last: Any) -> Properties:
    if protocol in ("-1", "all", -1):
        return {"IpProtocol": "-1"}
    found = {"IpProtocol": protocol, "FromPort": first, "ToPort": last}
    return {name: value for name, value in found.items() if value is not None}


def _replaced(given: Given, direction: str) -> list[Properties]:
    """Rules of their own that the plan changes or takes away: what is known of the group still lists them."""
    own = given.instance.values.get("id")
    found: list[Properties] = []
    for kind, values in given.gone(own, "security_group_id"):
        if kind == "aws_security_group_rule" and values.get("type") == direction:
            found += _spread(values, direction, own)
            found += [_peer_rule(values, direction, values.get("source_security_group_id"))]
        elif kind == f"aws_vpc_security_group_{direction}_rule":
            found.append(_single(values, direction))
    return [{key: value for key, value in each.items() if value is not None} for each in found]


def _without(rules: list[Properties], gone: list[Properties]) -> list[Properties]:
    return [each for each in rules if _compared(each) not in [_compared(other) for other in gone]]


def _compared(rule: Properties) -> dict[str, str]:
    return {key: str(getattr(value, "logical_id", value)) for key, value in rule.items() if key != "Description"}


def _peer_rule(values: Mapping[str, Any], direction: str, group: Any) -> Properties:
    base = _ports(values.get("protocol"), values.get("from_port"), values.get("to_port"))
    return {**base, _GROUP_FIELD[direction]: group}


def _single(values: Mapping[str, Any], direction: str) -> Properties:
    names = _PEERS[direction]
    return {
        **_ports(values.get("ip_protocol"), values.get("from_port"), values.get("to_port")),
        "CidrIp": values.get("cidr_ipv4"),
        "CidrIpv6": values.get("cidr_ipv6"),
        names["prefix_list_ids"]: values.get("prefix_list_id"),
        names["security_groups"]: values.get("referenced_security_group_id"),
    }


def security_group_rule(given: Given) -> list[Resource]:
    """`aws_security_group_rule`: one resource, a rule for each of its peers."""
    direction = given["type"]
    if direction not in _KIND:
        return []
    names = ("protocol", "from_port", "to_port", "self", "cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids")
    group = given["security_group_id"]
    rules = list(_spread({name: given[name] for name in names}, direction, group))
    if given.configured("source_security_group_id"):
        values = {name: given[name] for name in names}
        rules.append(_peer_rule(values, direction, given["source_security_group_id"]))
    return [
        given.resource(_KIND[direction], {"GroupId": group, **rule}, f".{at}" if at else "")
        for at, rule in enumerate(rules)
    ]


def group_rule(given: Given) -> list[Resource]:
    """`aws_vpc_security_group_ingress_rule` and its egress twin."""
    direction = "ingress" if "ingress" in given.instance.type else "egress"
    names = ("ip_protocol", "from_port", "to_port", "cidr_ipv4", "cidr_ipv6", "prefix_list_id")
    values = {name: given[name] for name in (*names, "referenced_security_group_id")}
    group = values["referenced_security_group_id"]
    properties: Properties = {"GroupId": given["security_group_id"], **_single(values, direction)}
    if isinstance(group, str) and "/" in group:
        # A group of another account is written as account/group.
        properties[_GROUP_FIELD[direction]] = group.partition("/")[2]
        properties["SourceSecurityGroupOwnerId"] = group.partition("/")[0]
    return [given.resource(_KIND[direction], properties)]


def group_association(given: Given) -> list[Resource]:
    """`aws_vpc_security_group_vpc_association` (SG-11)."""
    properties = {"GroupId": given["security_group_id"], "VpcId": given["vpc_id"]}
    return [given.resource("AWS::EC2::SecurityGroupVpcAssociation", properties)]


def network_acl(given: Given) -> list[Resource]:
    """`aws_network_acl` with inline entries and subnets (ACL-01)."""
    found = given.tagged("AWS::EC2::NetworkAcl", {"VpcId": given["vpc_id"]})
    return [*found, *_entries(given, given["id"]), *_subnets(given, given["id"])]


def default_network_acl(given: Given) -> list[Resource]:
    """`aws_default_network_acl`: the ACL that EC2 made with the VPC, with these entries and no others."""
    own = given["default_network_acl_id"]
    replaced = given.resource("Custom::DefaultNetworkAcl", {"NetworkAclId": own})
    return [replaced, *_entries(given, own), *_subnets(given, own)]


def _entries(given: Given, acl: Any) -> Iterator[Resource]:
    for direction in ("ingress", "egress"):
        blocks = given.blocks(direction)
        if isinstance(blocks, Unknown):
            entry = {"NetworkAclId": acl, "RuleNumber": blocks, "Egress": direction == "egress"}
            yield given.resource("AWS::EC2::NetworkAclEntry", entry, f".{direction}")
            continue
        for at, each in enumerate(blocks):
            entry = {
                **_entry(each, "rule_no", "action"),
                "NetworkAclId": acl,
                "Egress": direction == "egress",
            }
            yield given.resource("AWS::EC2::NetworkAclEntry", entry, f".{direction}[{at}]")


def _entry(values: Mapping[str, Any], number: str, action: str) -> Properties:
    first, last = values.get("from_port"), values.get("to_port")
    protocol = values.get("protocol")
    found = {
        "RuleNumber": values.get(number),
        "Protocol": "-1" if protocol in ("all", -1) else _PROTOCOLS.get(str(protocol).lower(), protocol),
        "RuleAction": values.get(action),
        "CidrBlock": values.get("cidr_block") or None,
        "Ipv6CidrBlock": values.get("ipv6_cidr_block") or None,
    }
    # ACL-04: ports mean nothing where every protocol is meant.
    if found["Protocol"] != "-1" and first is not None and last is not None:
        found["PortRange"] = {"From": first, "To": last}
    return found


_PROTOCOLS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"}


def _subnets(given: Given, acl: Any) -> Iterator[Resource]:
    subnets = given["subnet_ids"]
    listed = [subnets] if isinstance(subnets, Unknown) else subnets or ()
    for at, subnet in enumerate(listed):
        properties = {"NetworkAclId": acl, "SubnetId": subnet}
        yield given.resource("AWS::EC2::SubnetNetworkAclAssociation", properties, f".subnet_ids[{at}]")


def network_acl_rule(given: Given) -> list[Resource]:
    """`aws_network_acl_rule`."""
    names = ("rule_number", "protocol", "rule_action", "cidr_block", "ipv6_cidr_block", "from_port", "to_port")
    entry = _entry({name: given[name] for name in names}, "rule_number", "rule_action")
    properties = {**entry, "NetworkAclId": given["network_acl_id"], "Egress": bool(given["egress"])}
    return [given.resource("AWS::EC2::NetworkAclEntry", properties)]


def network_acl_association(given: Given) -> list[Resource]:
    """`aws_network_acl_association`."""
    properties = {"NetworkAclId": given["network_acl_id"], "SubnetId": given["subnet_id"]}
    return [given.resource("AWS::EC2::SubnetNetworkAclAssociation", properties)]
