"""What references of the list read in a template: functions, parameters, and values that come as parameters."""

import re
from typing import Any

from narrowgate.generate.cloudformation.rounds import is_late
from narrowgate.generate.cloudformation.yaml_text import Tag
from narrowgate.generate.plan import AccountId, Plan, Side, value_name
from narrowgate.model.resource import GetAtt, Join, Ref, Resource

Key = tuple[str, str | None]

_WORD = re.compile(r"(?:^|_)([a-z0-9])")


def parameter_name(logical_id: str, attribute: str | None) -> str:
    """`ApiVpcId`, `ApiExecuteApiEndpointDnsName`."""
    word = value_name("X", attribute).removeprefix("x")
    return logical_id + _WORD.sub(lambda match: match[1].upper(), word)


def is_address(key: Key) -> bool:
    """Whether a value is an address of an endpoint, which no stack tells."""
    return (key[1] or "").startswith("NetworkInterfaces.")


class Values:
    """A template's view: resolves properties, and notes which parameters they read."""

    def __init__(self, plan: Plan, side: Side) -> None:
        """The template of a side."""
        self.plan = plan
        self.side = side
        self._by_id = plan.by_id
        self.parameters: dict[Key, None] = {}

    def resolve(self, value: Any, resource: Resource) -> Any:
        """A property of a resource with functions in place of references."""
        match value:
            case Ref() | GetAtt():
                return self._reference(value, resource)
            case AccountId():
                return Tag("Ref", "AWS::AccountId")
            case Join(parts=parts) if all(isinstance(part, str) for part in parts):
                return "".join(str(part) for part in parts)
            case Join(parts=parts):
                return Tag("Sub", "".join(self._within(part, resource) for part in parts))
            case dict():
                return {key: self.resolve(each, resource) for key, each in value.items()}
            case list() | tuple():
                return [self.resolve(each, resource) for each in value]
            case _:
                return value

    def _within(self, part: Any, resource: Resource) -> str:
        """A part of `!Sub`."""
        if isinstance(part, str):
            return part.replace("${", "${!")
        if isinstance(part, AccountId):
            return "${AWS::AccountId}"
        found = self._reference(part, resource)
        if isinstance(found, Tag) and found.name in ("Ref", "GetAtt"):
            return f"${{{found.value}}}"
        raise LookupError(f"{part} has no short form within text")

    def _reference(self, reference: Ref | GetAtt, resource: Resource) -> Any:
        own = reference.logical_id
        attribute = reference.attribute if isinstance(reference, GetAtt) else None
        target = self._by_id[own]
        elsewhere = (target.account, target.region) != (self.side.account, self.side.region)
        if target.exists or elsewhere or is_late(self.plan, resource, reference):
            self.parameters[own, attribute] = None
            return Tag("Ref", parameter_name(own, attribute))
        return attribute_of(target, attribute)


def attribute_of(target: Resource, attribute: str | None) -> Any:
    """A value of a resource of the same template."""
    own = target.logical_id
    if attribute is None:
        return Tag("Ref", own)
    if attribute.startswith("DnsEntries.0."):
        at = 1 if attribute.endswith("DnsName") else 0
        first = {"Fn::Select": [0, {"Fn::GetAtt": [own, "DnsEntries"]}]}
        return {"Fn::Select": [at, {"Fn::Split": [":", first]}]}
    if target.type == "AWS::Route53::HostedZone" and attribute == "Arn":
        return Tag("Sub", f"arn:${{AWS::Partition}}:route53:::hostedzone/${{{own}}}")
    if target.type == "AWS::EC2::TransitGateway" and attribute == "Arn":
        arn = f"arn:${{AWS::Partition}}:ec2:${{AWS::Region}}:${{AWS::AccountId}}:transit-gateway/${{{own}}}"
        return Tag("Sub", arn)
    return Tag("GetAtt", f"{own}.{attribute}")
