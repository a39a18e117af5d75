"""Policies: the text of a document, or of `data.aws_iam_policy_document`, as a value with references in it."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from narrowgate.model.resource import GetAtt, Join, Ref, Unknown
from narrowgate.sources.terraform.hcl.functions import JsonText, holds_symbol
from narrowgate.sources.terraform.instances import Instance
from narrowgate.sources.terraform.linked import Linked

_PLACE = "\N{OBJECT REPLACEMENT CHARACTER}"
_MARK = re.compile(f"{_PLACE}(\\d+){_PLACE}")
_WHOLE_VALUES = frozenset({"aws:sourcevpce", "aws:sourcevpc"})
"""Condition keys whose values are ids as a whole: a reference alone says what stands there."""


def policy_value(value: Any) -> Any:
    """A policy as an object with references in it; None where there is none, `Unknown` where nobody can tell.

    `value` is JSON text, a `Join` of it, or what `jsonencode` was given.
    """
    if isinstance(value, JsonText):
        return value.value
    if isinstance(value, Join):
        return _parsed_join(value)
    if isinstance(value, str):
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _parsed_join(value: Join) -> Any:
    symbols = [part for part in value.parts if not isinstance(part, str)]
    numbers = iter(range(len(symbols)))
    text = "".join(part if isinstance(part, str) else f"{_PLACE}{next(numbers)}{_PLACE}" for part in value.parts)
    try:
        return _replaced(json.loads(text), symbols)
    except ValueError:
        return Unknown("a policy's text that is no JSON once its references are filled in")


def _replaced(value: Any, symbols: list[Ref | GetAtt]) -> Any:
    if isinstance(value, Mapping):
        return {key: _replaced(each, symbols) for key, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, symbols) for each in value]
    if not isinstance(value, str) or _PLACE not in value:
        return value
    pieces = _MARK.split(value)
    parts = [symbols[int(each)] if at % 2 else each for at, each in enumerate(pieces)]
    kept = tuple(each for each in parts if each != "")
    return kept[0] if len(kept) == 1 else Join(kept)


def policy_document(linked: Linked, instance: Instance) -> Any:
    """The text of a `data.aws_iam_policy_document`, made of its statements where Terraform has not made it yet."""
    written = instance.values.get("json")
    if isinstance(written, str) and written:
        return None
    statements: list[Any] = []
    for name in ("source_json", "override_json"):
        if linked.attribute(instance, name):
            return Unknown(f"`{instance.address}`: `{name}` is not computed here")
    sources = linked.attribute(instance, "source_policy_documents") or []
    overrides = linked.attribute(instance, "override_policy_documents") or []
    if isinstance(overrides, Unknown) or overrides:
        return Unknown(f"`{instance.address}`: `override_policy_documents` is not computed here")
    if isinstance(sources, Unknown):
        return sources
    for each in sources:
        source = policy_value(each)
        if not isinstance(source, Mapping):
            return source if isinstance(source, Unknown) else Unknown(f"`{instance.address}`: a source is no JSON")
        statements += _listed(source.get("Statement"))
    own = linked.attribute(instance, "statement") or []
    if isinstance(own, Unknown):
        return own
    is_text = linked.definitions.block(instance) is not None
    statements += [_statement(each, is_text=is_text) for each in own]
    document: dict[str, Any] = {"Version": linked.attribute(instance, "version") or "2012-10-17"}
    document["Statement"] = statements
    return JsonText(document) if holds_symbol(document) else json.dumps(document)


def _single(values: Any) -> Any:
    """A list of one as the provider writes it: without the list."""
    return values[0] if isinstance(values, list) and len(values) == 1 else values


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _statement(block: Mapping[str, Any], *, is_text: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"Effect": block.get("effect") or "Allow"}
    if block.get("sid"):
        found["Sid"] = block["sid"]
    for name, field in (
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ):
        if block.get(name):
            found[field] = _single(block[name])
    for name, field in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if block.get(name):
            found[field] = _principals(block[name])
    if block.get("condition"):
        found["Condition"] = _conditions(block["condition"], is_text=is_text)
    return found


def _principals(blocks: Any) -> Any:
    if isinstance(blocks, Unknown):
        return blocks
    found: dict[str, Any] = {}
    for each in blocks:
        identifiers = each.get("identifiers")
        if each.get("type") == "*" and identifiers == ["*"]:
            return "*"
        known = found.setdefault(str(each.get("type")), [])
        found[str(each.get("type"))] = (
            identifiers if isinstance(identifiers, Unknown) else [*known, *(identifiers or ())]
        )
    return {kind: _single(each) for kind, each in found.items()}


def _conditions(blocks: Any, *, is_text: bool) -> Any:
    if isinstance(blocks, Unknown):
        return blocks
    found: dict[str, dict[str, Any]] = {}
    for each in blocks:
        test, key, values = each.get("test"), each.get("variable"), each.get("values")
        if isinstance(test, Unknown) or isinstance(key, Unknown):
            return test if isinstance(test, Unknown) else key
        if not is_text and not _is_whole(values, test, key):
            values = Unknown(f"the plan holds only the references of the values of `{key}`, not their text")
        found.setdefault(str(test), {})[str(key)] = _single(values)
    return found


def _is_whole(values: Any, test: Any, key: Any) -> bool:
    if not isinstance(values, Iterable) or not any(isinstance(each, (Ref, GetAtt, Join)) for each in values):
        return True
    return str(key).lower() in _WHOLE_VALUES and "Equals" in str(test)
