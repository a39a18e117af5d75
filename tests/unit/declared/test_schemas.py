"""Types and properties that are read exist: cfn-lint's copies of AWS's own schemas judge."""

import json
import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from narrowgate.model.errors import InputError
from narrowgate.model.resource import Origin, Resource
from narrowgate.sources.declared import build_snapshot
from narrowgate.sources.declared.estate import Declared
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
    resource = _resource(kind, properties)
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


class _Watched(dict[str, Any]):
    """Properties that note which of them are read."""

    def __init__(self, values: dict[str, Any], read: set[str]) -> None:
        super().__init__(values)
        self.read = read

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.read.add(str(name))
        return super().__contains__(name)


@pytest.mark.parametrize("kind", TYPES)
def test_every_property_that_is_read_of_a_type_is_one_of_its_schema(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: set[str] = set()
    original = Declared.properties

    def watched(self: Declared, resource: Resource) -> Any:
        return _Watched(original(self, resource), read) if resource.type == kind else original(self, resource)

    monkeypatch.setattr(Declared, "properties", watched)
    for values in ({}, {name: _example(name, schema) for name, schema in properties_of(kind).items()}):
        with suppress(InputError):
            build_snapshot([_resource(kind, _Watched(values, read))], label="odd")
    assert read or kind in READ_THROUGH_ANOTHER
    assert read - set(properties_of(kind)) - OF_OTHER_SOURCES - OF_ANOTHER_TYPE.get(kind, set()) == set()


def _resource(kind: str, properties: dict[str, Any]) -> Resource:
    return Resource(
        logical_id="Odd",
        type=kind,
        account="111122223333",
        region="us-east-1",
        properties=properties,
        origin=Origin(file="odd.yaml", line=3, address="Odd"),
    )


READ_THROUGH_ANOTHER = frozenset(
    {
        "AWS::ApiGateway::BasePathMapping",
        "AWS::ApiGateway::BasePathMappingV2",
        "AWS::EC2::CustomerGateway",
        "AWS::EC2::EIP",
        "AWS::EC2::NetworkInterfaceAttachment",
        "AWS::EC2::SubnetCidrBlock",
        "AWS::EC2::VPCEndpointServicePermissions",
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ElasticLoadBalancingV2::ListenerCertificate",
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        "AWS::RAM::ResourceShare",
        "AWS::Route53Profiles::ProfileResourceAssociation",
    }
)
"""Types whose properties only the resource that they belong to asks for."""
OF_ANOTHER_TYPE = {
    "AWS::ApiGateway::DomainNameV2": {"RegionalCertificateArn"},
    # Terraform alone tells it of an attachment.
    "AWS::EC2::TransitGatewayAttachment": {"DefaultRouteTableAssociation"},
    "AWS::EC2::TransitGatewayVpcAttachment": {"DefaultRouteTableAssociation"},
}
"""Where one function reads two types: the properties that only the other has."""


def _schema(kind: str) -> Any:
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    return PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema


OF_OTHER_SOURCES = frozenset({"Side", "AllowDnsResolutionFromRemoteVpc", "FirewallFailOpen", "AutoAccept"})
"""Properties of `Custom::` types, and of what Terraform alone tells."""
