"""Terraform's JSON syntax (`.tf.json`) into the same blocks and expressions as its own language.

JSON does not tell an argument that is a map from a nested block: Terraform asks the provider's schema. Of the
types that are read here few arguments are maps, and these are named.
"""

import re
from collections.abc import Iterator
from typing import Any

from narrowgate.model.errors import InputError
from narrowgate.sources.cloudformation.decode import Tree, decode_template
from narrowgate.sources.terraform.hcl.parse import template_of
from narrowgate.sources.terraform.hcl.scan import SyntaxProblem, unquoted
from narrowgate.sources.terraform.hcl.syntax import (
    Attribute,
    Block,
    Body,
    Expression,
    Literal,
    Object,
    Tuple,
    Variable,
)

_LABELS = {"resource": 2, "data": 2, "module": 1, "variable": 1, "output": 1, "provider": 1, "locals": 0}
"""How many labels a block of a kind has; other kinds are of no matter here."""
_WITHOUT_BLOCKS = frozenset({"module", "variable", "output", "locals"})
MAPS = frozenset(
    {
        "authentication_request_extra_params",
        "dimensions",
        "parameters",
        "request_models",
        "request_parameters",
        "stage_variable_overrides",
        "tags",
        "tags_all",
        "triggers",
        "variables",
        "volume_tags",
    }
)
"""The arguments that are maps, of all types that are converted."""
_META = frozenset({"//", "connection", "depends_on", "lifecycle", "provisioner", "timeouts"})
_LINE = re.compile(r":(\d+)(?::\d+)?$")


def parse_json(content: bytes, file: str) -> tuple[Block, ...]:
    """The blocks of a `.tf.json` file.

    Raises:
        SyntaxProblem: no JSON, or an expression in it that is not understood, with its line.
    """
    try:
        top = decode_template(content, file)
    except InputError as error:
        found = _LINE.search(str(error.where))
        raise SyntaxProblem(error.message, int(found[1]) if found else 1) from None
    reader = _Reader(file)
    return tuple(
        block
        for kind, value in top.items()
        if kind in _LABELS
        for block in reader.blocks(kind, value, _LABELS[kind], (), top.line_of(kind))
    )


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file

    def blocks(self, kind: str, value: Any, missing: int, labels: tuple[str, ...], line: int) -> Iterator[Block]:
        """The blocks of a kind: labels are keys, and a list stands for several of one key."""
        for each in value if isinstance(value, list) else [value]:
            if not isinstance(each, Tree):
                raise SyntaxProblem(f"`{kind}` holds no object", line)
            if missing:
                for label, inner in each.items():
                    if label != "//":
                        yield from self.blocks(kind, inner, missing - 1, (*labels, label), each.line_of(label))
            else:
                body = self._body(each, has_blocks=kind not in _WITHOUT_BLOCKS)
                yield Block(kind, labels, body, each.line, self.file)

    def _body(self, tree: Tree, *, has_blocks: bool) -> Body:
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        for name, value in tree.items():
            line = tree.line_of(name)
            if name in _META:
                continue
            if has_blocks and name == "dynamic":
                blocks += self._dynamic(value, line)
            elif has_blocks and name not in MAPS and _is_blocks(value):
                blocks += self.blocks(name, value, 0, (), line)
            else:
                attributes[name] = Attribute(name, _expression(value, line), line)
        return Body(attributes, tuple(blocks))

    def _dynamic(self, value: Any, line: int) -> Iterator[Block]:
        for name, several in value.items() if isinstance(value, Tree) else ():
            for each in several if isinstance(several, list) else [several]:
                if not isinstance(each, Tree):
                    raise SyntaxProblem("`dynamic` holds no object", line)
                attributes: dict[str, Attribute] = {}
                if "for_each" in each:
                    written = _expression(each["for_each"], each.line_of("for_each"))
                    attributes["for_each"] = Attribute("for_each", written, each.line)
                if isinstance(each.get("iterator"), str):
                    attributes["iterator"] = Attribute("iterator", Variable(each["iterator"]), each.line)
                content = tuple(self.blocks("content", each.get("content", Tree()), 0, (), each.line))
                yield Block("dynamic", (name,), Body(attributes, content), each.line, self.file)


def _is_blocks(value: Any) -> bool:
    several = value if isinstance(value, list) else [value]
    return bool(several) and all(isinstance(each, Tree) for each in several)


def _expression(value: Any, line: int) -> Expression:
    if isinstance(value, str):
        return template_of(unquoted(value, line))
    if isinstance(value, Tree):
        items = (
            (template_of(unquoted(key, line)), _expression(each, value.line_of(key)))
            for key, each in value.items()
        )
        return Object(tuple(items))
    if isinstance(value, list):
        return Tuple(tuple(_expression(each, line) for each in value))
    return Literal(value)
