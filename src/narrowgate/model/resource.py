"""Resources that a design adds, in CloudFormation's vocabulary: one list for the engine and every generator."""

from typing import Any

import msgspec


class Ref(msgspec.Struct, frozen=True, tag="Ref"):
    """The id (or CloudFormation's `Ref` value) of another resource of the list, by its logical id."""

    logical_id: str


class GetAtt(msgspec.Struct, frozen=True, tag="GetAtt"):
    """An attribute of another resource of the list, such as `DnsEntries` or `Arn`."""

    logical_id: str
    attribute: str


class Join(msgspec.Struct, frozen=True, tag="Join"):
    """Text made of literals and references, in order."""

    parts: tuple["str | Ref | GetAtt", ...]


class Unknown(msgspec.Struct, frozen=True, tag="Unknown"):
    """A value that nobody can tell before the resource exists, or that was not understood: never a guess."""

    why: str


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a resource is written: file, line (from 1; 0 where not known), and its address there.

    The address is a design's path, a Terraform address, or a template's logical id.
    """

    file: str
    line: int = 0
    address: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One resource: CloudFormation type and properties, and where it is made.

    `properties` holds JSON values in which `Ref`, `GetAtt` and `Join` may stand wherever text may, and `Unknown`
    wherever anything may. `purpose` is
    one sentence for people: why the design needs it; `rule` the rule of the rule book behind it.
    """

    logical_id: str
    type: str
    account: str
    region: str
    properties: dict[str, Any]
    depends_on: tuple[str, ...] = ()
    purpose: str = ""
    rule: str | None = None
    exists: bool = False
    """True for a resource that is there already: referred to, never generated."""
    physical_id: str | None = None
    """The id of an existing resource."""
    origin: Origin | None = None
    """Where it is written, for a resource that was read from a file."""
    written: dict[str, Origin] = msgspec.field(default_factory=dict)
    """Where single properties are written, as far as that is told."""
    uncertain: Unknown | None = None
    """Why nobody can tell whether it is made at all; None for one that is."""
