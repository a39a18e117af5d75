"""Whether two documents say the same, whatever their spelling (POL-03, POL-16): for drift of a saved policy."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from narrowgate.engine.policy.callers import ArnKind, parse_principal_arn
from narrowgate.engine.policy.document import VERSION_2008
from narrowgate.engine.policy.operators import parse_operator
from narrowgate.engine.policy.resources import expand_short_form
from narrowgate.engine.policy.statements import Policy


@lru_cache(maxsize=4096)
def same_policy(one: Policy, other: Policy, api_arn: str) -> bool:
    """Whether two policies hold the same statements: lists, scalars, order and short forms made alike."""
    return _normal(one, api_arn) == _normal(other, api_arn)


def changed_statements(one: Policy, other: Policy, api_arn: str) -> tuple[str, ...]:
    """Sids (or `statement N`) of statements that stand in one of the policies only."""
    first, second = _statements(one, api_arn), _statements(other, api_arn)
    names = [name for text, name in first if text not in {text for text, _ in second}]
    names += [name for text, name in second if text not in {text for text, _ in first}]
    return tuple(dict.fromkeys(names))


def _normal(policy: Policy, api_arn: str) -> tuple[str, frozenset[str]]:
    return (policy.version or VERSION_2008, frozenset(text for text, _ in _statements(policy, api_arn)))


def _statements(policy: Policy, api_arn: str) -> list[tuple[str, str]]:
    body = policy.document["Statement"]
    statements = body if isinstance(body, list) else [body]
    return [
        (json.dumps(_statement(statement, api_arn), sort_keys=True), statement.get("Sid") or f"statement {index}")
        for index, statement in enumerate(statements)
    ]


def _statement(tree: Mapping[str, Any], api_arn: str) -> dict[str, Any]:
    normal: dict[str, Any] = {}
    for name, value in tree.items():
        if name in ("Resource", "NotResource"):
            normal[name] = sorted({expand_short_form(text, api_arn) for text in _texts(value)})
        elif name in ("Action", "NotAction"):
            normal[name] = sorted({text.lower() for text in _texts(value)})
        elif name in ("Principal", "NotPrincipal"):
            normal[name] = _principal(value)
        elif name == "Condition":
            normal[name] = sorted(
                [parse_operator(operator).written.lower(), key.lower(), sorted(_texts(values))]
                for operator, keys in value.items()
                for key, values in keys.items()
            )
        elif name == "Effect":
            normal[name] = value
    return normal


def _principal(value: Any) -> Any:
    """An account id equals its root ARN, and `{"AWS": "*"}` equals `*` (POL-23, POL-25)."""
    if not isinstance(value, Mapping):
        return value
    normal = {kind: sorted({_root(text) for text in _texts(texts)}) for kind, texts in value.items()}
    return "*" if normal == {"AWS": ["*"]} else normal


def _root(text: str) -> str:
    parsed = parse_principal_arn(text)
    return parsed.account if parsed is not None and parsed.kind is ArnKind.ROOT else text


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item if isinstance(item, str) else json.dumps(item) for item in items]
