"""Resources and arguments in Terraform's JSON syntax: entries of mappings, expressions as `${…}` in text."""

import re
from pathlib import Path
from typing import Any

import msgspec

from narrowgate.api.patches.node import Entries, Items, Node, Opaque, Scalar, TextEdit, Uncertain, revise
from narrowgate.api.patches.terraform_text import Address, TerraformText
from narrowgate.api.patches.yaml_nodes import TemplateWriter, nodes_of
from narrowgate.generate.terraform.hcl import Json, Raw, Template, inline
from narrowgate.generate.terraform.made import Nested

_REFERENCE = re.compile(r"\$\{\s*aws_\w+\.[\w.\[\]\"-]+\s*\}")


class JsonResource(msgspec.Struct, frozen=True):
    """A resource in a `.tf.json` file."""

    path: Path
    source: str
    top: Entries
    node: Entries

    @property
    def writer(self) -> TemplateWriter:
        """Writes into the file."""
        return TemplateWriter(self.source)


def in_json(text: TerraformText, address: Address) -> JsonResource | None:
    """The resource of an address, where it is written in JSON syntax.

    Raises:
        Uncertain: the file is not understood.
    """
    module = text.texts.module(address.names)
    for path in sorted(module.folder.glob("*.tf.json")) if module is not None else ():
        source = text.files.read(path)
        top = nodes_of(source, str(path))
        found = within(top, "resource", address.type, address.name)
        if isinstance(found, Entries):
            return JsonResource(path, source, top, found)
    return None


def within(node: Node | None, *keys: str) -> Node | None:
    """What stands at a path of keys; a list of one counts as what it holds, as it does for Terraform."""
    for key in keys:
        if isinstance(node, Items) and len(node.items) == 1:
            node = node.items[0]
        node = node.values.get(key) if isinstance(node, Entries) else None
    return node


def added(near: JsonResource, kind: str, label: str, arguments: dict[str, Any]) -> TextEdit:
    """One more resource in a file.

    Raises:
        Uncertain: its resources are written as a list.
    """
    resources = near.top.values.get("resource")
    if not isinstance(resources, Entries):
        raise Uncertain("its resources are a list", near.node.line, str(near.path))
    body = spelled(arguments)
    of_kind = resources.values.get(kind)
    if isinstance(of_kind, Entries):
        return near.writer.entry(of_kind, label, body)
    return near.writer.entry(resources, kind, {label: body})


def revised(found: JsonResource, argument: str, before: Any, after: Any, *, inside: str = "") -> list[TextEdit]:
    """The edits after which an argument has another value; `inside` is the block that holds it.

    Raises:
        Uncertain: its value is computed, or more than one instance is made of it.
    """
    for word in ("count", "for_each"):
        if word in found.node.values:
            raise Uncertain(f"`{word}` makes it: an edit is one of all its instances", found.node.line)
    holder = within(found.node, inside) if inside else found.node
    if isinstance(holder, Items) and len(holder.items) == 1:
        holder = holder.items[0]
    if not isinstance(holder, Entries):
        raise Uncertain(f"it has no `{inside}` block", found.node.line)
    written = holder.values.get(argument)
    if written is None:
        return [found.writer.entry(holder, argument, spelled(after))]
    return list(revise(_computed(written), spelled(before), spelled(after), found.writer))


def spelled(value: Any) -> Any:
    """A value as JSON syntax has it."""
    match value:
        case Raw(text=text):
            return f"${{{text}}}"
        case Template(parts=parts):
            return "".join(spelled(each) for each in parts)
        case Json():
            return f"${{{inline(value)}}}"
        case Nested(blocks=blocks):
            return [spelled(each) for each in blocks]
        case dict():
            return {key: spelled(each) for key, each in value.items()}
        case list() | tuple():
            return [spelled(each) for each in value]
        case str():
            return value.replace("${", "$${").replace("%{", "%%{")
    return value


def _computed(node: Node) -> Node:
    """A node in which text with an expression is none that may be written over."""
    match node:
        case Scalar(value=str() as text) if "${" in text.replace("$${", ""):
            is_reference = bool(_REFERENCE.fullmatch(text))
            return Opaque(node.start, node.end, node.line, f"`{text[:60]}`", is_reference)
        case Items():
            return msgspec.structs.replace(node, items=tuple(_computed(each) for each in node.items))
        case Entries():
            return msgspec.structs.replace(
                node, values={key: _computed(each) for key, each in node.values.items()}
            )
    return node
