"""Security groups that admit only the addresses that must, on the one port that they need."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from narrowgate.model.design import Vpc
from narrowgate.model.resource import Ref
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.networks import vpc_ref
from narrowgate.options.parts.resource_list import Because, ResourceList, place_of, tags

HTTPS = 443
DNS = 53

Rule = dict[str, Any]

# A group without a rule out gets one that lets everything out; a rule to nobody keeps that away.
NOTHING: Sequence[Rule] = (
    {"IpProtocol": "-1", "CidrIp": "127.0.0.1/32", "Description": "opens no connection of its own"},
)


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A security group to be: its VPC, what it is called, and its rules."""

    vpc: Vpc
    name: str
    ingress: Sequence[Rule]
    egress: Sequence[Rule] = NOTHING
    because: Because


def admit(protocol: str, port: int, ranges: Iterable[str], description: str) -> list[Rule]:
    """Rules for one port, one for each range."""
    return [
        {
            "IpProtocol": protocol,
            "FromPort": port,
            "ToPort": port,
            "CidrIp": block,
            "Description": description,
        }
        for block in dict.fromkeys(ranges)
    ]


def dns(ranges: Sequence[str], description: str) -> list[Rule]:
    """UDP and TCP 53: UDP alone fails as soon as an answer is truncated (IN-03, SG-07)."""
    return admit("udp", DNS, ranges, description) + admit("tcp", DNS, ranges, description)


def add_group(found: ResourceList, logical_name: str, group: Group) -> Ref:
    """Add a group; its reference."""
    return found.add(
        logical_name,
        "AWS::EC2::SecurityGroup",
        place_of(group.vpc),
        {
            "GroupDescription": group.because.text.replace("`", ""),
            "VpcId": vpc_ref(group.vpc),
            "SecurityGroupIngress": list(group.ingress),
            "SecurityGroupEgress": list(group.egress),
            "Tags": tags(group.name),
        },
        group.because,
    )


def add_rules(found: ResourceList, vpc: Vpc, group: Ref, rules: Sequence[Rule], because: Because) -> None:
    """Add rules to a group that exists."""
    for number, rule in enumerate(rules, start=1):
        found.add(
            logical_id(group.logical_id, "rule", str(number)),
            "AWS::EC2::SecurityGroupIngress",
            place_of(vpc),
            {"GroupId": group, **rule},
            because,
        )
