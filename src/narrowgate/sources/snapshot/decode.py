"""Bytes into facts, with every failure turned into one error that names file, line or pointer, and way out."""

import re
from functools import lru_cache
from typing import Any

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.model.fact import ADDRESS_PATTERN, CIDR_PATTERN, PROTOCOL_PATTERN
from narrowgate.model.outside import FORWARD_PATTERN

_PATH = re.compile(r" - at `\$(?P<path>.*)`$", re.DOTALL)
_NULL_FIELD = re.compile(r", got `null` - at `\$.*\.(\w+)`$", re.DOTALL)
_BYTE = re.compile(r"\(byte (?P<byte>\d+)\)")
# msgspec names types as Python or the schema does; users know JSON's own words.
_TYPES = re.compile(
    r"`((?:str|int|float|bool|array|object|null)(?: \| (?:str|int|float|bool|array|object|null))*)`"
)
_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


_PATTERNS = {
    repr(ADDRESS_PATTERN): "no IP address",
    repr(CIDR_PATTERN): "no CIDR block",
    repr(PROTOCOL_PATTERN): "no protocol that EC2 knows",
    repr(FORWARD_PATTERN): "neither an IP address nor `public`",
}


@lru_cache(maxsize=256)
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def decode_json(data: bytes | memoryview, kind: Any, *, where: str, pointer: str = "") -> Any:
    """Decode JSON into `kind`.

    Args:
        data: UTF-8 JSON.
        kind: a type that msgspec decodes.
        where: the file, for the message.
        pointer: where in the file `data` stands, as a path such as `.Vpcs`.

    Raises:
        InputError: no JSON, wrong types, missing fields, nesting without end; with file and line or pointer.
    """
    try:
        return _decode(data, kind)
    except msgspec.ValidationError as error:
        raise InputError(_plain(str(error)), where=f"{where}: {_pointer(str(error), pointer)}") from None
    except msgspec.DecodeError as error:
        raise InputError(
            *_syntax(str(error), bytes(data), pointer), where=_line(str(error), bytes(data), where)
        ) from None
    except RecursionError:
        raise InputError("nested too deeply to be an AWS response", where=where) from None
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text", where=where, help="save the file as UTF-8") from None


def _decode(data: bytes | memoryview, kind: Any) -> Any:
    """Decode; a null where the type wants a value is a field left out, as other tools write it."""
    dropped: set[str] = set()
    while True:
        try:
            return _decoder(kind).decode(data)
        except msgspec.ValidationError as error:
            name = _NULL_FIELD.search(str(error))
            if name is None or name[1] in dropped:
                raise
            dropped.add(name[1])
            data = msgspec.json.encode(_without_nulls(msgspec.json.decode(data), name[1]))


def _without_nulls(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return [_without_nulls(each, name) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: _without_nulls(each, name) for key, each in value.items() if each is not None or key != name}


def convert(value: Any, kind: Any, *, where: str, pointer: str = "") -> Any:
    """The same as `decode_json` for JSON that is parsed already.

    Raises:
        InputError: as `decode_json`.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise InputError(_plain(str(error)), where=f"{where}: {_pointer(str(error), pointer)}") from None
    except RecursionError:
        raise InputError("nested too deeply to be an AWS response", where=where) from None


def _pointer(message: str, prefix: str) -> str:
    found = _PATH.search(message)
    return f"{prefix}{found['path'] if found else ''}" or "top level"


def _plain(message: str) -> str:
    text = _PATH.sub("", message)
    _, is_pattern, pattern = text.partition("matching regex ")
    if is_pattern and pattern in _PATTERNS:
        return f"the text here is {_PATTERNS[pattern]}"
    text = _TYPES.sub(lambda found: " or ".join(_WORDS[each] for each in found[1].split(" | ")), text)
    text = text.replace("Object missing required field", "missing the field")
    text = text.replace("Invalid enum value", "no such value:")
    return text[:1].lower() + text[1:]


def _syntax(message: str, data: bytes, pointer: str) -> tuple[str]:
    if not data.strip():
        return ("empty, where an AWS response in JSON was expected",)
    if "truncated" in message:
        return ("ends in the middle of a value: the file was cut off",)
    return (f"is not JSON: {_BYTE.sub('', message).replace('JSON is malformed: ', '').strip()}{pointer}",)


def _line(message: str, data: bytes, where: str) -> str:
    found = _BYTE.search(message)
    offset = int(found["byte"]) if found else len(data)
    line = data.count(b"\n", 0, offset) + 1
    return f"{where}:{line}"
