"""Where findings are written, as a person finds it: in the design, or in the folder that was read."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from narrowgate.api.design_checks import DesignCheck
from narrowgate.model.design import Design
from narrowgate.model.finding import Finding, Location
from narrowgate.options.parts.names import logical_id


def in_design(findings: Iterable[Finding], held: DesignCheck, path: Path) -> tuple[Finding, ...]:
    """Findings of a design's world at the line of the part that their resource comes of.

    What belongs to no part stands at the design's first line.
    """
    logical = {own: name for name, own in (held.world.ids if held.world is not None else {}).items()}
    parts = _parts(held.design)
    return tuple(
        msgspec.structs.replace(each, location=_place(_name(each.resource, logical), each.rule, parts, held, path))
        for each in findings
    )


def in_folder(findings: Iterable[Finding], source: Path) -> tuple[Finding, ...]:
    """Findings of a folder of responses, whose files are named from that folder, named from here."""
    found = []
    for each in findings:
        place = each.location
        if place is not None and not place.line and source.is_dir() and (source / place.file).is_file():
            place = msgspec.structs.replace(place, file=str(source / place.file))
            each = msgspec.structs.replace(each, location=place)
        found.append(each)
    return tuple(found)


def _parts(design: Design) -> dict[str, tuple[str, int]]:
    """How the logical ids of a part begin: its path in the file, and its line."""
    groups = (("vpcs", design.vpcs), ("apis", design.apis), ("consumers", design.consumers))
    return {
        logical_id(each.name): (f"{word}.{each.name}", each.where.line)
        for word, every in reversed(groups)
        for each in every
    }


def _name(resource: str, logical: dict[str, str]) -> str:
    """The logical id of a resource, by its id or an ARN that ends in it."""
    if resource in logical:
        return logical[resource]
    return next((name for own, name in logical.items() if resource.endswith((f":{own}", f"/{own}"))), "")


def _place(name: str, rule: str, parts: dict[str, tuple[str, int]], held: DesignCheck, path: Path) -> Location:
    head = max((each for each in parts if name.startswith(each)), key=len, default="")
    address, line = parts.get(head, ("", held.design.where.line))
    for api in held.design.apis:
        if rule.startswith("POL") and address == f"apis.{api.name}" and api.policy_where is not None:
            address, line = f"{address}.policy", api.policy_where.line
    return Location(file=str(path), line=line, address=address)
