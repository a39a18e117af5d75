"""The policy of an API where a template holds it: a property, an OpenAPI body, or SAM's `Auth.ResourcePolicy`."""

from collections.abc import Iterator, Mapping
from typing import Any

from narrowgate.api.patches.node import Entries, Items, Node, TextEdit, Uncertain, revise
from narrowgate.api.patches.template_text import TemplateText

SAM = "AWS::Serverless::Api"
_EXTENSION = "x-amazon-apigateway-policy"
_SHORT: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("StringNotEquals", "aws:SourceVpce"): ("IntrinsicVpceWhitelist", "SourceVpcWhitelist"),
    ("StringNotEquals", "aws:SourceVpc"): ("IntrinsicVpcWhitelist", "SourceVpcWhitelist"),
    ("StringEquals", "aws:SourceVpce"): ("IntrinsicVpceBlacklist", "SourceVpcBlacklist"),
    ("StringEquals", "aws:SourceVpc"): ("IntrinsicVpcBlacklist", "SourceVpcBlacklist"),
    ("NotIpAddress", "aws:SourceIp"): ("IpRangeWhitelist",),
    ("IpAddress", "aws:SourceIp"): ("IpRangeBlacklist",),
}
"""SAM's short forms by the condition that the translator makes of each."""


def policy_edits(template: TemplateText, name: str, before: Any, after: Any) -> Iterator[TextEdit]:
    """The edits that change the policy of an API.

    Args:
        template: the API's template.
        name: its logical id.
        before: the policy as the facts have it, with functions in place of references.
        after: the wanted one.

    Raises:
        Uncertain: it stands where it cannot be edited.
    """
    properties = template.properties(name)
    assert properties is not None  # noqa: S101
    node = properties.values.get("Policy")
    if node is None:
        # A policy of its own wins over that of the OpenAPI body.
        held = (
            template.within("Resources", name, "Properties", key, _EXTENSION) for key in ("Body", "DefinitionBody")
        )
        node = next((each for each in held if each is not None), None)
    if node is not None:
        yield from revise(node, before, after, template.writer)
    elif template.kind(name) == SAM:
        yield from _sam(template, name, properties, before, after)
    elif {"Body", "BodyS3Location"} & properties.values.keys() and before:
        raise Uncertain("its policy comes with its OpenAPI body", properties.line)
    else:
        yield template.writer.entry(properties, "Policy", after)


def _sam(template: TemplateText, name: str, properties: Entries, before: Any, after: Any) -> Iterator[TextEdit]:
    shared = template.within("Globals", "Api", "Auth")
    if shared is not None:
        raise Uncertain("its `Auth` comes from Globals", shared.line)
    if {"DefinitionUri"} & properties.values.keys():
        raise Uncertain("its definition stands in another file", properties.line)
    old = _statements(before)
    new = _statements(after)
    policy = template.within("Resources", name, "Properties", "Auth", "ResourcePolicy")
    if policy is None:
        if old:
            raise Uncertain("its policy is not written here", properties.line)
        body: Any = {"ResourcePolicy": {"CustomStatements": new}}
        auth = properties.values.get("Auth")
        if auth is None:
            yield template.writer.entry(properties, "Auth", body)
        elif isinstance(auth, Entries):
            yield template.writer.entry(auth, "ResourcePolicy", body["ResourcePolicy"])
        else:
            raise Uncertain("its `Auth` is computed", auth.line)
        return
    if not isinstance(policy, Entries):
        raise Uncertain("its policy is computed", policy.line)
    custom = policy.values.get("CustomStatements")
    own = len(custom.items) if isinstance(custom, Items) else 1 if custom is not None else 0
    made = len(old) - own
    if made < 0 or len(new) < len(old):
        raise Uncertain("its statements are not those of the policy", policy.line)
    yield from _short(template, policy, old[:made], new[:made])
    if custom is not None:
        yield from revise(custom, old[made:], new[made:], template.writer)
    elif new[made:]:
        yield template.writer.entry(policy, "CustomStatements", new[made:])


def _short(template: TemplateText, policy: Entries, old: list[Any], new: list[Any]) -> Iterator[TextEdit]:
    """Edits of the short forms that the translator makes statements of."""
    was: dict[tuple[str, str], list[Any]] = {}
    now: dict[tuple[str, str], list[Any]] = {}
    for before, after in zip(old, new, strict=True):
        if {**before, "Condition": None} != {**after, "Condition": None}:
            raise Uncertain("SAM makes that statement of a short form", policy.line)
        was |= _conditions(before)
        now |= _conditions(after)
    for condition in was.keys() | now.keys():
        if was.get(condition) == now.get(condition):
            continue
        words = _SHORT.get(condition, ())
        word = next((each for each in words if each in policy.values), None)
        if condition in was and word is None:
            raise Uncertain(f"its condition on {condition[1]} is not written here", policy.line)
        if condition not in now:
            yield template.writer.without(policy, policy.spans[str(word)])
        elif word is not None:
            node: Node = policy.values[word]
            yield from revise(node, was.get(condition, []), now[condition], template.writer)
        elif words:
            yield template.writer.entry(policy, words[0], now[condition])
        else:
            raise Uncertain(f"SAM has no short form for a condition on {condition[1]}", policy.line)


def _statements(policy: Any) -> list[Any]:
    found = policy.get("Statement", []) if isinstance(policy, dict) else []
    return found if isinstance(found, list) else [found]


def _conditions(statement: Mapping[str, Any]) -> dict[tuple[str, str], list[Any]]:
    return {
        (operator, key): values if isinstance(values, list) else [values]
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, values in keys.items()
    }
