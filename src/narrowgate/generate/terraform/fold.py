"""One block of many resources that differ in values only: `for_each`, so that nothing is written twice.

A block always has `for_each`, also around one instance: an address keeps its form when a second one comes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from narrowgate.generate.terraform.hcl import Block, Raw
from narrowgate.generate.terraform.made import Nested

_MISSING = object()
Values = list[dict[str, Any]]


def fold(
    keys: Sequence[str], members: Sequence[Mapping[str, Any]], blocks: Mapping[str, Sequence[str]]
) -> tuple[Any, list[Any]]:
    """The `for_each` value and the body of a block for several instances.

    Args:
        keys: the instances' keys.
        members: their arguments, resolved.
        blocks: the keys of every block, by address: one whose instances each follow one there is chained to it.
    """
    for address, there in blocks.items():
        if list(there) == list(keys):
            chained = [_chained(member, address, key) for key, member in zip(keys, members, strict=True)]
            values: Values = [{} for _ in members]
            body = _merge("", chained, values)
            if chained != list(members) and not any(values):
                return Raw(address), body
    values = [{} for _ in members]
    body = _merge("", members, values)
    if not any(values):
        return Raw(f"toset([{', '.join(_quoted(key) for key in keys)}])"), body
    return dict(zip(keys, values, strict=True)), body


def _chained(member: Mapping[str, Any], address: str, key: str) -> dict[str, Any]:
    start = f'{address}["{key}"].'
    return {
        name: Raw(f"each.value.{value.text.removeprefix(start)}")
        if isinstance(value, Raw) and value.text.startswith(start)
        else value
        for name, value in member.items()
    }


def _quoted(key: str) -> str:
    return f'"{key}"'


def _merge(prefix: str, members: Sequence[Mapping[str, Any]], values: Values) -> list[Any]:
    body: list[Any] = []
    for name in dict.fromkeys(key for member in members for key in member):
        column = [member.get(name, _MISSING) for member in members]
        first = column[0]
        if isinstance(first, Nested) or any(isinstance(each, Nested) for each in column):
            body += _nested(name, column, values)
        elif all(each == first and type(each) is type(first) for each in column):
            body.append((name, first))
        elif _are_alike(column):
            inner = _merge(name, column, values)
            body.append((name, dict(inner)))
        else:
            body.append((name, _each(prefix, name, column, values)))
    return body


def _are_alike(column: Sequence[Any]) -> bool:
    """Maps with the same keys, whose values differ."""
    return all(isinstance(each, dict) and each and each.keys() == column[0].keys() for each in column)


def _each(prefix: str, name: str, column: Sequence[Any], values: Values) -> Raw:
    word = name.lower().replace("-", "_")
    if any(word in each for each in values):
        word = f"{prefix}_{word}"
    for value, each in zip(values, column, strict=True):
        value[word] = None if each is _MISSING else each
    return Raw(f"each.value.{word}")


def _nested(name: str, column: Sequence[Any], values: Values) -> list[Any]:
    """Nested blocks: written out where all instances have the same ones, else `dynamic`."""
    lists = [[] if each is _MISSING else list(each.blocks) for each in column]
    if all(each == lists[0] for each in lists):
        return [Block(name, (), written_out(block)) for block in lists[0]]
    if all(len(each) == 1 and each[0].keys() == lists[0][0].keys() for each in lists):
        return [Block(name, (), _merge(name, [each[0] for each in lists], values))]
    names = dict.fromkeys(key for blocks in lists for block in blocks for key in block)
    word = name if not any(name in value for value in values) else f"{name}_blocks"
    for value, blocks in zip(values, lists, strict=True):
        value[word] = [{key: block.get(key) for key in names} for block in blocks]
    content = [(key, Raw(f"{name}.value.{key}")) for key in names]
    return [
        Block("dynamic", (name,), [("for_each", Raw(f"each.value.{word}")), None, Block("content", (), content)])
    ]


def written_out(block: Mapping[str, Any]) -> list[Any]:
    """Arguments as the body of a block, nested blocks in it."""
    body: list[Any] = []
    for key, value in block.items():
        if isinstance(value, Nested):
            body += [Block(key, (), written_out(each)) for each in value.blocks]
        else:
            body.append((key, value))
    return body
