"""What a reference of the list reads in a module, and which values cross between modules."""

import re
from typing import Any

from narrowgate.generate.names import snake
from narrowgate.generate.plan import AccountId, Plan, Side, value_name
from narrowgate.generate.terraform.apis import deployment_key
from narrowgate.generate.terraform.hcl import Json, Raw, Template
from narrowgate.generate.terraform.made import Nested, PolicyOf
from narrowgate.generate.terraform.types import KINDS, label_of
from narrowgate.model.resource import GetAtt, Join, Ref, Resource

ATTRIBUTES = {
    "DnsEntries.0.DnsName": "dns_entry[0].dns_name",
    "DnsEntries.0.HostedZoneId": "dns_entry[0].hosted_zone_id",
    "CanonicalHostedZoneID": "zone_id",
    "DNSName": "dns_name",
}
"""Attributes whose names are no respelling of CloudFormation's."""
_INTERFACE = re.compile(r"NetworkInterfaces\.(\d+)\.PrivateIpAddress")


class Scope:
    """A module: resolves references, and notes what has to come from outside."""

    def __init__(self, plan: Plan, side: Side) -> None:
        """The module of a side."""
        self.plan = plan
        self.side = side
        self._by_id = plan.by_id
        self.crossing: dict[tuple[str, str | None], None] = {}
        """What other modules give: logical id and attribute."""
        self.existing: dict[tuple[str, str | None], None] = {}
        """What the user tells."""
        self.accounts: dict[str, None] = {}

    def resolve(self, value: Any) -> Any:
        """A value with every reference as an expression."""
        match value:
            case Ref(logical_id=own):
                return self._reference(own, None)
            case GetAtt(logical_id=own, attribute=attribute):
                return self._reference(own, attribute)
            case AccountId(account=account):
                if self.plan.tells(account):
                    return account
                self.accounts[account] = None
                return Raw("var.account_id")
            case PolicyOf(api=own):
                has_policy = "Policy" in self._by_id[own].properties
                return (
                    Raw(f'aws_api_gateway_rest_api_policy.this["{snake(own)}"].policy') if has_policy else "none"
                )
            case Join(parts=parts):
                return Template(tuple(self.resolve(part) for part in parts))
            case Json(value=inner):
                return Json(self.resolve(inner))
            case Nested(blocks=blocks):
                return Nested(tuple(self.resolve(each) for each in blocks))
            case dict():
                return {key: self.resolve(each) for key, each in value.items()}
            case list() | tuple():
                return [self.resolve(each) for each in value]
            case _:
                return value

    def _reference(self, own: str, attribute: str | None) -> Raw:
        resource = self._by_id[own]
        if resource.exists:
            self.existing[own, attribute] = None
            return Raw(f"var.{value_name(own, attribute)}")
        if (resource.account, resource.region) != (self.side.account, self.side.region):
            self.crossing[own, attribute] = None
            return Raw(f"var.{value_name(own, attribute)}")
        return Raw(expression_of(resource, attribute, self._by_id))


def expression_of(resource: Resource, attribute: str | None, by_id: dict[str, Resource]) -> str:
    """What reads a value of a resource within its module."""
    kind = KINDS[resource.type]
    address = f'{kind.terraform}.{label_of(resource, by_id)}["{key_of(resource)}"]'
    if attribute is None:
        return f"{address}.{kind.ref}"
    interface = _INTERFACE.fullmatch(attribute)
    if interface:
        return f"sort([for each in {address}.subnet_configuration : each.ipv4])[{interface[1]}]"
    return f"{address}.{ATTRIBUTES.get(attribute) or snake(attribute)}"


def block_of(resource: Resource, by_id: dict[str, Resource]) -> str:
    """The block that a resource stands in, as `depends_on` names it."""
    return f"{KINDS[resource.type].terraform}.{label_of(resource, by_id)}"


def key_of(resource: Resource) -> str:
    """A resource's key in its block's `for_each`."""
    if resource.type == "AWS::ApiGateway::Deployment":
        return deployment_key(resource)
    return snake(resource.logical_id)
