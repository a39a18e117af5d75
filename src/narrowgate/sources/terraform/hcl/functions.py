"""Terraform's functions as far as they are computed here: those that move values about, and text ones.

Arguments may hold references; a function that needs to see a value and meets one gives `None` from `call`, and the
result stays unknown.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from narrowgate.model.resource import GetAtt, Join, Ref, Unknown
from narrowgate.sources.terraform.hcl import networks, sequences

Symbol = Ref | GetAtt | Join | Unknown


class JsonText(msgspec.Struct, frozen=True):
    """The JSON text of a value that holds references."""

    value: Any


class NotComputed(Exception):
    """A function or an argument whose result nobody here can tell; the text says which."""


def call(name: str, arguments: list[Any]) -> Any:
    """The result of a function.

    Raises:
        NotComputed: a function that is not known here, or an argument that is known only after apply.
    """
    function = _FUNCTIONS.get(name)
    if function is None:
        raise NotComputed(f"the function `{name}` is not computed here")
    try:
        return function(*arguments)
    except (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, StopIteration, re.error) as error:
        raise NotComputed(f"`{name}` cannot be computed: {type(error).__name__}") from None


def plain(value: Any) -> Any:
    """A value that functions may look into.

    Raises:
        NotComputed: it is a reference, or unknown.
    """
    if isinstance(value, Unknown):
        raise NotComputed(value.why)
    if value is None or isinstance(value, (str, bool, int, float, list, tuple, Mapping)):
        return value
    raise NotComputed("a value that is known only after apply")


def items(value: Any) -> list[Any]:
    """The elements of a list, or the values of a map, in Terraform's order.

    Raises:
        NotComputed: it is no collection that is known.
    """
    value = plain(value)
    if isinstance(value, Mapping):
        return [value[key] for key in sorted(value)]
    if isinstance(value, (list, tuple)):
        return list(value)
    raise NotComputed("a value that is no list")


def _concat(*lists: Any) -> list[Any]:
    return [each for one in lists for each in items(one)]


def _flatten(value: Any) -> list[Any]:
    found: list[Any] = []
    for each in items(value):
        if isinstance(each, Unknown):
            raise NotComputed(each.why)
        found += _flatten(each) if isinstance(each, (list, tuple)) else [each]
    return found


def _distinct(*lists: Any) -> list[Any]:
    found: list[Any] = []
    for each in _concat(*lists):
        if each not in found:
            found.append(each)
    return found


def _compact(value: Any) -> list[Any]:
    return [each for each in items(value) if each not in (None, "")]


def _merge(*maps: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in maps:
        if each is not None:
            found |= plain(each)
    return found


def _coalesce(*values: Any) -> Any:
    for each in values:
        if isinstance(each, Unknown):
            raise NotComputed(each.why)
        if each not in (None, ""):
            return each
    return None


def _lookup(map_: Any, key: Any, *default: Any) -> Any:
    known = plain(map_)
    return known[plain(key)] if plain(key) in known or not default else default[0]


def _element(value: Any, at: Any) -> Any:
    known = items(value)
    return known[int(plain(at)) % len(known)]


def _zipmap(keys: Any, values: Any) -> dict[str, Any]:
    return {str(plain(key)): value for key, value in zip(items(keys), items(values), strict=True)}


def _join(separator: Any, *lists: Any) -> Any:
    parts: list[Any] = []
    for each in _concat(*lists):
        parts += [plain(separator), each] if parts else [each]
    return text(parts)


def _format(pattern: Any, *arguments: Any) -> Any:
    pieces = str(plain(pattern)).split("%")
    parts: list[Any] = [pieces[0]]
    rest = list(arguments)
    for piece in pieces[1:]:
        if not piece or piece[0] not in "svd":
            raise NotComputed("`format` with a verb that is not computed here")
        parts += [rest.pop(0), piece[1:]]
    return text(parts)


def text(parts: list[Any]) -> Any:
    """Parts joined: text where all of them are known, else a `Join`, or the first part that is unknown."""
    flat: list[Any] = []
    for part in parts:
        if isinstance(part, Unknown):
            return part
        if isinstance(part, JsonText):
            raise NotComputed("JSON text inside other text")
        pieces = part.parts if isinstance(part, Join) else (as_text(part),)
        for piece in pieces:
            if isinstance(piece, str) and flat and isinstance(flat[-1], str):
                flat[-1] += piece
            elif piece != "":
                flat.append(piece)
    if all(isinstance(each, str) for each in flat):
        return "".join(flat)
    return flat[0] if len(flat) == 1 else Join(tuple(flat))


def as_text(value: Any) -> Any:
    """A value as Terraform writes it into text; references stay.

    Raises:
        NotComputed: a list or a map.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, (list, dict)):
        raise NotComputed("a value that does not go into text")
    return value if isinstance(value, (str, Ref, GetAtt)) else str(value)


def _jsonencode(value: Any) -> Any:
    return JsonText(value) if holds_symbol(value) else json.dumps(value, separators=(",", ":"))


def holds_symbol(value: Any) -> bool:
    """True where a reference or an unknown stands somewhere inside."""
    if isinstance(value, Mapping):
        return any(holds_symbol(each) for each in value.values())
    if isinstance(value, (list, tuple)):
        return any(holds_symbol(each) for each in value)
    return isinstance(value, (Ref, GetAtt, Join, Unknown, JsonText))


def _jsondecode(value: Any) -> Any:
    return value.value if isinstance(value, JsonText) else json.loads(plain(value))


def _same(value: Any, *_: Any) -> Any:
    return value


def _words(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: function(*(plain(each) for each in arguments))


def _sort(value: Any) -> list[Any]:
    """Addresses of one resource's interfaces keep their order: AWS has not chosen them yet."""
    known = items(value)
    owners = {getattr(each, "logical_id", None) if isinstance(each, GetAtt) else None for each in known}
    if len(owners) == 1 and None not in owners:
        return known
    return sorted(plain(each) for each in known)


def _replace(value: str, old: str, new: str) -> str:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        raise NotComputed("`replace` by a pattern is not computed here")
    return value.replace(old, new)


def _regexall(pattern: str, value: str) -> list[Any]:
    """Every match: its text, its groups in order, or its groups by name."""
    compiled = re.compile(pattern)
    if compiled.groupindex:
        return [found.groupdict() for found in compiled.finditer(value)]
    if compiled.groups:
        return [list(found.groups()) for found in compiled.finditer(value)]
    return [found[0] for found in compiled.finditer(value)]


def _tostring(value: Any) -> Any:
    return text([value])


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": _words(abs),
    "alltrue": lambda value: all(plain(each) in (True, "true") for each in items(value)),
    "anytrue": lambda value: any(plain(each) in (True, "true") for each in items(value)),
    "ceil": _words(math.ceil),
    "chunklist": lambda value, size: sequences.chunked(items(value), plain(size)),
    "cidrhost": _words(networks.cidrhost),
    "cidrnetmask": _words(networks.cidrnetmask),
    "cidrsubnet": _words(networks.cidrsubnet),
    "cidrsubnets": _words(networks.cidrsubnets),
    "coalesce": _coalesce,
    "coalescelist": lambda *lists: sequences.first_filled(*map(items, lists)),
    "compact": _compact,
    "concat": _concat,
    "contains": lambda value, each: plain(each) in [plain(one) for one in items(value)],
    "distinct": _distinct,
    "element": _element,
    "endswith": _words(str.endswith),
    "flatten": _flatten,
    "floor": _words(math.floor),
    "format": _format,
    "index": lambda value, each: [plain(one) for one in items(value)].index(plain(each)),
    "join": _join,
    "jsondecode": _jsondecode,
    "jsonencode": _jsonencode,
    "keys": lambda value: sorted(plain(value)),
    "length": lambda value: len(plain(value)),
    "lookup": _lookup,
    "lower": _words(str.lower),
    "max": _words(max),
    "merge": _merge,
    "min": _words(min),
    "nonsensitive": _same,
    "one": lambda value: (items(value) or [None])[0],
    "range": _words(sequences.numbers),
    "regexall": _words(_regexall),
    "replace": _words(_replace),
    "reverse": lambda value: items(value)[::-1],
    "setintersection": lambda *sets: sequences.shared(*map(items, sets)),
    "setproduct": lambda *sets: sequences.product(*map(items, sets)),
    "setsubtract": lambda value, gone: sequences.without(items(value), items(gone)),
    "setunion": _distinct,
    "slice": lambda value, start, end: sequences.sliced(items(value), plain(start), plain(end)),
    "sort": _sort,
    "split": _words(lambda separator, value: value.split(separator)),
    "startswith": _words(str.startswith),
    "sum": lambda value: sum(plain(each) for each in items(value)),
    "toset": _distinct,
    "tolist": items,
    "tomap": _same,
    "tostring": _tostring,
    "tonumber": _words(lambda value: int(value) if str(value).lstrip("-").isdigit() else float(value)),
    "tobool": _words(lambda value: value if isinstance(value, bool) else {"true": True, "false": False}[value]),
    "trimprefix": _words(str.removeprefix),
    "trimspace": _words(str.strip),
    "trimsuffix": _words(str.removesuffix),
    "upper": _words(str.upper),
    "values": items,
    "zipmap": _zipmap,
}
