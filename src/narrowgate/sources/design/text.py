"""YAML text into nodes that know file, line and column; hostile text is refused here.

Nodes are ruamel's own, composed but never constructed: no YAML tag makes an object, and every message can point to
the very value that is wrong.
"""

import difflib
from collections.abc import Iterable, Iterator
from typing import NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from narrowgate.model.design import Where
from narrowgate.model.errors import InputError

MAX_BYTES = 256 * 1024
_MAX_NODES = 20_000
_MAX_DEPTH = 40
_PREFIX = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(
    _PREFIX + kind for kind in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")
)
_TRUE, _FALSE = frozenset({"true", "True", "TRUE"}), frozenset({"false", "False", "FALSE"})


class Value:
    """One value of the file: a mapping, a list or a scalar, with its place and what it is called."""

    def __init__(self, node: Node, file: str, label: str, key: Node | None = None) -> None:
        """Wrap a node; `label` names it in messages, such as `vpcs.api.cidr`; `key` is its name."""
        self.node = node
        self.file = file
        self.label = label
        self._key = key

    @property
    def where(self) -> Where:
        """File, line and column, counted from one as editors do."""
        return self._at(self.node)

    @property
    def named_at(self) -> Where:
        """Where its name stands, on which a reader looks for it: the mapping behind it may begin a line later."""
        return self._at(self._key or self.node)

    def _at(self, node: Node) -> Where:
        mark = node.start_mark
        return Where(file=self.file, line=mark.line + 1, column=mark.column + 1)

    def fail(self, message: str, help: str = "") -> NoReturn:
        """Refuse the file because of this value."""
        raise InputError(message, where=str(self.where), help=help)

    @property
    def is_mapping(self) -> bool:
        """True for `key: value` pairs."""
        return isinstance(self.node, MappingNode)

    @property
    def is_list(self) -> bool:
        """True for a list."""
        return isinstance(self.node, SequenceNode)

    @property
    def is_null(self) -> bool:
        """True where nothing stands behind the colon."""
        return isinstance(self.node, ScalarNode) and self.node.tag == _PREFIX + "null"

    def pairs(self) -> Iterator[tuple["Value", "Value"]]:
        """Keys and values of a mapping."""
        if self.is_null:
            return
        if not isinstance(self.node, MappingNode):
            self.fail(f"`{self.label}` takes `name: value` pairs", f"this is {self._kind()}")
        seen: dict[str, Value] = {}
        for key_node, value_node in self.node.value:
            key = Value(key_node, self.file, self.label)
            name = key.text()
            if name in seen:
                key.fail(f"`{name}` stands here twice", f"the first one is in line {seen[name].where.line}")
            seen[name] = key
            yield key, Value(value_node, self.file, f"{self.label}.{name}" if self.label else name, key_node)

    def fields(self, known: Iterable[str]) -> dict[str, "Value"]:
        """A mapping whose keys are fixed; an unknown key is refused with the nearest known one."""
        names = tuple(known)
        found: dict[str, Value] = {}
        for key, value in self.pairs():
            name = key.text()
            if name not in names:
                near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
                inside = f" in `{self.label}`" if self.label else ""
                way_out = f"did you mean `{near[0]}`?" if near else "one of " + ", ".join(names)
                key.fail(f"unknown key `{name}`{inside}", way_out)
            if not value.is_null:
                found[name] = value
        return found

    def items(self) -> tuple["Value", ...]:
        """The elements of a list; a single value counts as a list of one."""
        if self.is_null:
            return ()
        if isinstance(self.node, SequenceNode):
            return tuple(Value(each, self.file, f"{self.label}[{at}]") for at, each in enumerate(self.node.value))
        return (self,)

    def text(self) -> str:
        """A scalar as it is written; numbers and dates keep their digits."""
        if not isinstance(self.node, ScalarNode) or self.is_null:
            self.fail(f"`{self.label or 'a key'}` takes text", f"this is {self._kind()}")
        return str(self.node.value)

    def boolean(self) -> bool:
        """True or false."""
        text = self.text()
        if text not in _TRUE | _FALSE:
            self.fail(f"`{self.label}` is true or false, not `{text[:40]}`")
        return text in _TRUE

    def integer(self, low: int, high: int) -> int:
        """A whole number within bounds; `1_000_000` is read as people mean it."""
        text = self.text().replace("_", "")
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            self.fail(f"`{self.label}` is a whole number, not `{text[:40]}`")
        number = int(text)
        if not low <= number <= high:
            self.fail(f"`{self.label}` is {number}", f"{low} to {high}")
        return number

    def number(self, low: float, high: float) -> float:
        """A number within bounds."""
        text = self.text().replace("_", "")
        try:
            number = float(text)
        except ValueError:
            self.fail(f"`{self.label}` is a number, not `{text[:40]}`")
        if not low <= number <= high:
            self.fail(f"`{self.label}` is {text[:40]}", f"{low:g} to {high:g}")
        return number

    def choice(self, known: Iterable[str]) -> str:
        """One of some words; a wrong one is refused with the nearest."""
        text, words = self.text(), tuple(known)
        if text not in words:
            near = difflib.get_close_matches(text, words, n=1, cutoff=0.6)
            way_out = f"did you mean `{near[0]}`?" if near else "one of " + ", ".join(words)
            self.fail(f"`{text[:60]}` is no {self.label.rpartition('.')[2].partition('[')[0]}", way_out)
        return text

    def plain(self) -> object:
        """The value as JSON would hold it: for policy documents, which are passed on as they are."""
        if self.is_null:
            return None
        if isinstance(self.node, MappingNode):
            return {key.text(): value.plain() for key, value in self.pairs()}
        if isinstance(self.node, SequenceNode):
            return [each.plain() for each in self.items()]
        text = self.text()
        # Numbers stay text: an account id must not lose a leading zero, and IAM takes numbers as text.
        return text in _TRUE if self.node.tag == _PREFIX + "bool" else text

    def _kind(self) -> str:
        if self.is_null:
            return "empty"
        return "a mapping" if self.is_mapping else "a list" if self.is_list else f"`{str(self.node.value)[:40]}`"


def parse_yaml(content: bytes, file: str, *, most: int = MAX_BYTES) -> Value:
    """Parse one YAML document whose top is a mapping; `most` is its largest size.

    Raises:
        InputError: too large, not UTF-8, no YAML, several documents, a tag, anchors that repeat without end.
    """
    if len(content) > most:
        raise InputError(f"has {len(content):,} bytes", where=file, help=f"{most:,} at most")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError("not UTF-8 text", where=f"{file}:{line}", help="save the file as UTF-8") from None
    _refuse_deep_brackets(text, file)
    node = _compose(text, file)
    if node is None:
        raise InputError("the file is empty", where=file, help="`narrowgate init` writes one to start from")
    top = Value(node, file, "")
    if not top.is_mapping:
        top.fail("a design starts with `name: value` pairs", "`narrowgate init` writes one to start from")
    _measure(node, file)
    return top


def _refuse_deep_brackets(text: str, file: str) -> None:
    """The parser's time grows with the square of open brackets: no design has so many."""
    depth = 0
    for number, line in enumerate(text.split("\n"), start=1):
        for character in line:
            if character in "[{":
                depth += 1
            elif character in "]}":
                depth = max(0, depth - 1)
        if depth > 2 * _MAX_DEPTH:
            raise InputError("nested too deeply", where=f"{file}:{number}", help=f"{_MAX_DEPTH} levels at most")


def _refuse_tabs(text: str, file: str) -> None:
    """Say it plainly where a tab is why the text is no YAML; inside a block of text a tab is fine."""
    for number, line in enumerate(text.split("\n"), start=1):
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        if "\t" in indent and line.strip():
            place = f"{file}:{number}:{indent.index(chr(9)) + 1}"
            raise InputError(
                "a tab indents this line, and YAML allows spaces only", where=place, help="use spaces"
            )


def _compose(text: str, file: str) -> Node | None:
    reader = YAML(typ="rt", pure=True)
    reader.allow_duplicate_keys = True
    try:
        node: Node | None = reader.compose(text)
    except MarkedYAMLError as error:
        _refuse_tabs(text, file)
        mark = error.problem_mark or error.context_mark
        place = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else file
        words = " ".join(str(error.problem or error.context or "not YAML").split())
        if "single document" in str(error.context or ""):
            words = "a second document starts here"
        raise InputError(f"not YAML: {words}", where=place, help="a design is one YAML document") from None
    except (YAMLError, ValueError) as error:
        words = " ".join(str(error).split())[:200]
        raise InputError(f"not YAML: {words}", where=file) from None
    except RecursionError:
        raise InputError("nested too deeply", where=file, help=f"{_MAX_DEPTH} levels at most") from None
    return node


def _measure(top: Node, file: str) -> None:
    """Refuse what would explode: anchors are followed as often as they are used, up to a limit."""
    count = 0
    waiting = [(top, 1)]
    while waiting:
        node, depth = waiting.pop()
        count += 1
        where = f"{file}:{node.start_mark.line + 1}:{node.start_mark.column + 1}"
        if count > _MAX_NODES:
            raise InputError(
                f"more than {_MAX_NODES:,} values once anchors are followed", where=where, help="write them out"
            )
        if depth > _MAX_DEPTH:
            raise InputError("nested too deeply", where=where, help=f"{_MAX_DEPTH} levels at most")
        if node.tag not in _PLAIN_TAGS:
            help = "merge keys are not read: write the keys out" if str(node.tag).endswith(":merge") else ""
            raise InputError(f"the tag `{str(node.tag)[:60]}` has no meaning here", where=where, help=help)
        if isinstance(node, MappingNode):
            waiting += [(each, depth + 1) for pair in node.value for each in pair]
        elif isinstance(node, SequenceNode):
            waiting += [(each, depth + 1) for each in node.value]
