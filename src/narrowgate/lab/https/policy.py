"""Policies, read statement by statement for one request: deny, allow or silent (POL-05 to POL-25)."""

import ipaddress
import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

DENY, ALLOW, SILENT = "deny", "allow", "silent"
_ESCAPED = re.compile(r'\\(["/\\])')


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy is asked: the method's ARN, the caller, and the context keys in lower case."""

    resource: str
    principal: str | None = None
    """ARN of the signer, None for nobody."""
    account: str | None = None
    context: Mapping[str, str] = {}


def parse_policy(text: str | None) -> list[dict[str, Any]]:
    """The statements of a policy; API Gateway's list has it escaped once more."""
    if not text:
        return []
    try:
        document = json.loads(text)
    except ValueError:
        document = json.loads(_ESCAPED.sub(r"\1", text))
    if isinstance(document, str):
        document = json.loads(document)
    statements = document.get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def decide(statements: list[dict[str, Any]], asked: Asked, *, short_form: str = "") -> str:
    """What the statements say of a request; `short_form` is what `execute-api:` stands for (POL-16)."""
    effects = {each["Effect"] for each in statements if _applies(each, asked, short_form)}
    return DENY if "Deny" in effects else ALLOW if "Allow" in effects else SILENT


def _applies(statement: dict[str, Any], asked: Asked, short_form: str) -> bool:
    return (
        _principal(statement, asked)
        and _action(statement)
        and _resource(statement, asked, short_form)
        and all(
            _condition(operator, key, wanted, asked.context)
            for operator, keys in (statement.get("Condition") or {}).items()
            for key, wanted in keys.items()
        )
    )


def _principal(statement: dict[str, Any], asked: Asked) -> bool:
    if "Principal" not in statement and "NotPrincipal" not in statement:
        return True
    name = "Principal" if "Principal" in statement else "NotPrincipal"
    value = statement[name]
    named = _texts(value.get("AWS", [])) if isinstance(value, dict) else _texts(value)
    found = any(_is_principal(each, asked) for each in named)
    return found if name == "Principal" else not found


def _is_principal(named: str, asked: Asked) -> bool:
    if named == "*":
        return True
    if asked.principal is None:
        return False
    if named == asked.account or named.endswith(f"::{asked.account}:root"):
        return True
    return named in (asked.principal, role_of(asked.principal))


def role_of(arn: str) -> str:
    """The role of a session's ARN (POL-25)."""
    found = re.fullmatch(r"arn:([\w-]+):sts::(\d+):assumed-role/([^/]+)/.*", arn)
    return f"arn:{found[1]}:iam::{found[2]}:role/{found[3]}" if found else arn


def _action(statement: dict[str, Any]) -> bool:
    name = "Action" if "Action" in statement else "NotAction"
    found = any(_like(each.lower(), "execute-api:invoke") for each in _texts(statement.get(name, [])))
    return found if name == "Action" else not found


def _resource(statement: dict[str, Any], asked: Asked, short_form: str) -> bool:
    name = "Resource" if "Resource" in statement else "NotResource"
    found = False
    for each in _texts(statement.get(name, [])):
        spelled = short_form + each.removeprefix("execute-api:") if each.startswith("execute-api:/") else each
        found = found or _like(spelled, asked.resource)
    return found if name == "Resource" else not found


def _condition(operator: str, key: str, wanted: Any, context: Mapping[str, str]) -> bool:
    quantifier, _, bare = operator.rpartition(":")
    optional = bare.endswith("IfExists")
    name = bare.removesuffix("IfExists").lower()
    present = context.get(key.lower())
    values = _texts(wanted)
    if name == "null":
        return any((each.lower() == "true") == (present is None) for each in values)
    negated = "not" in name and name not in ("null",)
    if present is None:
        if optional:
            return True
        if quantifier:
            return quantifier.lower() == "forallvalues"
        return negated
    matched = any(_compare(name.replace("not", ""), present, each) for each in values)
    return not matched if negated else matched


def _compare(name: str, present: str, wanted: str) -> bool:
    match name:
        case "stringequals":
            return present == wanted
        case "stringequalsignorecase":
            return present.lower() == wanted.lower()
        case "stringlike" | "arnlike" | "arnequals":
            return _like(wanted, present)
        case "bool":
            return present.lower() == wanted.lower()
        case "ipaddress":
            network = ipaddress.ip_network(wanted, strict=False)
            address = ipaddress.ip_address(present)
            return address.version == network.version and address in network
        case _:
            raise ValueError(f"the lab does not know the operator {name}")


def _like(pattern: str, text: str) -> bool:
    spelled = "".join(".*" if each == "*" else "." if each == "?" else re.escape(each) for each in pattern)
    return re.fullmatch(spelled, text, re.DOTALL) is not None


def _texts(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [("true" if each else "false") if isinstance(each, bool) else str(each) for each in found]
