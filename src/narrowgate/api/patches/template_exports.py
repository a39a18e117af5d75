"""Values of another stack: read by an export that is there, else by one that the exporting template gets."""

import re
from collections.abc import Iterator
from typing import Any

from narrowgate.api.patches.node import Entries, Node, Scalar, Uncertain
from narrowgate.api.patches.template_files import Templates
from narrowgate.api.patches.template_text import TemplateText
from narrowgate.generate.cloudformation.yaml_text import Tag

_IMPORT = re.compile(r"""(?:!ImportValue|Fn::ImportValue["']?\s*:)\s*(?:["']?(?P<name>[A-Za-z0-9:-]+)["']?)?""")

Exported = tuple[TemplateText, str, Any]
"""A template, a logical id of it, and the function that reads the wanted value there."""


def imported(templates: Templates, exported: Exported, importer: TemplateText) -> Tag:
    """`!ImportValue` of a value of another template, which gets an export for it where it has none.

    Raises:
        Uncertain: the stacks are in different accounts or Regions, or would wait for each other.
    """
    other, name, read = exported
    if not isinstance(read, Tag):
        raise Uncertain(f"{name} is made by another template, {other.path}")
    here, there = templates.stack_of(importer), templates.stack_of(other)
    if here is None or there is None or (here.account, here.region) != (there.account, there.region):
        raise Uncertain(f"{name} is made in another account or Region, by {other.path}")
    for export, value in _exports(other):
        if isinstance(value, Tag | str) and _same(value, read):
            return Tag("ImportValue", export)
    _refuse_waiting(templates, other, importer)
    return Tag("ImportValue", _with_export(templates, other, name, read))


def _exports(template: TemplateText) -> Iterator[tuple[str, Any]]:
    """Name and value of every output that is exported by a plain name."""
    outputs = template.within("Outputs")
    for key in outputs.values if isinstance(outputs, Entries) else ():
        export = template.within("Outputs", key, "Export", "Name")
        value = template.within("Outputs", key, "Value")
        if isinstance(export, Scalar) and value is not None:
            yield str(export.value), _read(template, value)


def _read(template: TemplateText, node: Node) -> Tag | None:
    """The function that a node is, where it is a plain reference."""
    words = re.findall(r"\w+", template.text[node.start : node.end])
    match [each for each in words if each != "Fn"]:
        case ["Ref", name]:
            return Tag("Ref", name)
        case ["GetAtt", name, *attribute] if attribute:
            return Tag("GetAtt", ".".join([name, *attribute]))
    return None


def _same(found: Tag | str, read: Tag) -> bool:
    # `Ref` of a security group in a VPC is its id as well.
    group = read.name == "GetAtt" and str(read.value).endswith(".GroupId")
    return found == read or (group and found == Tag("Ref", str(read.value).removesuffix(".GroupId")))


def _with_export(templates: Templates, other: TemplateText, name: str, read: Tag) -> str:
    outputs = other.within("Outputs")
    if outputs is not None and not isinstance(outputs, Entries):
        raise Uncertain("its outputs are computed", outputs.line, str(other.path))
    attribute = str(read.value).partition(".")[2] or "Id"
    key = re.sub(r"[^A-Za-z0-9]", "", name + attribute)
    taken = {export for each in templates.all() for export, _ in _exports(each)}
    export = f"{other.path.name.split('.')[0]}-{key}"
    if export in taken or (outputs is not None and key in outputs.values):
        raise Uncertain(f"an output {key} is there already, with another value", file=str(other.path))
    body = {"Value": read, "Export": {"Name": export}}
    if outputs is None:
        edit = other.writer.entry(other.top, "Outputs", {key: body})
    else:
        edit = other.writer.entry(outputs, key, body)
    templates.save(other, [edit])
    templates.remarks.append(f"update the stack of {other.path} first: it exports {export} then")
    return export


def _refuse_waiting(templates: Templates, other: TemplateText, importer: TemplateText) -> None:
    """Refuse an import of a stack that reads, by whatever way, what the importer exports."""
    exporters = {export: each.path for each in templates.all() for export, _ in _exports(each)}
    texts = {each.path: each.text for each in templates.all()}
    waiting, seen = [other.path], {other.path}
    while waiting:
        path = waiting.pop()
        for found in _IMPORT.finditer(texts.get(path, "")):
            name = found["name"] or "Fn::"
            if name.startswith("Fn::"):
                raise Uncertain(f"what {path} imports is computed: the stacks might wait for each other")
            source = exporters.get(name)
            if source == importer.path:
                raise Uncertain(f"{other.path} reads exports of {importer.path}: they would wait for each other")
            if source is not None and source not in seen:
                seen.add(source)
                waiting.append(source)
