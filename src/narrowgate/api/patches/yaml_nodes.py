"""A template's text, YAML or JSON, as nodes, and values written into it."""

import json
import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode

from narrowgate.api.patches.hcl_nodes import without
from narrowgate.api.patches.node import Entries, Items, Node, Opaque, Scalar, TextEdit, Uncertain
from narrowgate.generate.cloudformation.yaml_text import Tag, scalar_text, write_yaml
from narrowgate.sources.cloudformation.decode import scalar_value


def nodes_of(text: str, file: str) -> Entries:
    """The top mapping of a template.

    Raises:
        Uncertain: it is not understood.
    """
    reader = YAML(typ="safe", pure=True)
    reader.allow_duplicate_keys = True
    try:
        top = reader.compose(text)
    except (YAMLError, ValueError, RecursionError):
        raise Uncertain("the file is not understood as YAML", file=file) from None
    found = _node(top, text) if top is not None else None
    if not isinstance(found, Entries):
        raise Uncertain("the file is no mapping", file=file)
    return found


def _node(node: YamlNode, text: str) -> Node:
    start, line = node.start_mark.index, node.start_mark.line + 1
    tag = str(node.tag)
    if tag.startswith("!") and len(tag) > 1:
        end = start + len(text[start : node.end_mark.index].rstrip())
        return Opaque(start, end, line, f"`{text[start:end][:60]}`", tag in ("!Ref", "!GetAtt", "!ImportValue"))
    match node:
        case ScalarNode():
            end = start + len(text[start : node.end_mark.index].rstrip())
            return Scalar(start, end, line, scalar_value(node))
        case SequenceNode():
            items = tuple(_node(each, text) for each in node.value)
            is_block = not node.flow_style
            end = items[-1].end if is_block and items else node.end_mark.index
            return Items(start, end, line, items, is_block)
        case MappingNode():
            return _mapping(node, text, start, line)
    return Opaque(start, node.end_mark.index, line, "an alias")


def _mapping(node: MappingNode, text: str, start: int, line: int) -> Node:
    values: dict[str, Node] = {}
    spans: dict[str, tuple[int, int]] = {}
    for key, value in node.value:
        name = str(key.value)
        if name == "<<" or not isinstance(key, ScalarNode):
            return Opaque(start, node.end_mark.index, line, "a merge of mappings")
        values[name] = _node(value, text)
        spans[name] = (key.start_mark.index, max(values[name].end, key.end_mark.index))
    if len(values) == 1 and re.fullmatch(r"Ref|Condition|Fn::\w+", next(iter(values))):
        name = next(iter(values))
        end = spans[name][1] if not node.flow_style else node.end_mark.index
        return Opaque(start, end, line, f"`{name}`", name in ("Ref", "Fn::GetAtt", "Fn::ImportValue"))
    is_block = not node.flow_style
    end = (
        max((each for _, each in spans.values()), default=node.end_mark.index) if is_block else node.end_mark.index
    )
    return Entries(start, end, line, values, spans, is_block)


class TemplateWriter:
    """Values written into a template; they hold `Tag` where functions are meant."""

    def __init__(self, text: str) -> None:
        """Write into this text."""
        self._text = text
        self.is_json = text.lstrip()[:1] == "{"

    def value(self, node: Node, new: Any) -> TextEdit:
        """A value in place of a node."""
        return TextEdit(node.start, node.end, self.flow(new))

    def entry(self, node: Entries, key: str, new: Any) -> TextEdit:
        """One more entry, on lines of its own in a block."""
        if not node.spans:
            return TextEdit(node.start, node.end, self.flow({key: new}))
        first = min(start for start, _ in node.spans.values())
        last = max(end for _, end in node.spans.values())
        if node.is_block:
            end = self._line_end(last)
            return TextEdit(end, end, "\n" + _indented(write_yaml({key: new}), self._column(first)))
        return self._in_flow(node.start, first, last, f"{self._key(key)}: {self.flow(new, first=first)}")

    def item(self, node: Items, new: Any) -> TextEdit:
        """One more item, on lines of its own in a block."""
        if not node.items:
            return TextEdit(node.start, node.end, self.flow([new]))
        first, last = node.items[0].start, node.items[-1].end
        if node.is_block:
            end = self._line_end(last)
            dash = self._text.rfind("-", 0, first)
            lines = write_yaml({"x": [new]}).split("\n")[1:]
            if not lines or not lines[0].strip():
                lines = [f"  - {self.flow(new)}"]
            text = "\n".join(each[2:] for each in lines).rstrip()
            return TextEdit(end, end, "\n" + _indented(text, dash - self._text.rfind("\n", 0, dash) - 1))
        return self._in_flow(node.start, first, last, self.flow(new, first=first))

    def without(self, node: Node, span: tuple[int, int]) -> TextEdit:
        """An entry or item taken out."""
        return without(self._text, span)

    def _in_flow(self, start: int, first: int, last: int, text: str) -> TextEdit:
        """After the last one of a flow: on a line of its own where the others are."""
        if "\n" in self._text[start:first]:
            return TextEdit(last, last, ",\n" + " " * self._column(first) + text)
        return TextEdit(last, last, f", {text}")

    def flow(self, value: Any, *, first: int | None = None) -> str:
        """A value within one line; in JSON over several, indented as what begins at `first`."""
        if self.is_json:
            lines = json.dumps(plain(value), indent=2 if first is not None else None, ensure_ascii=False).split(
                "\n"
            )
            pad = " " * (self._column(first) if first is not None else 0)
            return ("\n" + pad).join(lines)
        match value:
            case Tag(name=name, value=inner):
                return f"!{name} {self.flow(inner)}"
            case dict():
                return "{" + ", ".join(f"{self._key(key)}: {self.flow(each)}" for key, each in value.items()) + "}"
            case list() | tuple():
                return "[" + ", ".join(self.flow(each) for each in value) + "]"
        return scalar_text(value, in_list=True)

    def _key(self, key: str) -> str:
        return json.dumps(key) if self.is_json else scalar_text(key)

    def _column(self, at: int) -> int:
        return at - self._text.rfind("\n", 0, at) - 1

    def _line_end(self, at: int) -> int:
        found = self._text.find("\n", at)
        return len(self._text) if found < 0 else found


def plain(value: Any) -> Any:
    """A value with functions in their long form, as JSON has them."""
    match value:
        case Tag(name="Ref", value=inner):
            return {"Ref": inner}
        case Tag(name="GetAtt", value=inner):
            return {"Fn::GetAtt": str(inner).split(".", 1)}
        case Tag(name=name, value=inner):
            return {f"Fn::{name}": plain(inner)}
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
    return value


def _indented(text: str, width: int) -> str:
    return "\n".join(" " * width + line if line else "" for line in text.rstrip("\n").split("\n"))
