"""An estate in the making out of resources: ids, attributes, and the builder of each account and Region."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from narrowgate.model.resource import GetAtt, Join, Ref, Resource
from narrowgate.sources.synthetic.estate import Estate
from narrowgate.sources.synthetic.ledger import Ledger, Where

_NETWORK_INTERFACE = re.compile(r"NetworkInterfaces\.(\d+)\.PrivateIpAddress")


class KnownIds(Ledger):
    """Makes ids up, but for resources whose id the design tells."""

    def __init__(self, known: Mapping[str, str]) -> None:
        """`known` gives ids by logical id, which builders are handed as names."""
        super().__init__()
        self._known = known
        self._told = frozenset(known.values())

    def new_id(self, prefix: str, where: Where, name: str) -> str:
        """The id that the design tells, else a fresh one."""
        told = self._known.get(name)
        if told is not None and told.startswith(f"{prefix}-"):
            return told
        made = super().new_id(prefix, where, name)
        while made in self._told:
            made = super().new_id(prefix, where, f"{name}'")
        return made


class Building:
    """What has been built so far."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        """Start with nothing built."""
        self.resources = {each.logical_id: each for each in resources}
        known = {each.logical_id: each.physical_id for each in self.resources.values() if each.physical_id}
        self.ledger = KnownIds(known)
        self.ids: dict[str, str] = {}
        self.dns_servers: list[dict[str, Any]] = []

    def estate(self, resource: Resource) -> Estate:
        """The builder for a resource's account and Region."""
        return Estate(resource.account, resource.region, ledger=self.ledger)

    def fact(self, logical_id: str) -> dict[str, Any]:
        """What AWS's list says about a resource that is built, to change it."""
        return self.ledger.by_id[self.ids[logical_id]]

    def users(self, kind: str, field: str, logical_id: str) -> Iterator[Resource]:
        """The resources of a type that name a resource in a property."""
        for each in self.resources.values():
            value = each.properties.get(field)
            if each.type == kind and isinstance(value, (Ref, GetAtt)) and value.logical_id == logical_id:
                yield each

    def resolved(self, value: Any) -> Any:
        """A property with every reference in it followed."""
        match value:
            case Ref(logical_id=own):
                return self.ids[own]
            case GetAtt(logical_id=own, attribute=attribute):
                return self.attribute(own, attribute)
            case Join(parts=parts):
                return "".join(self.resolved(part) for part in parts)
            case dict():
                return {key: self.resolved(each) for key, each in value.items()}
            case list() | tuple():
                return [self.resolved(each) for each in value]
            case _:
                return value

    def attribute(self, logical_id: str, name: str) -> str:
        """An attribute of a resource that is built.

        Raises:
            KeyError: a resource of that type has no such attribute.
        """
        fact, estate = self.fact(logical_id), self.estate(self.resources[logical_id])
        interface = _NETWORK_INTERFACE.fullmatch(name)
        if interface:
            return estate.addresses(self.ids[logical_id])[int(interface[1])]
        if name in ("DnsEntries.0.DnsName", "DnsEntries.0.HostedZoneId"):
            return str(fact["DnsEntries"][0][name.rpartition(".")[2]])
        if name == "RootResourceId":
            return str(fact["rootResourceId"])
        for key in _ATTRIBUTES.get(name, (name,)):
            if key in fact:
                return str(fact[key])
        if name == "Arn" and self.resources[logical_id].type == "AWS::Route53::HostedZone":
            return f"arn:aws:route53:::hostedzone/{self.ids[logical_id]}"
        raise KeyError(f"{logical_id}.{name}")


_ATTRIBUTES = {
    "Arn": ("Arn", "TransitGatewayArn"),
    "DomainNameArn": ("domainNameArn",),
    "DomainNameId": ("domainNameId",),
    "CanonicalHostedZoneID": ("CanonicalHostedZoneId",),
}
"""Where AWS's list says what CloudFormation calls otherwise."""


def references(value: Any) -> Iterator[Ref | GetAtt]:
    """Every reference inside a property."""
    match value:
        case Ref() | GetAtt():
            yield value
        case Join(parts=parts):
            for part in parts:
                yield from references(part)
        case dict():
            for each in value.values():
                yield from references(each)
        case list() | tuple():
            for each in value:
                yield from references(each)
