"""An instance as a converter sees it: its arguments with references in them, and a way to make resources."""

from collections.abc import Callable, Mapping
from typing import Any

from narrowgate.model.resource import GetAtt, Origin, Ref, Resource, Unknown
from narrowgate.sources.terraform.hcl.functions import NotComputed
from narrowgate.sources.terraform.instances import Instance
from narrowgate.sources.terraform.linking import Linker
from narrowgate.sources.terraform.policies import policy_value

Properties = dict[str, Any]


class Given:
    """One instance's arguments."""

    def __init__(self, linker: Linker, instance: Instance, origin_of: Callable[[Instance], Origin]) -> None:
        """`origin_of` tells where an instance is written."""
        self._linker = linker
        self.instance = instance
        self._origin_of = origin_of
        self.account, self.region = linker.where(instance)

    @property
    def origin(self) -> Origin:
        """Where it is written."""
        return self._origin_of(self.instance)

    def __getitem__(self, name: str) -> Any:
        """An argument; None where it is not set."""
        return self._linker.attribute(self.instance, name)

    def configured(self, name: str) -> bool:
        """True where the argument has a value, even one that nobody knows yet."""
        return self[name] not in (None, "", [])

    def blocks(self, name: str) -> list[Mapping[str, Any]] | Unknown:
        """The nested blocks of a type; a block that nobody can tell is `Unknown` as a whole."""
        value = self[name]
        if value is None:
            return []
        if isinstance(value, Unknown):
            return value
        found = value if isinstance(value, list) else [value]
        gap = next((each for each in found if isinstance(each, Unknown)), None)
        return gap or [each for each in found if isinstance(each, Mapping)]

    def block(self, name: str) -> Mapping[str, Any]:
        """The one nested block of a type; an empty one where it is not given or not known."""
        found = self.blocks(name)
        return found[0] if isinstance(found, list) and found else {}

    def policy(self, name: str = "policy") -> Any:
        """A policy as an object; None where there is none."""
        return policy_value(self[name])

    def tags(self) -> Any:
        """Tags as CloudFormation lists them."""
        tags = self["tags_all"]
        if not isinstance(tags, Mapping):
            tags = self["tags"]
        if not isinstance(tags, Mapping):
            return tags
        return [{"Key": key, "Value": value} for key, value in tags.items() if value is not None]

    def told(self, name: str) -> Any:
        """An argument as it is written, where asking for the attribute would only lead to the resource itself."""
        try:
            return self._linker.told(self.instance, name)
        except NotComputed as problem:
            return Unknown(f"`{self.instance.address}.{name}`: {problem}")

    def places(self) -> Any:
        """A Resolver endpoint's subnets, with the addresses that somebody chose."""
        found = self.told("ip_address")
        if not isinstance(found, list):
            return found
        return [
            each if isinstance(each, Unknown) else picked(each, SubnetId="subnet_id", Ip="ip", Ipv6="ipv6")
            for each in found
        ]

    def full_name(self, name: str, zone: str) -> Any:
        """A record's name with its zone's, which the provider adds where it is missing."""
        text, parent = self[name], self._linker.instance_of(self[zone])
        zone_name = self._linker.attribute(parent, "name") if parent else None
        if not isinstance(text, str) or not isinstance(zone_name, str):
            return text
        suffix = zone_name.rstrip(".").lower()
        own = text.rstrip(".")
        if own.lower() == suffix or own.lower().endswith(f".{suffix}"):
            return own
        return f"{own}.{suffix}" if own else suffix

    def region_of(self, reference: Any) -> str:
        """The Region of what a reference names; the own one for what is not in the list."""
        found = self._linker.instance_of(reference)
        return self._linker.where(found)[1] if found else self.region

    def default_group(self, vpc: Any) -> list[Any]:
        """The default group of a VPC of the list."""
        return [GetAtt(vpc.logical_id, "DefaultSecurityGroup")] if isinstance(vpc, Ref) else []

    def domain_arn(self, domain_id: str) -> Any:
        """The domain name that has an id."""
        return f"arn:aws:apigateway:{self.region}:{self.account}:/domainnames/{self['domain_name']}+{domain_id}"

    def gone(self, own: Any, field: str) -> list[tuple[str, Mapping[str, Any]]]:
        """What the plan changes or takes away of the resources that name an id in an argument."""
        return [(kind, values) for kind, values in self._linker.gone if own and values.get(field) == own]

    def others(self, kind: str, **arguments: Any) -> list["Given"]:
        """The instances of a type with these arguments."""
        return [
            Given(self._linker, each, self._origin_of)
            for each in self._linker.of_type(kind)
            if all(self._linker.attribute(each, name) == value for name, value in arguments.items())
        ]

    def doubt(self, kind: str, field: str) -> Unknown | None:
        """Why one of a type might be a part of this one too; None where none might."""
        values = (self._linker.attribute(each, field) for each in self._linker.of_type(kind))
        return next((each for each in values if isinstance(each, Unknown)), None)

    def parts(self, kind: str, field: str) -> list["Given"]:
        """The instances of a type that name this one in an argument: pieces that CloudFormation keeps inside."""
        own = self._linker.attribute(self.instance, "id")
        return [
            Given(self._linker, each, self._origin_of)
            for each in self._linker.of_type(kind)
            if self._linker.attribute(each, field) == own
        ]

    def resource(self, kind: str, properties: Properties, part: str = "") -> Resource:
        """A resource of the list: the instance itself, or with `part` a piece of it; None is left out."""
        own = self.instance.values.get(PHYSICAL_ID.get(kind, "id")) if not part else None
        if self.instance.is_made_up:
            own = None
        return Resource(
            logical_id=f"{self.instance.address}{part}",
            type=kind,
            account=self.account,
            region=self.region,
            properties={key: value for key, value in properties.items() if value is not None},
            physical_id=own if isinstance(own, str) and own else None,
            origin=self.origin,
        )

    def tagged(self, kind: str, properties: Properties) -> list[Resource]:
        """The instance itself, with its tags."""
        return [self.resource(kind, {**properties, "Tags": self.tags()})]


PHYSICAL_ID: Mapping[str, str] = {
    "AWS::ApiGateway::DomainNameV2": "arn",
    "AWS::Route53::HostedZone": "zone_id",
    "AWS::Lambda::Function": "arn",
}
"""The attribute that holds a resource's id, where it is not `id`."""


def picked(block: Mapping[str, Any], **fields: str) -> Properties:
    """Arguments of a block under CloudFormation's names; what is not set is left out."""
    found = {name: block.get(argument) for name, argument in fields.items()}
    return {name: value for name, value in found.items() if value not in (None, "", [])}
