"""Types and properties that are read exist: cfn-lint's copies of AWS's own schemas judge."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from narrowgate.model.errors import InputError
from narrowgate.model.resource import Origin, Resource
from narrowgate.sources.declared import build_snapshot
from narrowgate.sources.declared.types import HANDLERS

cfnlint = pytest.importorskip("cfnlint", reason="cfn-lint holds the schemas")


@cache
def properties_of(kind: str) -> dict[str, Any]:
    """The schema's properties of a type; empty where there is no such type."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    found = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind)
    return dict(found.schema.get("properties", {}))


TYPES = [kind for kind in HANDLERS if kind.startswith("AWS::")]


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_that_is_read_exists(kind: str) -> None:
    assert properties_of(kind)


def _example(name: str, schema: dict[str, Any]) -> Any:
    """A value that is odd and of a plausible type."""
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "array":
        return ["odd"]
    if kind == "boolean":
        return "true"
    if kind in ("integer", "number"):
        return "7"
    return {} if kind == "object" else f"odd-{name}"


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("form", ["nothing", "odd", "empty"])
def test_a_type_with_odd_or_no_properties_is_read_without_a_crash(kind: str, form: str) -> None:
    properties: dict[str, Any] = {}
    for name, schema in properties_of(kind).items() if form != "nothing" else ():
        properties[name] = _example(name, schema) if form == "odd" else ([] if "items" in schema else "")
    resource = Resource(
        logical_id="Odd",
        type=kind,
        account="111122223333",
        region="us-east-1",
        properties=properties,
        origin=Origin(file="odd.yaml", line=3, address="Odd"),
    )
    try:
        build_snapshot([resource], label="odd")
    except InputError as error:
        assert error.where.startswith("odd.yaml:3")
        assert "Odd" in error.message


def test_properties_that_the_builder_names_are_those_of_the_schemas() -> None:
    """Each name in quotes after `properties.get(` and the like is a property, or part of one, of some type."""
    folder = Path(build_snapshot.__code__.co_filename).parent
    text = "\n".join(path.read_text() for path in folder.glob("*.py"))
    named = set(re.findall(r'(?:properties|given)\.get\("([A-Z]\w+)"', text))
    named |= set(re.findall(r'(?:text|flag|texts|listed)\((?:properties|given), "([A-Z]\w+)"', text))
    schemas = json.dumps({kind: _schema(kind) for kind in TYPES})
    unknown = {name for name in named if f'"{name}"' not in schemas}
    assert unknown <= OF_OTHER_SOURCES


def _schema(kind: str) -> Any:
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    return PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema


OF_OTHER_SOURCES = frozenset({"Side", "AllowDnsResolutionFromRemoteVpc", "FirewallFailOpen", "AutoAccept"})
"""Properties of `Custom::` types, and of what Terraform alone tells."""
