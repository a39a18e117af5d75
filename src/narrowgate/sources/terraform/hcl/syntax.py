"""Expressions and blocks of Terraform's language, as values."""

from collections.abc import Iterator
from typing import Any

import msgspec


class Literal(msgspec.Struct, frozen=True):
    """A number, text without a template, `true`, `false` or `null`."""

    value: Any


class Template(msgspec.Struct, frozen=True):
    """Text with expressions in it; the parts in order."""

    parts: tuple["Expression", ...]


class Variable(msgspec.Struct, frozen=True):
    """The first name of a traversal: `var`, `local`, `aws_vpc`, `each`…."""

    name: str


class GetAttr(msgspec.Struct, frozen=True):
    """`of.name`."""

    of: "Expression"
    name: str


class Index(msgspec.Struct, frozen=True):
    """`of[key]`."""

    of: "Expression"
    key: "Expression"


class Splat(msgspec.Struct, frozen=True):
    """`of[*].…`: `each` is computed for every element, which stands under the name `*`."""

    of: "Expression"
    each: "Expression"


class Call(msgspec.Struct, frozen=True):
    """`name(arguments)`; `expands` where the last one is given as `list...`."""

    name: str
    arguments: tuple["Expression", ...]
    expands: bool = False


class Unary(msgspec.Struct, frozen=True):
    """`!x` or `-x`."""

    operator: str
    of: "Expression"


class Binary(msgspec.Struct, frozen=True):
    """`left operator right`."""

    operator: str
    left: "Expression"
    right: "Expression"


class Conditional(msgspec.Struct, frozen=True):
    """`condition ? yes : no`."""

    condition: "Expression"
    yes: "Expression"
    no: "Expression"


class Tuple(msgspec.Struct, frozen=True):
    """`[…]`."""

    items: tuple["Expression", ...]


class Object(msgspec.Struct, frozen=True):
    """`{…}`: keys and values in order."""

    items: tuple[tuple["Expression", "Expression"], ...]


class For(msgspec.Struct, frozen=True, kw_only=True):
    """`[for k, v in of : value if condition]`; with `key` an object, `groups` where it ends in `...`."""

    key_name: str | None
    value_name: str
    of: "Expression"
    key: "Expression | None"
    value: "Expression"
    condition: "Expression | None"
    groups: bool = False


class Unsupported(msgspec.Struct, frozen=True):
    """What is not computed here, and what it is."""

    what: str


Expression = (
    Literal
    | Template
    | Variable
    | GetAttr
    | Index
    | Splat
    | Call
    | Unary
    | Binary
    | Conditional
    | Tuple
    | Object
    | For
    | Unsupported
)


class Attribute(msgspec.Struct, frozen=True):
    """`name = expression`, and its line."""

    name: str
    value: Expression
    line: int


class Body(msgspec.Struct, frozen=True):
    """What stands between a block's braces, or in a file."""

    attributes: dict[str, Attribute]
    blocks: tuple["Block", ...]

    def of_type(self, kind: str) -> Iterator["Block"]:
        """The blocks of a type, in order."""
        return (each for each in self.blocks if each.type == kind)


class Block(msgspec.Struct, frozen=True):
    """`type "label" … { body }`, its file and line."""

    type: str
    labels: tuple[str, ...]
    body: Body
    line: int
    file: str = ""
