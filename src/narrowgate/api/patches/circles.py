"""References that lead in a circle: both languages refuse them, so no patch may make one."""

import re
from collections.abc import Mapping

from narrowgate.api.patches.node import Entries, Uncertain
from narrowgate.api.patches.terraform_text import Found

_NAMES = re.compile(r"\b(?:data\.)?(?:aws_\w+|local)\.[\w-]+")
_WORDS = re.compile(r"[A-Za-z0-9]+")


def refuse_circle(blocks: list[Found]) -> None:
    """Refuse blocks of one module that name each other in a circle.

    Raises:
        Uncertain: as said.
    """
    names: dict[str, set[str]] = {}
    for each in blocks:
        start, end = each.spans.of(each.block)
        if each.block.type in ("resource", "data") and len(each.block.labels) == 2:
            prefix = "data." if each.block.type == "data" else ""
            names[prefix + each.key] = set(_NAMES.findall(each.source[start:end]))
        elif each.block.type == "locals":
            for name, attribute in each.block.body.attributes.items():
                start, end = each.spans.of(attribute)
                names[f"local.{name}"] = set(_NAMES.findall(each.source[start:end]))
    _refuse(names)


def refuse_circle_of_resources(text: str, resources: Entries) -> None:
    """The same for the resources of a template.

    Raises:
        Uncertain: as said.
    """
    known = resources.values.keys()
    spans = resources.spans
    # A logical id in a comment or text may be taken for a reference: that refuses more, never less.
    _refuse({name: known & set(_WORDS.findall(text[slice(*spans[name])])) - {name} for name in known})


def _refuse(names: Mapping[str, set[str]]) -> None:
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        if name in trail:
            circle = " -> ".join([*trail[trail.index(name) :], name])
            raise Uncertain(f"its references would lead in a circle: {circle}")
        if name in done:
            return
        for other in sorted(names[name] & names.keys() - {name}):
            visit(other, (*trail, name))
        done.add(name)

    for each in names:
        visit(each, ())
