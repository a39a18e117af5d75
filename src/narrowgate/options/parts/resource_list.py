"""A list of resources in the making: each logical id once, in the order in which things are needed."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from narrowgate.model.design import Vpc
from narrowgate.model.resource import GetAtt, Join, Ref, Resource

Text = str | Ref | GetAtt | Join
"""A property's text, as far as it is known before anything is made."""


class Place(msgspec.Struct, frozen=True):
    """The account and Region that a resource is made in."""

    account: str
    region: str


class Because(msgspec.Struct, frozen=True):
    """Why a resource is needed: a sentence for people, and the rule behind it."""

    text: str
    rule: str | None = None


def place_of(vpc: Vpc) -> Place:
    """Where a VPC is."""
    return Place(vpc.account, vpc.region)


class ResourceList:
    """Collects resources; adding one with a logical id that is there already changes nothing."""

    def __init__(self, *, exists: bool = False, into: dict[str, Resource] | None = None) -> None:
        """Start a list; one that `exists` collects what is there already."""
        self._exists = exists
        self._by_id: dict[str, Resource] = {} if into is None else into

    def as_existing(self, *, exists: bool = True) -> "ResourceList":
        """The same list, to add what is there already (or, again, what is to be made)."""
        return ResourceList(exists=exists, into=self._by_id)

    def add(
        self,
        logical_id: str,
        kind: str,
        place: Place,
        properties: Mapping[str, Any],
        because: Because,
        *,
        own_id: str | None = None,
    ) -> Ref:
        """Add a resource; its reference.

        Args:
            logical_id: its name in the list.
            kind: CloudFormation's type.
            place: where it is made.
            properties: CloudFormation's properties.
            because: why.
            own_id: its id, where it exists and the design tells it; else the user is asked when code is made.
        """
        if logical_id not in self._by_id:
            self._by_id[logical_id] = Resource(
                logical_id=logical_id,
                type=kind,
                account=place.account,
                region=place.region,
                properties=dict(properties),
                purpose=because.text,
                rule=because.rule,
                exists=self._exists,
                physical_id=own_id if self._exists else None,
            )
        return Ref(logical_id)

    def order(self, logical_id: str, *, after: Iterable[str]) -> None:
        """Say that a resource needs others that its properties do not name."""
        found = self._by_id[logical_id]
        self._by_id[logical_id] = msgspec.structs.replace(
            found, depends_on=tuple(dict.fromkeys((*found.depends_on, *after)))
        )

    def extend(self, resources: Iterable[Resource]) -> None:
        """Add many."""
        for each in resources:
            self._by_id.setdefault(each.logical_id, each)

    def all(self) -> tuple[Resource, ...]:
        """Everything, in the order in which it was added."""
        return tuple(self._by_id.values())


def tags(name: str) -> list[dict[str, str]]:
    """A `Name` tag."""
    return [{"Key": "Name", "Value": name}]
