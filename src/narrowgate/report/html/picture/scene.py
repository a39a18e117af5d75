"""What a picture shows of a snapshot: plain records, sorted, with the names that people gave."""

from collections.abc import Collection

import msgspec


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """A small labelled thing inside a VPC or subnet; `kind` gives its colour, `title` is told on hovering."""

    key: str
    kind: str
    label: str
    title: str = ""
    is_many: bool = False
    """True for one that stands for several."""


class SubnetBox(msgspec.Struct, frozen=True, kw_only=True):
    """A subnet with what stands in it."""

    key: str
    label: str
    cidr: str
    zone: str
    chips: tuple[Chip, ...] = ()


class Homed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stands in an account and a Region."""

    key: str
    label: str
    account: str
    region: str


class VpcBox(Homed, frozen=True, kw_only=True):
    """A VPC: its subnets, and the chips of what belongs to it as a whole."""

    cidrs: tuple[str, ...]
    subnets: tuple[SubnetBox, ...] = ()
    chips: tuple[Chip, ...] = ()


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A line from a VPC to another, or to a hub."""

    key: str
    kind: str
    ends: tuple[str, str]
    label: str
    is_active: bool = True


class Box(Homed, frozen=True, kw_only=True):
    """Something that stands in a Region and in no VPC: a transit gateway, an API."""

    kind: str
    note: str


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of a picture."""

    vpcs: tuple[VpcBox, ...] = ()
    boxes: tuple[Box, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def homed(self) -> tuple[Homed, ...]:
        """Everything that has an account and a Region."""
        return (*self.vpcs, *self.boxes)

    def only(self, vpcs: Collection[str], boxes: Collection[str] | None = None) -> "Scene":
        """The part with these VPCs, what joins them, and these boxes; without `boxes` those that are joined."""
        links = tuple(each for each in self.links if each.ends[0] in vpcs)
        hubs = {each.ends[1] for each in links}
        kept = tuple(each for each in self.boxes if (each.key in hubs if boxes is None else each.key in boxes))
        known = {*vpcs, *(each.key for each in kept)}
        return Scene(
            vpcs=tuple(each for each in self.vpcs if each.key in vpcs),
            boxes=kept,
            links=tuple(each for each in links if each.ends[1] in known),
        )
