"""Labels for resources that a patch adds: what they are beside, and what tells them apart; none that is taken."""

import re

from narrowgate.api.patches.terraform_json import in_json
from narrowgate.api.patches.terraform_text import Address, Names, TerraformText
from narrowgate.generate.names import snake
from narrowgate.generate.terraform.types import KINDS
from narrowgate.repair.written import Add

_SHORT = {
    "AWS::EC2::SecurityGroupIngress": "in",
    "AWS::EC2::SecurityGroupEgress": "out",
    "AWS::EC2::Route": "to",
    "AWS::EC2::TransitGatewayRouteTableAssociation": "from",
    "AWS::EC2::TransitGatewayRouteTablePropagation": "to",
    "AWS::Route53::HostedZone": "zone",
    "AWS::Route53::RecordSet": "alias",
}


def label_for(text: TerraformText, part: Add, module: Names, near: Address) -> str:
    """A free label for a resource that is made beside another one.

    Raises:
        Uncertain: a file of the module is not understood.
    """
    words = [part.properties.get(each) for each in ("IpProtocol", "FromPort", "RuleNumber")]
    words += [part.properties.get(each) for each in ("CidrIp", "CidrIpv6", "DestinationCidrBlock")]
    tail = _SHORT.get(part.type) or snake(part.type.rpartition(":")[2])
    spelled = "_".join([near.name, tail, *(str(each) for each in words if isinstance(each, (str, int)))])
    wanted = re.sub(r"[^A-Za-z0-9_]+", "_", spelled).lower()[:60].strip("_")
    kind = str(KINDS[part.type].terraform)
    taken = {each.block.labels[1] for each in text.resources(module, kind)}
    return next(
        each
        for each in (wanted, *(f"{wanted}_{at}" for at in range(2, 1000)))
        if each not in taken and in_json(text, Address(near.module, kind, each, "")) is None
    )
