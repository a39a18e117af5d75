"""Intrinsic functions: what a value is, as far as the template and its parameters settle it.

Every value ends as JSON in which `Ref`, `GetAtt` and `Join` name resources of the list, and `Unknown` stands for
what nobody can tell. A reference that leads outside, a function of an unknown, a transform: all become `Unknown`.
"""

import base64
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from narrowgate.model.resource import GetAtt, Join, Ref, Unknown
from narrowgate.sources.declared.estate import unknown_in

_MARK = re.compile(r"\$\{(!?)([^}]*)\}")
_MOST_BLOCKS = 256
NO_VALUE = object()
"""`AWS::NoValue`: the property is as if it were not there."""


class Scope(Protocol):
    """What a template's names mean."""

    region: str

    def reference(self, name: str) -> Any:
        """What `Ref` gives."""

    def attribute(self, name: str, attribute: str) -> Any:
        """What `Fn::GetAtt` gives."""

    def condition(self, name: str) -> bool | Unknown:
        """Whether a condition holds."""

    def imported(self, name: str) -> Any:
        """What another stack exports under a name."""

    def mapping(self, name: str) -> Mapping[str, Any] | None:
        """A mapping of the template."""


def evaluate(value: Any, scope: Scope) -> Any:
    """A value with every function in it followed."""
    if isinstance(value, dict):
        if len(value) == 1:
            ((name, argument),) = value.items()
            function = _FUNCTIONS.get(name)
            if function is not None:
                return function(argument, scope)
            if name.startswith("Fn::ForEach::"):
                return Unknown(f"`{name}` stands where no loop may")
            if name.startswith("Fn::"):
                return Unknown(f"`{name}` is no function that narrowgate knows")
        found = {}
        for key, each in value.items():
            if key == "Fn::Transform":
                return Unknown("a transform changes this part")
            result = evaluate(each, scope)
            if result is not NO_VALUE:
                found[key] = result
        return found
    if isinstance(value, list):
        results = (evaluate(each, scope) for each in value)
        return [each for each in results if each is not NO_VALUE]
    if isinstance(value, str) and "{{resolve:" in value:
        return Unknown("AWS follows its dynamic reference")
    return value


def text_of(value: Any) -> str | Unknown | None:
    """A settled scalar as text, `Unknown` as it is; None for what is no text yet (references)."""
    match value:
        case Unknown():
            return value
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return str(value)
        case _:
            return None


def _ref(argument: Any, scope: Scope) -> Any:
    return scope.reference(str(argument))


def _get_att(argument: Any, scope: Scope) -> Any:
    if isinstance(argument, str):
        argument = argument.split(".", 1)
    if not isinstance(argument, list) or len(argument) < 2:
        return Unknown("`Fn::GetAtt` takes a logical id and an attribute")
    parts = [evaluate(each, scope) for each in argument]
    gap = unknown_in(parts)
    return gap or scope.attribute(str(parts[0]), ".".join(str(each) for each in parts[1:]))


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
    delimiter, values = argument[0], evaluate(argument[1], scope)
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
        own = {name: evaluate(each, scope) for name, each in given.items()}
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


def _select(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        return Unknown("`Fn::Select` takes an index and a list")
    at, values = evaluate(argument[0], scope), evaluate(argument[1], scope)
    if isinstance(at, Unknown) or isinstance(values, Unknown):
        return at if isinstance(at, Unknown) else values
    if isinstance(values, GetAtt):
        # Lists of an endpoint or interface are addressed by their index.
        return _indexed(values, str(at))
    if not isinstance(values, list) or not str(at).isdigit():
        return Unknown("what `Fn::Select` takes from is no list yet")
    return (
        values[int(str(at))] if int(str(at)) < len(values) else Unknown(f"`Fn::Select` {at}: the list is shorter")
    )


def _indexed(values: GetAtt, at: str) -> Any:
    if values.attribute == "DnsEntries":
        entry = f"DnsEntries.{at}"
        zone, name = (GetAtt(values.logical_id, f"{entry}.{each}") for each in ("HostedZoneId", "DnsName"))
        return Join((zone, ":", name))
    return GetAtt(values.logical_id, f"{values.attribute}.{at}")


def _split(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        return Unknown("`Fn::Split` takes a delimiter and text")
    delimiter, value = str(argument[0]), evaluate(argument[1], scope)
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


def _find_in_map(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) not in (3, 4):
        return Unknown("`Fn::FindInMap` takes a mapping's name and two keys")
    keys = [evaluate(each, scope) for each in argument[:3]]
    default = Unknown("")
    if len(argument) == 4 and isinstance(argument[3], dict) and "DefaultValue" in argument[3]:
        default = evaluate(argument[3]["DefaultValue"], scope)
    gap = unknown_in(keys)
    if gap is not None:
        return gap
    texts = [text_of(each) for each in keys]
    if not all(isinstance(each, str) for each in texts):
        return Unknown("a key of `Fn::FindInMap` is known only after creation")
    found: Any = scope.mapping(str(texts[0]))
    for each in texts[1:]:
        found = found.get(each) if isinstance(found, Mapping) else None
    if found is None:
        return default if default != Unknown("") else Unknown(f"mapping {'.'.join(map(str, texts))} is not there")
    return evaluate(found, scope)


def _if(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 3:
        return Unknown("`Fn::If` takes a condition and two values")
    holds = scope.condition(str(argument[0]))
    if isinstance(holds, bool):
        return evaluate(argument[1 if holds else 2], scope)
    one, other = evaluate(argument[1], scope), evaluate(argument[2], scope)
    return one if one == other else holds


def _equals(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        return Unknown("`Fn::Equals` takes two values")
    one, other = (evaluate(each, scope) for each in argument)
    gap = unknown_in([one, other])
    if gap is not None:
        return gap
    texts = [text_of(each) for each in (one, other)]
    if all(isinstance(each, str) for each in texts):
        return texts[0] == texts[1]
    return one == other


def _not(argument: Any, scope: Scope) -> Any:
    values = [_truth(each, scope) for each in (argument if isinstance(argument, list) else [argument])]
    if len(values) != 1:
        return Unknown("`Fn::Not` takes one condition")
    return values[0] if isinstance(values[0], Unknown) else not values[0]


def _and(argument: Any, scope: Scope) -> Any:
    values = [_truth(each, scope) for each in argument] if isinstance(argument, list) else []
    if any(each is False for each in values):
        return False
    return next((each for each in values if isinstance(each, Unknown)), True)


def _or(argument: Any, scope: Scope) -> Any:
    values = [_truth(each, scope) for each in argument] if isinstance(argument, list) else []
    if any(each is True for each in values):
        return True
    return next((each for each in values if isinstance(each, Unknown)), False)


def _truth(value: Any, scope: Scope) -> bool | Unknown:
    if isinstance(value, dict) and len(value) == 1 and "Condition" in value:
        return scope.condition(str(value["Condition"]))
    result = evaluate(value, scope)
    if isinstance(result, (bool, Unknown)):
        return result
    return Unknown("a condition is neither true nor false") if text_of(result) is None else str(result) == "true"


def truth(value: Any, scope: Scope) -> bool | Unknown:
    """A condition's value."""
    return _truth(value, scope)


def _condition(argument: Any, scope: Scope) -> Any:
    """`Condition: Name`, as a function inside conditions; elsewhere a key like any other."""
    if isinstance(argument, str):
        return scope.condition(argument)
    # A policy statement's `Condition` block.
    return {"Condition": evaluate(argument, scope)}


def _base64(argument: Any, scope: Scope) -> Any:
    value = evaluate(argument, scope)
    if isinstance(value, str):
        return base64.b64encode(value.encode()).decode()
    return value if isinstance(value, Unknown) else Unknown("what is encoded is known only after creation")


def _cidr(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) not in (2, 3):
        return Unknown("`Fn::Cidr` takes a block, a count and a number of bits")
    values = [evaluate(each, scope) for each in argument]
    gap = unknown_in(values)
    if gap is not None:
        return gap
    block, count, *bits = values
    if not isinstance(block, str):
        return Unknown("the block that `Fn::Cidr` cuts is known only after creation")
    try:
        network = ipaddress.ip_network(block, strict=False)
        whole = 32 if network.version == 4 else 128
        prefix = whole - int(str(bits[0])) if bits else network.prefixlen + 8
        found = network.subnets(new_prefix=prefix)
        return [str(each) for _, each in zip(range(min(int(str(count)), _MOST_BLOCKS)), found, strict=False)]
    except ValueError as error:
        return Unknown(f"`Fn::Cidr`: {error}")


def _get_azs(argument: Any, scope: Scope) -> Any:
    """Zones under the letters that most accounts have; which zone a letter means differs between accounts."""
    region = evaluate(argument, scope)
    if isinstance(region, Unknown):
        return region
    name = region if isinstance(region, str) and region else scope.region
    return [f"{name}{letter}" for letter in "abcdef"]


def _import(argument: Any, scope: Scope) -> Any:
    name = evaluate(argument, scope)
    if isinstance(name, str):
        return scope.imported(name)
    return name if isinstance(name, Unknown) else Unknown("an export's name is known only after creation")


def _json_text(argument: Any, scope: Scope) -> Any:
    value = evaluate(argument, scope)
    gap = unknown_in(value)
    if gap is not None:
        return gap
    try:
        return json.dumps(value)
    except TypeError:
        return Unknown("text of references is known only after creation")


def _length(argument: Any, scope: Scope) -> Any:
    value = evaluate(argument, scope)
    if isinstance(value, list):
        return len(value)
    return value if isinstance(value, Unknown) else Unknown("what `Fn::Length` counts is no list yet")


def _transform(argument: Any, scope: Scope) -> Any:
    name = argument.get("Name") if isinstance(argument, dict) else argument
    return Unknown(f"the transform {name} writes this part")


_FUNCTIONS: Mapping[str, Callable[[Any, Scope], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Join": _join,
    "Fn::Sub": _sub,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::And": _and,
    "Fn::Or": _or,
    "Condition": _condition,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::GetAZs": _get_azs,
    "Fn::ImportValue": _import,
    "Fn::ToJsonString": _json_text,
    "Fn::Length": _length,
    "Fn::Transform": _transform,
}
FUNCTIONS = frozenset(_FUNCTIONS)
"""The names of all functions that are followed."""
