"""A resource of a template under another logical id: the only way to have CloudFormation make it anew.

A deployment of an API is a photograph of it: no property of it can be updated to take another one (POL-03).
"""

import re
from collections.abc import Iterator

from narrowgate.api.patches.node import Entries, Items, Node, Scalar, TextEdit


def renamed(text: str, resources: Entries, name: str) -> list[TextEdit]:
    """The edits that give a resource the next logical id, wherever the template names it.

    Args:
        text: the whole template.
        resources: its `Resources`.
        name: the logical id.
    """
    new = _next(name, resources)
    start = resources.spans[name][0]
    places = {text.index(name, start)}
    # References, in short and in long form, and within `!Sub`.
    word = rf"(?P<name>{re.escape(name)})(?![A-Za-z0-9])"
    for form in (
        rf"!(?:Ref|GetAtt)\s+[\"']?{word}",
        rf"[\"']?\b(?:Ref|Fn::GetAtt)[\"']?\s*:\s*(?:\[\s*|-\s*)?[\"']?{word}",
        rf"\$\{{\s*{word}\s*[.}}]",
    ):
        places |= {found.start("name") for found in re.finditer(form, text)}
    for each in resources.values.values():
        depends = each.values.get("DependsOn") if isinstance(each, Entries) else None
        if depends is not None:
            places |= {text.index(name, at.start) for at in _scalars(depends) if at.value == name}
    return [TextEdit(at, at + len(name), new) for at in sorted(places)]


def _next(name: str, resources: Entries) -> str:
    """`Deployment2` after `Deployment`."""
    found = re.fullmatch(r"(.*?)(\d{0,4})", name)
    assert found is not None  # noqa: S101
    number = int(found[2] or 1) + 1
    while f"{found[1]}{number}" in resources.values:
        number += 1
    return f"{found[1]}{number}"


def _scalars(node: Node) -> Iterator[Scalar]:
    match node:
        case Scalar():
            yield node
        case Items(items=items):
            yield from (each for each in items if isinstance(each, Scalar))
