"""Functions that make text, or take it apart: references stay in it as they are."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from narrowgate.model.resource import GetAtt, Join, Ref, Unknown
from narrowgate.sources.cloudformation.scope import Scope, text_of
from narrowgate.sources.declared.estate import unknown_in

_MARK = re.compile(r"\$\{(!?)([^}]*)\}")


def joined(parts: list[Any]) -> Any:
    """Text of several parts: settled text, a `Join` where references remain, `Unknown` where a part is."""
    flat: list[Any] = []
    for part in parts:
        if isinstance(part, Unknown):
            return part
        if isinstance(part, Join):
            flat += part.parts
        elif isinstance(part, (Ref, GetAtt)):
            flat.append(part)
        else:
            text = text_of(part)
            if not isinstance(text, str):
                return Unknown("a list or mapping stands where text is joined")
            flat.append(text)
    merged: list[Any] = []
    for part in flat:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    if all(isinstance(part, str) for part in merged):
        return "".join(merged)
    return merged[0] if len(merged) == 1 else Join(tuple(merged))


def _join(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        return Unknown("`Fn::Join` takes a delimiter and a list")
    delimiter, values = argument[0], scope.evaluated(argument[1])
    if isinstance(values, Unknown):
        return values
    if not isinstance(values, list):
        return Unknown("what `Fn::Join` joins is no list yet")
    parts: list[Any] = []
    for at, each in enumerate(values):
        parts += [str(delimiter), each] if at else [each]
    return joined(parts)


def _sub(argument: Any, scope: Scope) -> Any:
    own: dict[str, Any] = {}
    text = argument
    if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], dict):
        text, given = argument
        own = {name: scope.evaluated(each) for name, each in given.items()}
    if not isinstance(text, str):
        return Unknown("`Fn::Sub` takes text")
    parts: list[Any] = []
    end = 0
    for match in _MARK.finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        name = match[2].strip()
        if match[1]:
            parts.append("${" + match[2] + "}")
        elif name in own:
            parts.append(own[name])
        elif "." in name:
            parts.append(scope.attribute(*name.split(".", 1)))
        else:
            parts.append(scope.reference(name))
    return joined([*parts, text[end:]])


def _split(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        return Unknown("`Fn::Split` takes a delimiter and text")
    delimiter, value = str(argument[0]), scope.evaluated(argument[1])
    if isinstance(value, Unknown):
        return value
    if isinstance(value, str):
        return value.split(delimiter) if delimiter else [value]
    if isinstance(value, Join):
        return split_parts(delimiter, value.parts)
    if isinstance(value, (Ref, GetAtt)):
        return (
            [value]
            if delimiter not in (":", ".", "/", "-")
            else Unknown("what is split is known only after creation")
        )
    return Unknown("what `Fn::Split` takes is no text")


def split_parts(delimiter: str, parts: tuple[Any, ...]) -> list[Any]:
    """Text with references split at its literal delimiters: a reference is taken to hold none."""
    groups: list[list[Any]] = [[]]
    for part in parts:
        if not isinstance(part, str):
            groups[-1].append(part)
            continue
        first, *others = part.split(delimiter)
        groups[-1].append(first)
        groups += [[each] for each in others]
    return [joined(group) for group in groups]


def _base64(argument: Any, scope: Scope) -> Any:
    value = scope.evaluated(argument)
    if isinstance(value, str):
        return base64.b64encode(value.encode()).decode()
    return value if isinstance(value, Unknown) else Unknown("what is encoded is known only after creation")


def _json_text(argument: Any, scope: Scope) -> Any:
    value = scope.evaluated(argument)
    gap = unknown_in(value)
    if gap is not None:
        return gap
    try:
        return json.dumps(value)
    except TypeError:
        return Unknown("text of references is known only after creation")


TEXT_FUNCTIONS: Mapping[str, Callable[[Any, Scope], Any]] = {
    "Fn::Join": _join,
    "Fn::Sub": _sub,
    "Fn::Split": _split,
    "Fn::Base64": _base64,
    "Fn::ToJsonString": _json_text,
}
