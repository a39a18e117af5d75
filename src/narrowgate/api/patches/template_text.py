"""One template as it is now: its resources, and names that are free."""

import re
from pathlib import Path

from narrowgate.api.patches.node import Entries, Node, Scalar, Uncertain
from narrowgate.api.patches.yaml_nodes import TemplateWriter, nodes_of
from narrowgate.repair.written import Add


class TemplateText:
    """A template's text with its nodes."""

    def __init__(self, path: Path, text: str) -> None:
        """Read a text.

        Raises:
            Uncertain: its resources are not understood.
        """
        self.path = path
        self.text = text
        self.top = nodes_of(text, str(path))
        found = self.top.values.get("Resources")
        if not isinstance(found, Entries):
            raise Uncertain("its `Resources` are not understood", file=str(path))
        self.resources = found
        self.writer = TemplateWriter(text)

    def resource(self, name: str) -> Entries:
        """A resource by its logical id."""
        found = self.resources.values.get(name)
        if not isinstance(found, Entries):
            raise Uncertain(f"{name} is not written out in the template", file=str(self.path))
        return found

    def kind(self, name: str) -> str:
        """The type of a resource."""
        found = self.resource(name).values.get("Type")
        return str(found.value) if isinstance(found, Scalar) else ""

    def properties(self, name: str) -> Entries | None:
        """The properties of a resource; None where it has none."""
        found = self.resource(name).values.get("Properties")
        if found is None or isinstance(found, Entries):
            return found
        raise Uncertain("its properties are computed", found.line, str(self.path))

    def within(self, *keys: str) -> Node | None:
        """What stands at a path of keys from the top; None where a step of it is not there or computed."""
        found: Node | None = self.top
        for key in keys:
            found = found.values.get(key) if isinstance(found, Entries) else None
        return found


def logical_id(part: Add, near: str, template: TemplateText) -> str:
    """A logical id for a resource that is made beside another one."""
    words = [
        part.properties.get(each) for each in ("IpProtocol", "FromPort", "RuleNumber", "DestinationCidrBlock")
    ]
    words += [part.properties.get(each) for each in ("CidrIp", "CidrIpv6")]
    tail = part.type.rpartition(":")[2]
    text = near + tail + "".join(str(each).title() for each in words if isinstance(each, (str, int)))
    wanted = re.sub(r"[^A-Za-z0-9]", "", text)[:120]
    taken = template.resources.values
    return next(each for each in (wanted, *(f"{wanted}{at}" for at in range(2, 1000))) if each not in taken)
