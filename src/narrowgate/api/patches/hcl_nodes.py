"""Terraform's text as nodes, and values written into it."""

import re
from typing import Any

from narrowgate.api.patches.node import Entries, Items, Node, Opaque, Scalar, TextEdit
from narrowgate.generate.terraform.hcl import assignment, inline
from narrowgate.sources.terraform.hcl.parse import Spans
from narrowgate.sources.terraform.hcl.syntax import (
    Call,
    Conditional,
    Expression,
    For,
    GetAttr,
    Index,
    Literal,
    Object,
    Template,
    Tuple,
    Variable,
)

_NOT_RESOURCES = frozenset({"var", "local", "module", "data", "each", "count", "path", "terraform", "self", "*"})


def node_of(source: str, spans: Spans, expression: Expression) -> Node:
    """An expression as a node; `jsonencode(…)` is what it holds."""
    start, end = spans.of(expression)
    line = source.count("\n", 0, start) + 1
    match expression:
        case Literal(value=value):
            return Scalar(start, end, line, value)
        case Tuple(items=items):
            return Items(start, end, line, tuple(node_of(source, spans, each) for each in items))
        case Object(items=items) if all(isinstance(key, Literal) for key, _ in items):
            values = {str(getattr(key, "value", "")): node_of(source, spans, each) for key, each in items}
            places = {str(getattr(key, "value", "")): (spans.of(key)[0], spans.of(each)[1]) for key, each in items}
            return Entries(start, end, line, values, places)
        case Call(name="jsonencode", arguments=(inner,)):
            return node_of(source, spans, inner)
    return Opaque(start, end, line, described(expression), _root(expression) == "resource")


def described(expression: Expression) -> str:
    """What an expression is, for people."""
    match expression:
        case Call(name=name):
            return f"the function `{name}`"
        case For():
            return "a `for` expression"
        case Conditional():
            return "a condition"
        case Template(parts=parts):
            inner = next((each for each in parts if not isinstance(each, Literal)), None)
            return f"text with {described(inner)} in it" if inner is not None else "text"
    text = _dotted(expression)
    return f"`{text}`" if text else "an expression"


def _dotted(expression: Expression) -> str:
    match expression:
        case Variable(name=name):
            return name
        case GetAttr(of=of, name=name):
            return f"{_dotted(of)}.{name}"
        case Index(of=of, key=Literal(value=value)):
            return f"{_dotted(of)}[{inline(value)}]"
    return ""


def _root(expression: Expression) -> str:
    match expression:
        case GetAttr(of=of) | Index(of=of, key=Literal()):
            return _root(of)
        case Variable(name=name) if name not in _NOT_RESOURCES:
            return "resource"
    return ""


class HclWriter:
    """Values written into a `.tf` file; they hold `hcl.Raw` and `hcl.Template` where references are meant."""

    def __init__(self, source: str) -> None:
        """Write into this text."""
        self._source = source

    def value(self, node: Node, new: Any) -> TextEdit:
        """A value in place of a node."""
        return TextEdit(node.start, node.end, self._text(new, node.start))

    def entry(self, node: Entries, key: str, new: Any) -> TextEdit:
        """One more entry, on a line of its own where the others are."""
        last = max((end for _, end in node.spans.values()), default=None)
        if last is None:
            return TextEdit(node.start, node.end, "{ " + assignment(key, new, 0).strip() + " }")
        first = min(start for start, _ in node.spans.values())
        if "\n" not in self._source[node.start : first]:
            return TextEdit(last, last, f", {assignment(key, new, self._depth(first)).strip()}")
        return TextEdit(last, last, "\n" + assignment(key, new, self._depth(first)))

    def item(self, node: Items, new: Any) -> TextEdit:
        """One more item, on a line of its own where the others are."""
        if not node.items:
            return TextEdit(node.start, node.end, f"[{self._text(new, node.start)}]")
        first, last = node.items[0].start, node.items[-1].end
        if "\n" not in self._source[node.start : first]:
            return TextEdit(last, last, f", {self._text(new, first)}")
        pad = " " * self._column(first)
        return TextEdit(last, last, f",\n{pad}{self._text(new, first)}")

    def without(self, node: Node, span: tuple[int, int]) -> TextEdit:
        """An entry taken out, with its line where nothing else stands on it."""
        return without(self._source, span)

    def _text(self, new: Any, at: int) -> str:
        return assignment("x", new, self._depth(at)).lstrip().removeprefix("x = ")

    def _depth(self, at: int) -> int:
        return self._column(at) // 2

    def _column(self, at: int) -> int:
        """How far the line of an offset is indented."""
        begin = self._source.rfind("\n", 0, at) + 1
        return len(self._source[begin:]) - len(self._source[begin:].lstrip(" "))


def without(source: str, span: tuple[int, int]) -> TextEdit:
    """What stands between two offsets taken out: with its line or lines, where nothing else stands on them."""
    start, end = span
    begin = source.rfind("\n", 0, start) + 1
    rest = re.compile(r"[ \t]*,?[ \t]*(?:#[^\n]*|//[^\n]*)?(?:\n|$)").match(source, end)
    if not source[begin:start].strip() and rest is not None:
        stop = rest.end()
        # One of the empty lines around it goes with it.
        if source[:begin].endswith("\n\n") and source[stop:].lstrip(" ")[:1] in ("\n", "}", ""):
            begin -= 1
        return TextEdit(begin, stop, "")
    following = re.compile(r"\s*,\s*").match(source, end)
    if following:
        return TextEdit(start, following.end(), "")
    leading = re.search(r"\s*,\s*$", source[:start])
    return TextEdit(leading.start() if leading else start, end, "")
