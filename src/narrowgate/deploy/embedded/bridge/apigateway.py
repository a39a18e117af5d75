"""API Gateway."""

import json
from collections.abc import Callable
from typing import Any

from moto.apigateway.models import APIGatewayBackend, RestAPI
from moto.utilities.utils import get_partition

from narrowgate.deploy.embedded.bridge.defect import Defect, replace

_SHORT = '"execute-api:/'


def _escapes_the_policy(original: Callable[..., Any]) -> Callable[..., Any]:
    def to_dict(api: Any) -> dict[str, Any]:
        told: dict[str, Any] = original(api)
        if told.get("policy"):
            told["policy"] = json.dumps(_long(api))[1:-1]
        configuration = told.get("endpointConfiguration")
        if configuration:
            told["endpointConfiguration"] = {"ipAddressType": _address_type(configuration), **configuration}
        return told

    return to_dict


def _long(api: Any) -> str:
    """The policy with the API's ARN in the place of the short form (POL-16)."""
    partition = get_partition(api.region_name)
    own = f'"arn:{partition}:execute-api:{api.region_name}:{api.account_id}:{api.id}/'
    return str(api.policy).replace(_SHORT, own)


def _address_type(configuration: dict[str, Any]) -> str:
    return "dualstack" if configuration.get("types") == ["PRIVATE"] else "ipv4"


def _keeps_what_was_deployed(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(backend: Any, function_id: str, *arguments: Any, **more: Any) -> Any:
        deployment = original(backend, function_id, *arguments, **more)
        deployment.document = _document(backend.get_rest_api(function_id))
        return deployment

    return create


def _document(api: Any) -> dict[str, Any]:
    paths = {
        resource.get_path(): {
            name.lower() if name != "ANY" else "x-amazon-apigateway-any-method": _operation(method)
            for name, method in resource.resource_methods.items()
        }
        for resource in api.resources.values()
        if resource.resource_methods
    }
    document: dict[str, Any] = {"openapi": "3.0.1", "info": {"title": api.name}, "paths": paths}
    if api.policy:
        document["x-amazon-apigateway-policy"] = json.loads(_long(api))
    return document


def _operation(method: Any) -> dict[str, Any]:
    integration = method.method_integration
    kind = integration.integration_type.lower() if integration else "mock"
    return {
        "responses": {code: {"description": f"{code} response"} for code in method.method_responses},
        "x-amazon-apigateway-auth": {"type": method.authorization_type},
        "x-amazon-apigateway-integration": {"type": kind},
    }


def _exports_the_stage(original: Callable[..., Any]) -> Callable[..., Any]:
    def export(response: Any) -> Any:
        parts = response.path.split("/")
        api = response.backend.get_rest_api(parts[-5])
        stage = api.stages.get(parts[-3])
        deployment = api.deployments.get(stage.deployment_id) if stage else None
        document = getattr(deployment, "document", None)
        if document is None or parts[-1] != "oas30":
            return original(response)
        told = {**document, "info": {**document["info"], "version": "1"}}
        return 200, {"Content-Type": "application/octet-stream"}, json.dumps(told).encode()

    return export


def _mend_export() -> None:
    from moto.apigateway.responses import APIGatewayResponse

    replace(APIGatewayBackend, "create_deployment", _keeps_what_was_deployed)
    replace(APIGatewayResponse, "get_export", _exports_the_stage)


DEFECTS = (
    Defect(
        name="policy-escaped",
        moto="returns an API's policy as it was given",
        aws="returns it with its quotes escaped, as Terraform expects, and with the API's ARN in the place of "
        "`execute-api:/`, and tells the API's address type",
        mend=lambda: replace(RestAPI, "to_dict", _escapes_the_policy),
    ),
    Defect(
        name="stage-export",
        moto="exports an API as it is saved, in Swagger's form, without policy and authorization",
        aws="exports what the stage's deployment holds, with both",
        mend=_mend_export,
    ),
)
