"""What every way to connect tells: when it fits, what it adds, how it is called, and what it cannot do."""

import abc
from typing import ClassVar

import msgspec

from narrowgate.model.design import Api, Consumer, Design, Vpc
from narrowgate.model.resource import Join, Resource
from narrowgate.options.parts.policies import api_ref
from narrowgate.options.parts.resource_list import Text


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an option can be built for a design at all; where not, the rule that says so and the sentence."""

    fits: bool
    rule: str | None = None
    text: str = ""
    way_out: str = ""


FITS = Fit(fits=True)


def refused(rule: str, text: str, way_out: str = "") -> Fit:
    """An option that cannot be built."""
    return Fit(fits=False, rule=rule, text=text, way_out=way_out)


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """Something that an option cannot do, or a trap in it, with its rule."""

    rule: str
    text: str


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """How a consumer calls an API by an option.

    `path` stands before the route's own path. `pinned` are the addresses that a hosts file gives the name.
    """

    host: Text
    path: str
    headers: tuple[tuple[str, Text], ...] = ()
    pinned: tuple[Text, ...] = ()


def default_name(api: Api) -> Join:
    """`{api}.execute-api.{region}.amazonaws.com` (AGW-04)."""
    return Join((api_ref(api), f".execute-api.{api.region}.amazonaws.com"))


def alias_name(api: Api, endpoint: Text) -> Join:
    """`{api}-{vpce}.execute-api.{region}.amazonaws.com` (AGW-06)."""
    if isinstance(endpoint, Join):
        raise TypeError("an endpoint's id is one reference")
    return Join((api_ref(api), "-", endpoint, f".execute-api.{api.region}.amazonaws.com"))


class Option(abc.ABC):
    """A way to connect. Instances hold nothing: everything comes from the design."""

    name: ClassVar[str]
    title: ClassVar[str]
    """One line: what it is."""
    when: ClassVar[str]
    """When to choose it, in a sentence or two."""
    client_change: ClassVar[str | None] = None
    """What changes on the clients' hosts beside the URL; None for nothing."""

    @abc.abstractmethod
    def applies(self, design: Design) -> Fit:
        """Whether the option can be built for a design; refusals name their rule."""

    @abc.abstractmethod
    def resources(self, design: Design) -> tuple[Resource, ...]:
        """Everything: the base, the APIs, and what the option adds."""

    @abc.abstractmethod
    def call(self, design: Design, consumer: Consumer, api: Api) -> Call:
        """How a consumer calls an API."""

    def door_vpc(self, design: Design, consumer: Consumer, api: Api) -> Vpc:
        """The VPC of the endpoint that a consumer's calls of an API come by: the API team's, for most options."""
        return design.vpc(api.vpc or "")

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """What it cannot do, and its traps."""
        return ()
