"""Names for what a snapshot holds, in the form that a design takes."""

import re

from narrowgate.model.fact import name_tag
from narrowgate.model.snapshot import Snapshot

_LONGEST = 28


class Names:
    """Names of VPCs and APIs by id: from their own names, each once."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Name everything of a snapshot, in the order of its ids; a VPC without subnets is of no use."""
        facts = snapshot.facts
        inhabited = {subnet.vpc_id for subnet in facts.subnets.values() if subnet.cidr_block}
        wanted = {own: name_tag(facts.vpcs[own].tags) or own for own in sorted(facts.vpcs) if own in inhabited}
        self.vpcs = _unique(wanted)
        self.apis = _unique({own: facts.rest_apis[own].name or own for own in sorted(facts.rest_apis)})


def _unique(wanted: dict[str, str]) -> dict[str, str]:
    taken: set[str] = set()
    names = {}
    for own_id, text in wanted.items():
        name = base = design_name(text)
        number = 2
        while name in taken:
            name = f"{base}-{number}"
            number += 1
        taken.add(name)
        names[own_id] = name
    return names


def design_name(text: str) -> str:
    """Lower-case letters, digits and hyphens, a letter first: `Prod VPC (1)` becomes `prod-vpc-1`."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST].strip("-")
    return name if name[:1].isalpha() else f"x-{name}".strip("-")


def quoted(text: str) -> str:
    """A route as YAML text: braces would start a mapping."""
    return f'"{text}"' if "{" in text else text
