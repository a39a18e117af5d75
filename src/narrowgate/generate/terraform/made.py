"""A Terraform resource in the making: what one resource of the list becomes, before like ones are folded."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from narrowgate.model.resource import Resource


class Nested(msgspec.Struct, frozen=True):
    """Nested blocks of one name."""

    blocks: tuple[Mapping[str, Any], ...]


class PolicyOf(msgspec.Struct, frozen=True):
    """The text of an API's policy as its module has it; `none` for an API without one."""

    api: str


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """One instance: its type, the label of its block, its key there, and its arguments.

    Arguments hold JSON values in which `Ref`, `GetAtt`, `Join`, `hcl.Raw`, `hcl.Json`, `Nested` and `PolicyOf`
    may stand.
    """

    kind: str
    label: str = "this"
    key: str
    arguments: Mapping[str, Any]
    lifecycle: Mapping[str, Any] = msgspec.field(default_factory=dict)
    source: Resource
    after: tuple[str, ...] = ()
    """Blocks of the module that it waits for and does not name."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """How a type of the list is written: its main Terraform type, what a reference to it reads, and the writer."""

    terraform: str | None
    write: Callable[[Resource], Iterator[Made]]
    ref: str = "id"
    label: str = "this"


def name_tags(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The `tags` argument, where a resource has tags."""
    tags = properties.get("Tags")
    return {"tags": {each["Key"]: each["Value"] for each in tags}} if tags else {}


def present(**arguments: Any) -> dict[str, Any]:
    """The arguments that have a value."""
    return {name: value for name, value in arguments.items() if value is not None}


def picked(properties: Mapping[str, Any], names: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Arguments that are properties under another name, where they are set."""
    return {argument: properties[name] for argument, name in names if name in properties}
