"""What CloudFormation has no resource for (IAC-01), as requests: a runbook words them, a deployment makes them."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from narrowgate.model.resource import Resource


class AsText(msgspec.Struct, frozen=True):
    """A JSON value that stands as text within another document."""

    value: Any


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One call of an AWS API, with boto3's names; references stand where ids have to be filled in."""

    service: str
    operation: str
    parameters: Mapping[str, Any]


def peering_option(resource: Resource, *, allowed: bool) -> Request:
    """One side's DNS option of a peering (PEER-DNS-03)."""
    properties = resource.properties
    return Request(
        service="ec2",
        operation="modify_vpc_peering_connection_options",
        parameters={
            "VpcPeeringConnectionId": properties["VpcPeeringConnectionId"],
            f"{properties['Side']}PeeringConnectionOptions": {"AllowDnsResolutionFromRemoteVpc": allowed},
        },
    )


def api_policy(resource: Resource) -> Request:
    """An existing API's policy (POL-02)."""
    change = {"op": "replace", "path": "/policy", "value": AsText(resource.properties["Policy"])}
    return _update(resource, change)


def api_endpoint(resource: Resource, endpoint: Any) -> Request:
    """An endpoint that an existing API is associated with (AGW-06)."""
    return _update(resource, {"op": "add", "path": "/endpointConfiguration/vpcEndpointIds", "value": endpoint})


def _update(resource: Resource, change: Mapping[str, Any]) -> Request:
    parameters = {"restApiId": resource.properties["RestApiId"], "patchOperations": [change]}
    return Request(service="apigateway", operation="update_rest_api", parameters=parameters)


def api_deployment(resource: Resource) -> Request:
    """The deployment that makes a changed policy count (POL-03)."""
    properties = resource.properties
    parameters = {"restApiId": properties["RestApiId"], "stageName": properties["StageName"]}
    return Request(service="apigateway", operation="create_deployment", parameters=parameters)


def _peering_options(resource: Resource) -> tuple[Request, ...]:
    return (peering_option(resource, allowed=resource.properties["AllowDnsResolutionFromRemoteVpc"]),)


def _existing_api(resource: Resource) -> tuple[Request, ...]:
    endpoints = (api_endpoint(resource, each) for each in resource.properties["VpcEndpointIds"])
    return (api_policy(resource), *endpoints, api_deployment(resource))


REQUESTS: Mapping[str, Callable[[Resource], tuple[Request, ...]]] = {
    "Custom::VpcPeeringConnectionOptions": _peering_options,
    "Custom::RestApiUpdate": _existing_api,
}
"""By type, everything that a resource takes which no template makes, in order."""
BY_COMMAND = frozenset(REQUESTS)
"""The types that no template makes."""
