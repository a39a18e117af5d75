"""AWS Config's files into items: snapshots, histories, and pages of an aggregator's answer, plain or packed."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.sources.config.items import Item
from narrowgate.sources.config.types import QUERY
from narrowgate.sources.snapshot.decode import convert, decode_json
from narrowgate.sources.snapshot.folder import MAX_FILE_BYTES, read_file
from narrowgate.sources.snapshot.pages import unfinished

_ITEMS = ("configurationItems", "baseConfigurationItems", "BaseConfigurationItems")
_VERSION = "1."


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """The items of one file, or of one page in it."""

    items: tuple[Item, ...]
    is_whole: bool
    """True where it holds every recorded resource of its accounts and Regions.

    A history holds what changed, and of an answer whose query nobody knows nothing tells what it left out.
    """


def read_documents(path: Path, where: str) -> Iterator[Document]:
    """Read a file of AWS Config's.

    Args:
        path: a `.json` or `.json.gz` file.
        where: how messages and evidence call it.

    Raises:
        InputError: broken, of another version, or without what an item needs; with file and place.
    """
    content = decode_json(_bytes(path, where), Any, where=where)
    for place, expression, body in _bodies(content, where):
        if isinstance(body, dict) and "Results" in body:
            yield _page(body, place, is_ours=expression == QUERY)
        elif isinstance(body, dict):
            yield _file(body, place)
        else:
            raise InputError("is no file of AWS Config's", where=place)


def _bytes(path: Path, where: str) -> bytes:
    if not path.name.endswith(".gz"):
        return read_file(path, where)
    try:
        with gzip.open(path) as packed:
            data = packed.read(MAX_FILE_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise InputError(
            "cannot be unpacked", where=where, help="fetch it again: it was cut off, or is not gzip"
        ) from None
    if len(data) > MAX_FILE_BYTES:
        raise InputError(f"unpacks to more than {MAX_FILE_BYTES // 1_000_000} MB", where=where)
    return data


def _bodies(content: Any, where: str) -> Iterator[tuple[str, Any, Any]]:
    """The documents of a file: itself, or a list of them, with the query where `collect` wrote it beside."""
    if not isinstance(content, list):
        yield where, None, content
        return
    for position, each in enumerate(content):
        place = f"{where}: [{position}]"
        if isinstance(each, dict) and "response" in each:
            sent = each.get("parameters")
            yield place, sent.get("Expression") if isinstance(sent, dict) else None, each["response"]
        else:
            yield place, None, each


def _file(body: dict[str, Any], where: str) -> Document:
    version = body.get("fileVersion", "1.0")
    if not str(version).startswith(_VERSION):
        raise InputError(f"has the file version `{str(version)[:20]}`", where=where, help="this version reads 1.x")
    key = next((each for each in _ITEMS if each in body), None)
    if key is None:
        raise InputError("has no `configurationItems`", where=where)
    if not isinstance(body[key], list):
        raise InputError(f"`{key}` is no list", where=where)
    items = tuple(_item(each, f"{where}: .{key}[{number}]") for number, each in enumerate(body[key]))
    return Document(items=items, is_whole="configSnapshotId" in body)


def _page(body: dict[str, Any], where: str, *, is_ours: bool) -> Document:
    results = body["Results"]
    if not isinstance(results, list):
        raise InputError("`Results` is no list", where=where)
    _refuse_narrow(body.get("QueryInfo"), where)
    items = tuple(_item(each, f"{where}: .Results[{number}]") for number, each in enumerate(results))
    return Document(items=items, is_whole=is_ours and unfinished(body) is None)


def _refuse_narrow(query: Any, where: str) -> None:
    """A query that selects some fields of a configuration would make the others look empty."""
    fields = query.get("SelectFields") if isinstance(query, dict) else None
    names = {each.get("Name") for each in fields if isinstance(each, dict)} if isinstance(fields, list) else None
    if names and "configuration" not in names and "*" not in names:
        raise InputError("the query did not select `configuration`", where=where, help=f"ask: {QUERY}")


def _item(value: Any, where: str) -> Item:
    found = _parsed(value, where)
    if not isinstance(found, dict):
        raise InputError("is no configuration item", where=where)
    # S3 files and the API spell two fields differently.
    named = {"accountId": found.get("awsAccountId"), "arn": found.get("ARN"), **found}
    fields = {key: each for key, each in named.items() if each is not None}
    fields["configuration"] = _parsed(fields.get("configuration"), f"{where}.configuration")
    fields["source"] = where.partition(": ")[0]
    fields["pointer"] = where.partition(": ")[2]
    item: Item = convert(fields, Item, where=where)
    return item


def _parsed(value: Any, where: str) -> Any:
    """A value that is JSON inside a string, as answers of the API hold items and configurations."""
    if not isinstance(value, str) or not value.strip():
        return None if isinstance(value, str) else value
    return decode_json(value.encode(), Any, where=where)
