"""Blocks of Terraform's files where they stand, and what reads a fact's id in a module."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from narrowgate.api.patches.files import Files
from narrowgate.api.patches.node import Uncertain
from narrowgate.api.patches.references import place_of
from narrowgate.generate.names import snake
from narrowgate.generate.terraform.scope import ATTRIBUTES
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.terraform.hcl.parse import Spans, parse_expression, parse_spanned
from narrowgate.sources.terraform.hcl.scan import SyntaxProblem
from narrowgate.sources.terraform.hcl.syntax import Block, Expression
from narrowgate.sources.terraform.instances import ModulePath, module_path
from narrowgate.sources.terraform.text import Texts

Names = tuple[str, ...]
_RESOURCE = re.compile(r"(?:^|\.)(?P<type>aws_\w+)\.(?P<name>[\w-]+)(?P<index>\[[^\]]*\])?$")
_DEFAULTS: Mapping[str, str] = {
    "rtb": "default_route_table_id",
    "acl": "default_network_acl_id",
    "sg": "default_security_group_id",
}
_IDS: Mapping[str, str] = {"aws_route53_zone": "zone_id"}


class Address(msgspec.Struct, frozen=True):
    """An address taken apart; `index` with its brackets."""

    module: ModulePath
    type: str
    name: str
    index: str

    @property
    def names(self) -> Names:
        """The module calls' names."""
        return tuple(name for name, _ in self.module)

    @property
    def local(self) -> str:
        """The address within its module."""
        return f"{self.type}.{self.name}{self.index}"


class Found(msgspec.Struct, frozen=True):
    """A block, and the text that it stands in."""

    path: Path
    source: str
    spans: Spans
    block: Block

    @property
    def key(self) -> str:
        """Type and name of a resource."""
        return ".".join(self.block.labels)


def address_of(snapshot: Snapshot, own: str) -> Address:
    """Where a fact's resource is written.

    Raises:
        Uncertain: it stands in no Terraform file.
    """
    place = place_of(snapshot, own)
    found = _RESOURCE.search(place.address)
    if found is None:
        raise Uncertain(f"{own} is written in no file of the source")
    return Address(module_path(place.address), found["type"], found["name"], found["index"] or "")


class TerraformText:
    """A Terraform folder and its modules, edits included."""

    def __init__(self, folder: Path, files: Files, snapshot: Snapshot) -> None:
        """Nothing is read before it is asked for."""
        self.files = files
        self.snapshot = snapshot
        self.texts = Texts(folder)
        self.made: dict[str, tuple[Names, str, str]] = {}
        """What the patch adds: module, type, label, by the key that parts name it with."""
        self.emptied: dict[str, str] = {}
        """What lost its last block inside: the id, and the word of such blocks."""

    def blocks(self, module: Names) -> Iterator[Found]:
        """Every block of a module, with its place in the text.

        Raises:
            Uncertain: the module is not there, or a file of it is not understood.
        """
        text = self.texts.module(module)
        if text is None:
            raise Uncertain(f"the text of module.{'.'.join(module)} is not there")
        for path in sorted(text.folder.glob("*.tf")):
            source = self.files.read(path)
            try:
                body, spans = parse_spanned(source, str(path))
            except SyntaxProblem as problem:
                raise Uncertain("the file is not understood", problem.line, str(path)) from None
            for each in body.blocks:
                yield Found(path, source, spans, each)

    def resources(self, module: Names, kind: str) -> Iterator[Found]:
        """The resource blocks of a type."""
        for each in self.blocks(module):
            if each.block.type == "resource" and each.block.labels[:1] == (kind,):
                yield each

    def resource(self, address: Address) -> Found:
        """The block of an address.

        Raises:
            Uncertain: it is not there.
        """
        for each in self.resources(address.names, address.type):
            if each.block.labels == (address.type, address.name):
                return each
        module = self.texts.module(address.names)
        for path in sorted(module.folder.glob("*.tf.json")) if module is not None else ():
            if f'"{address.name}"' in self.files.read(path):
                raise Uncertain("it is written in JSON syntax", file=str(path))
        raise Uncertain(f"{address.local} is not in the files")

    def only(self, address: Address) -> Found:
        """The block of an address that no other instance is made of.

        Raises:
            Uncertain: `count`, `for_each` or a module that is used more than once makes more than the one.
        """
        self.single(address.names)
        found = self.resource(address)
        for word in ("count", "for_each"):
            attribute = found.block.body.attributes.get(word)
            if attribute is not None:
                raise Uncertain(
                    f"`{word}` makes it: an edit is one of all its instances", attribute.line, str(found.path)
                )
        return found

    def single(self, module: Names) -> None:
        """Refuse a module whose text serves more than one call.

        Raises:
            Uncertain: as said.
        """
        for depth in range(len(module)):
            own = self.texts.module(module[: depth + 1])
            for each in self.blocks(module[:depth]):
                if each.block.type != "module" or not each.block.labels:
                    continue
                name = each.block.labels[0]
                attributes = each.block.body.attributes
                word = next((word for word in ("count", "for_each") if word in attributes), None)
                if name == module[depth] and word is not None:
                    raise Uncertain(f"`{word}` repeats module.{name}", each.block.line, str(each.path))
                other = self.texts.module((*module[:depth], name))
                same = own is not None and other is not None and own.folder.resolve() == other.folder.resolve()
                if name != module[depth] and same:
                    raise Uncertain(
                        f"its module serves module.{module[depth]} and module.{name} alike",
                        each.block.line,
                        str(each.path),
                    )

    # References

    def reference(self, own: str, attribute: str | None, module: Names) -> str:
        """What reads an id, or an attribute, in a module.

        Raises:
            Uncertain: nothing in that module reads it.
        """
        if own in self.made:
            names, kind, label = self.made[own]
            if names != module:
                raise Uncertain(f"{kind}.{label} stands in another module")
            return f"{kind}.{label}.{_attribute(kind, attribute, own)}"
        address = address_of(self.snapshot, own)
        text = f"{address.local}.{_attribute(address.type, attribute, own)}"
        if address.names == module:
            return text
        if address.names[:-1] == module and not address.module[-1][1]:
            return self._output(address, text)
        if module[:-1] == address.names:
            return self._argument(module, text)
        raise Uncertain(f"nothing in {_shown(module)} reads {text} of {_shown(address.names)}")

    def _output(self, address: Address, text: str) -> str:
        wanted = parse_expression(text)
        for each in self.blocks(address.names):
            value = each.block.body.attributes.get("value")
            if each.block.type == "output" and value is not None and value.value == wanted:
                return f"module.{address.names[-1]}.{each.block.labels[0]}"
        raise Uncertain(f"{_shown(address.names)} has no output for {text}")

    def _argument(self, module: Names, text: str) -> str:
        wanted = parse_expression(text)
        for each in self.blocks(module[:-1]):
            if each.block.type == "module" and each.block.labels == (module[-1],):
                for name, argument in each.block.body.attributes.items():
                    if argument.value == wanted:
                        return f"var.{name}"
        raise Uncertain(f"{_shown(module)} is not given {text}")

    def reads(self, expression: Expression | None, own: str, module: Names) -> bool:
        """True for an expression that reads a fact's id."""
        try:
            return expression is not None and expression == parse_expression(self.reference(own, None, module))
        except Uncertain:
            return False

    def provider(self, module: Names, near: Address) -> str | None:
        """The `provider` argument of what is made in a module beside a resource; None for the default one."""
        block = self.texts.block(near.names, "managed", near.type, near.name)
        if module == near.names:
            written = block.body.attributes.get("provider") if block else None
            key = self.texts.provider((), block) if written else "aws"
        else:
            key = self.texts.provider(near.names, block)
            if ":" in key:
                raise Uncertain(f"the provider of {_shown(near.names)} is its own")
        return key if key != "aws" else None


def _attribute(kind: str, attribute: str | None, own: str) -> str:
    if attribute is None:
        if kind == "aws_vpc" and not own.startswith("vpc-"):
            return _DEFAULTS.get(own.partition("-")[0], "id")
        return _IDS.get(kind, "id")
    return ATTRIBUTES.get(attribute) or snake(attribute)


def _shown(module: Names) -> str:
    return ".".join(f"module.{name}" for name in module) or "the root module"
