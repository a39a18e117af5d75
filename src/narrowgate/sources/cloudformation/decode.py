"""Template text, YAML with CloudFormation's short tags or JSON, into a tree whose mappings know their lines."""

import json
from json.decoder import JSONObject  # type: ignore[attr-defined]
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from narrowgate.model.errors import InputError

MAX_YAML_BYTES = 1024 * 1024
"""CloudFormation's own limit for a template."""
MAX_JSON_BYTES = 64 * 1024 * 1024
_MAX_DEPTH = 90
_MAX_VALUES = 400_000
_YAML = "tag:yaml.org,2002:"
_TRUE = frozenset({"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})


class Tree(dict[str, Any]):
    """A mapping of a template, with the line where it starts and those of its keys."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int = 0) -> None:
        """Start empty at a line, counted from 1."""
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        """The line of a key; this mapping's own where the format does not tell."""
        return self.lines.get(key, self.line)


def decode_template(content: bytes, file: str) -> Tree:
    """Decode a template.

    Raises:
        InputError: too large, not UTF-8, no YAML or JSON, a key twice, nested too deeply; with file and line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError("not UTF-8 text", where=f"{file}:{line}", help="save the file as UTF-8") from None
    is_json = text.lstrip()[:1] == "{"
    most = MAX_JSON_BYTES if is_json else MAX_YAML_BYTES
    if len(content) > most:
        way_out = "CloudFormation takes 1 MiB"
        raise InputError(f"has {len(content):,} bytes", where=file, help=f"{most:,} at most: {way_out}")
    top = _json(text, file) if is_json else _yaml(text, file)
    if not isinstance(top, Tree):
        raise InputError("is no template: its top is no mapping", where=f"{file}:1")
    return top


def _json(text: str, file: str) -> Any:
    """JSON by the standard library's own scanner, with the line of each object."""
    breaks = _Lines(text)

    def parse_object(state: tuple[str, int], *rest: Any) -> tuple[Tree, int]:
        tree = Tree(breaks.at(state[1]))
        pairs, end = JSONObject(state, rest[0], rest[1], None, list, rest[4] if len(rest) > 4 else None)
        for key, value in pairs:
            if key in tree:
                raise InputError(f"`{key[:60]}` stands here twice", where=f"{file}:{tree.line}")
            tree[key] = value
            if isinstance(value, Tree):
                tree.lines[key] = value.line
        return tree, end

    decoder = json.JSONDecoder()
    decoder.parse_object = parse_object  # type: ignore[attr-defined]
    decoder.scan_once = json.scanner.py_make_scanner(decoder)  # type: ignore[attr-defined]
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        where = f"{file}:{error.lineno}:{error.colno}"
        raise InputError(f"not JSON: {error.msg.lower()}", where=where) from None
    except RecursionError:
        raise InputError("nested too deeply", where=file) from None


class _Lines:
    """The line of a position, counted as positions grow."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position, self._line = 0, 1

    def at(self, position: int) -> int:
        if position < self._position:
            return self._text.count("\n", 0, position) + 1
        self._line += self._text.count("\n", self._position, position)
        self._position = position
        return self._line


def _yaml(text: str, file: str) -> Any:
    _refuse_deep_brackets(text, file)
    reader = YAML(typ="safe", pure=True)
    reader.allow_duplicate_keys = True
    try:
        node: Node | None = reader.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else file
        words = " ".join(str(error.problem or error.context or "not YAML").split())
        help = "use spaces, not tabs" if "'\\t'" in words else ""
        raise InputError(f"not YAML: {words}", where=place, help=help) from None
    except (YAMLError, ValueError) as error:
        raise InputError(f"not YAML: {' '.join(str(error).split())[:200]}", where=file) from None
    except RecursionError:
        raise InputError("nested too deeply", where=file) from None
    if node is None:
        raise InputError("is empty", where=file)
    return _Builder(file).build(node, 0)


def _refuse_deep_brackets(text: str, file: str) -> None:
    """The parser's time grows with the square of open brackets: no template has so many."""
    depth = 0
    for number, line in enumerate(text.split("\n"), start=1):
        depth = max(0, depth + line.count("[") + line.count("{") - line.count("]") - line.count("}"))
        if depth > 4 * _MAX_DEPTH:
            raise InputError("nested too deeply", where=f"{file}:{number}")


class _Builder:
    """YAML nodes into the tree; aliases are followed as often as they are used, up to a limit."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._left = _MAX_VALUES

    def build(self, node: Node, depth: int) -> Any:
        line = node.start_mark.line + 1
        self._left -= 1
        if self._left < 0:
            raise InputError(f"more than {_MAX_VALUES:,} values", where=f"{self._file}:{line}")
        if depth > _MAX_DEPTH:
            raise InputError("nested too deeply", where=f"{self._file}:{line}")
        plain = self._plain(node, depth, line)
        tag = str(node.tag)
        if tag.startswith("!") and len(tag) > 1:
            return _tagged(tag[1:], plain, line)
        return plain

    def _plain(self, node: Node, depth: int, line: int) -> Any:
        if isinstance(node, MappingNode):
            return self._mapping(node, depth, line)
        if isinstance(node, SequenceNode):
            return [self.build(each, depth + 1) for each in node.value]
        return scalar_value(node)

    def _mapping(self, node: MappingNode, depth: int, line: int) -> Tree:
        tree = Tree(line)
        merged: list[Tree] = []
        for key_node, value_node in node.value:
            place = f"{self._file}:{key_node.start_mark.line + 1}"
            if not isinstance(key_node, ScalarNode):
                raise InputError("a key is no text", where=place)
            value = self.build(value_node, depth + 1)
            if key_node.value == "<<" and str(key_node.tag).endswith(":merge"):
                merged += [
                    each for each in (value if isinstance(value, list) else [value]) if isinstance(each, Tree)
                ]
                continue
            key = str(key_node.value)
            if key in tree:
                raise InputError(f"`{key[:60]}` stands here twice", where=place)
            tree[key] = value
            tree.lines[key] = key_node.start_mark.line + 1
        for each in merged:
            for key, value in each.items():
                tree.setdefault(key, value)
        return tree


def scalar_value(node: Node) -> Any:
    """A scalar as JSON would hold it; numbers that would lose digits, and dates, stay text."""
    text, tag = str(node.value), str(node.tag)
    if tag == f"{_YAML}null":
        return None
    if tag == f"{_YAML}bool":
        return text in _TRUE
    if (
        tag == f"{_YAML}int"
        and (text == "0" or text.lstrip("-")[:1] not in ("0", ""))
        and text.lstrip("-").isdigit()
    ):
        # Account ids are text with digits: leading zeros are kept by the test above.
        return int(text) if len(text) < 12 else text
    return text


_SHORT = frozenset({"Ref", "Condition"})


def _tagged(name: str, value: Any, line: int) -> Tree:
    """A short tag written out: `!Sub x` is `{"Fn::Sub": x}`."""
    tree = Tree(line)
    key = name if name in _SHORT else f"Fn::{name}"
    if name == "GetAtt" and isinstance(value, str):
        value = list(value.partition(".")[::2])
    tree[key] = value
    return tree


def line_of(value: Any, fallback: int) -> int:
    """The line of a mapping; else `fallback`."""
    return value.line if isinstance(value, Tree) and value.line else fallback


def lines_of(value: Any) -> dict[str, int]:
    """The lines of a mapping's keys, as far as the format tells them."""
    return dict(value.lines) if isinstance(value, Tree) else {}
