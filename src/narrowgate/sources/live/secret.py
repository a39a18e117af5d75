"""What must never be kept: values that a response shows and that may be secret are taken out before it is written.

Three layers: fields that are named here with their call; fields whose name says that they hold a secret, wherever
they stand; and texts that look like a key. Taking out too much costs nothing: no verdict reads these fields.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from narrowgate.sources.config.recognise import AGGREGATOR_CALL

WITHHELD = "(withheld)"

# Call -> fields that are removed wherever they stand in its answer.
_FIELDS: Mapping[str, frozenset[str]] = {
    "lambda.list_functions": frozenset({"Environment"}),
    "apigateway.get_stages": frozenset({"variables", "stageVariableOverrides"}),
    "apigateway.get_authorizers": frozenset({"identityValidationExpression"}),
    # Mapping templates, static headers and query strings are where keys of backends are kept.
    "apigateway.get_resources": frozenset(
        {"requestTemplates", "responseTemplates", "requestParameters", "responseParameters", "uri"}
    ),
    # Pre-shared keys stand both in the tunnel options and in the configuration for the customer's router.
    "ec2.describe_vpn_connections": frozenset({"CustomerGatewayConfiguration", "PreSharedKey"}),
    "ec2.describe_instances": frozenset({"UserData"}),
    "elbv2.describe_listeners": frozenset(
        {"ClientSecret", "AuthenticationRequestExtraParams", "MessageBody", "HttpHeaderConfig"}
    ),
    "organizations.describe_organization": frozenset({"MasterAccountEmail"}),
    "wafv2.list_web_acls": frozenset({"LockToken"}),
}

_NAMES = re.compile(r"passw(or)?d|secret|private_?key|pre_?shared|api_?key(?!_?source|_?version)|credential", re.I)
# Fields with such a name that hold a role, a switch or the name of a setting.
_HARMLESS = frozenset({"apiKeyRequired", "apiKeySource", "apiKeyVersion", "credentials", "authorizerCredentials"})
_KEYS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_\w{30,}|\bxox[abprs]-[\w-]{10,}"
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\."
)
# All that a stage's export is read for.
_EXPORTED = ("openapi", "swagger", "x-amazon-apigateway-policy", "x-amazon-apigateway-endpoint-configuration")
_OF_OPERATION = ("x-amazon-apigateway-auth", "security")
_OF_INTEGRATION = ("type", "httpMethod", "connectionType", "connectionId")


def without_secrets(call: str, answer: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """An answer without what may be secret, and how many values were taken out.

    Raises:
        ValueError: the answer has a shape in which nobody can tell; it must not be kept.
    """
    if call == AGGREGATOR_CALL:
        return _items(answer)
    pass_over = _Pass(_FIELDS.get(call, frozenset()))
    shape = _SHAPES.get(call)
    return pass_over.walk(shape(answer) if shape else answer), pass_over.withheld


def _items(answer: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """AWS Config's items, each JSON inside a string, without what any of the services' own answers would lose."""
    named = frozenset().union(*_FIELDS.values())
    # AWS Config spells most fields with a lower first letter.
    pass_over = _Pass(named | {name[:1].lower() + name[1:] for name in named})
    kept = [json.dumps(pass_over.walk(json.loads(each))) for each in answer.get("Results") or ()]
    return {**answer, "Results": kept}, pass_over.withheld


class _Pass:
    """One walk through one answer."""

    def __init__(self, fields: frozenset[str]) -> None:
        self.fields = fields
        self.withheld = 0

    def walk(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return [self.walk(each) for each in value]
        if isinstance(value, str) and _KEYS.search(value):
            self.withheld += 1
            return WITHHELD
        return value

    def _object(self, value: dict[str, Any]) -> dict[str, Any]:
        if set(value) >= {"Key", "Value"} and isinstance(value["Key"], str) and _NAMES.search(value["Key"]):
            self.withheld += 1
            return {**value, "Value": WITHHELD}
        kept = {}
        for name, member in value.items():
            if name in self.fields:
                self.withheld += 1
            elif isinstance(member, str) and name not in _HARMLESS and _NAMES.search(name):
                self.withheld += 1
                kept[name] = WITHHELD
            else:
                kept[name] = self.walk(member)
        return kept


def _export(answer: dict[str, Any]) -> dict[str, Any]:
    """A stage's export, cut down to paths, authorization and policy: everything else is the API's inside."""
    document = json.loads(answer.get("body") or "")
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise ValueError("an export without paths")
    kept = {name: document[name] for name in _EXPORTED if name in document}
    kept["info"] = {
        name: value for name, value in document.get("info", {}).items() if name in {"title", "version"}
    }
    kept["paths"] = {
        path: {
            method: _operation(operation) for method, operation in _members(item) if isinstance(operation, dict)
        }
        for path, item in document["paths"].items()
    }
    return {"contentType": answer.get("contentType"), "body": json.dumps(kept)}


def _members(item: Any) -> Iterable[tuple[str, Any]]:
    return item.items() if isinstance(item, dict) else ()


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    kept = {name: operation[name] for name in _OF_OPERATION if name in operation}
    integration = operation.get("x-amazon-apigateway-integration")
    if isinstance(integration, dict):
        kept["x-amazon-apigateway-integration"] = {
            name: integration[name] for name in _OF_INTEGRATION if name in integration
        }
    return kept


_SHAPES: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"apigateway.get_export": _export}
