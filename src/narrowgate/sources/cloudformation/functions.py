"""Intrinsic functions: what a value is, as far as the template and its parameters settle it.

Every value ends as JSON in which `Ref`, `GetAtt` and `Join` name resources of the list, and `Unknown` stands for
what nobody can tell. A reference that leads outside, a function of an unknown, a transform: all become `Unknown`.
"""

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

from narrowgate.model.resource import GetAtt, Join, Unknown
from narrowgate.sources.cloudformation.condition_functions import CONDITION_FUNCTIONS
from narrowgate.sources.cloudformation.scope import NO_VALUE, Scope, text_of
from narrowgate.sources.cloudformation.text_functions import TEXT_FUNCTIONS
from narrowgate.sources.declared.estate import unknown_in

_MOST_BLOCKS = 256


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


def _ref(argument: Any, scope: Scope) -> Any:
    return scope.reference(str(argument))


def _get_att(argument: Any, scope: Scope) -> Any:
    if isinstance(argument, str):
        argument = argument.split(".", 1)
    if not isinstance(argument, list) or len(argument) < 2:
        return Unknown("`Fn::GetAtt` takes a logical id and an attribute")
    parts = [scope.evaluated(each) for each in argument]
    gap = unknown_in(parts)
    return gap or scope.attribute(str(parts[0]), ".".join(str(each) for each in parts[1:]))


def _select(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        return Unknown("`Fn::Select` takes an index and a list")
    at, values = scope.evaluated(argument[0]), scope.evaluated(argument[1])
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


def _find_in_map(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) not in (3, 4):
        return Unknown("`Fn::FindInMap` takes a mapping's name and two keys")
    keys = [scope.evaluated(each) for each in argument[:3]]
    default = Unknown("")
    if len(argument) == 4 and isinstance(argument[3], dict) and "DefaultValue" in argument[3]:
        default = scope.evaluated(argument[3]["DefaultValue"])
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
    return scope.evaluated(found)


def _cidr(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) not in (2, 3):
        return Unknown("`Fn::Cidr` takes a block, a count and a number of bits")
    values = [scope.evaluated(each) for each in argument]
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
    region = scope.evaluated(argument)
    if isinstance(region, Unknown):
        return region
    name = region if isinstance(region, str) and region else scope.region
    return [f"{name}{letter}" for letter in "abcdef"]


def _import(argument: Any, scope: Scope) -> Any:
    name = scope.evaluated(argument)
    if isinstance(name, str):
        return scope.imported(name)
    return name if isinstance(name, Unknown) else Unknown("an export's name is known only after creation")


def _length(argument: Any, scope: Scope) -> Any:
    value = scope.evaluated(argument)
    if isinstance(value, list):
        return len(value)
    return value if isinstance(value, Unknown) else Unknown("what `Fn::Length` counts is no list yet")


def _transform(argument: Any, scope: Scope) -> Any:
    name = argument.get("Name") if isinstance(argument, dict) else argument
    return Unknown(f"the transform {name} writes this part")


_FUNCTIONS: Mapping[str, Callable[[Any, Scope], Any]] = {
    **TEXT_FUNCTIONS,
    **CONDITION_FUNCTIONS,
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Select": _select,
    "Fn::FindInMap": _find_in_map,
    "Fn::Cidr": _cidr,
    "Fn::GetAZs": _get_azs,
    "Fn::ImportValue": _import,
    "Fn::Length": _length,
    "Fn::Transform": _transform,
}
FUNCTIONS = frozenset(_FUNCTIONS)
"""The names of all functions that are followed."""
