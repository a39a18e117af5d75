"""The parts of a change written into Terraform's files."""

from collections.abc import Iterator
from typing import Any

from narrowgate.api.patches.circles import refuse_circle
from narrowgate.api.patches.hcl_nodes import HclWriter, node_of, without
from narrowgate.api.patches.inline import inline_block, takes_inline
from narrowgate.api.patches.node import TextEdit, Uncertain, apply_edits, revise
from narrowgate.api.patches.policy_document import revise_data
from narrowgate.api.patches.references import referring
from narrowgate.api.patches.terraform_arguments import APART, ARGUMENTS, NESTED
from narrowgate.api.patches.terraform_deploy import deployed_anew
from narrowgate.api.patches.terraform_drop import dropped
from narrowgate.api.patches.terraform_edits import argument_added, block_added
from narrowgate.api.patches.terraform_json import JsonResource, added, in_json, revised
from narrowgate.api.patches.terraform_labels import label_for
from narrowgate.api.patches.terraform_text import Address, Found, Names, TerraformText, address_of
from narrowgate.generate.terraform.fold import written_out
from narrowgate.generate.terraform.hcl import Block, Comment, Json, Raw, Template, write
from narrowgate.generate.terraform.made import Nested
from narrowgate.generate.terraform.types import KINDS
from narrowgate.model.resource import GetAtt, Join, Ref, Resource
from narrowgate.repair.change import Change
from narrowgate.repair.written import Add, Deploy, Drop, Part, Set
from narrowgate.sources.terraform.hcl.syntax import GetAttr, Variable


class TerraformPatch:
    """Writes parts into a Terraform folder's files."""

    def __init__(self, text: TerraformText) -> None:
        """Write into these files."""
        self._text = text
        self.made = text.made
        self.remarks: list[str] = []
        """What people have to know about the edits of one change."""

    def write(self, change: Change, part: Part) -> None:
        """Write a part.

        Raises:
            Uncertain: it cannot be written with certainty; nothing is written then.
        """
        match part:
            case Add():
                self._add(change, part)
            case Set():
                self._set(change, part)
            case Drop():
                for found, edits in dropped(self._text, part):
                    self._edit(found, edits)

    def deploy(self, part: Deploy) -> None:
        """Make the next apply deploy an API, where it would not by itself.

        Raises:
            Uncertain: the text cannot say so.
        """
        found, edits = deployed_anew(self._text, part)
        if edits:
            self._edit(found, edits)

    def restore(self, made: dict[str, Any]) -> None:
        """Forget what was added since."""
        self.made.clear()
        self.made.update(made)
        self._text.emptied.clear()

    def finish(self) -> None:
        """Say that a list is empty where a change took the last block of it: no block would mean no opinion."""
        for own, word in list(self._text.emptied.items()):
            found = self._text.only(address_of(self._text.snapshot, own))
            self._edit(found, [argument_added(found, found.block.body, word, [])])
            del self._text.emptied[own]

    # Resources

    def _add(self, change: Change, part: Add) -> None:
        near = address_of(self._text.snapshot, part.near)
        inner = takes_inline(self._text, part)
        if inner is not None:
            block = inline_block(part.type, self._resolved(dict(part.properties), near.names))
            self._into(inner, block)
            return
        problem: Uncertain | None = None
        for module in dict.fromkeys((near.names, ())):
            try:
                self._text.single(module)
                self._append(change, part, module, near)
            except Uncertain as found:
                problem = problem or found
            else:
                return
        assert problem is not None  # noqa: S101
        raise problem

    def _append(self, change: Change, part: Add, module: Names, near: Address) -> None:
        kind = KINDS[part.type]
        beside_json = in_json(self._text, near) if module == near.names else None
        label = label_for(self._text, part, module, near)
        resource = Resource(
            logical_id=label, type=part.type, account="", region="", properties=dict(part.properties)
        )
        made = next(iter(kind.write(resource)))
        arguments = self._resolved(dict(made.arguments), module)
        provider = self._text.provider(module, near)
        if beside_json is not None:
            told = {"//": _reason(change)} | ({"provider": provider} if provider else {})
            whole = told | {key: each for key, each in arguments.items() if each != ""}
            self._save(beside_json, [added(beside_json, made.kind, label, whole)])
            if part.own:
                self._text.made[part.own] = (module, made.kind, label)
            return
        body: list[Any] = [Comment(_reason(change))]
        body += [("provider", Raw(provider))] if provider else []
        body += _spaced(written_out({key: each for key, each in arguments.items() if each != ""}))
        block = Block("resource", (made.kind, label), body)
        beside = self._beside(module, near)
        end = beside.spans.of(beside.block)[1]
        self._edit(beside, [TextEdit(end, end, "\n\n" + write([block]).rstrip("\n"))])
        if part.own:
            self._text.made[part.own] = (module, made.kind, label)

    def _beside(self, module: Names, near: Address) -> Found:
        """The block after which a new one is written: its neighbour, or the call of its neighbour's module."""
        if module == near.names:
            return self._text.resource(near)
        for each in self._text.blocks(module):
            if each.block.type == "module" and each.block.labels == (near.names[len(module)],):
                return each
        raise Uncertain(f"the call of module.{near.names[len(module)]} is not there")

    # Arguments

    def _set(self, change: Change, part: Set) -> None:
        address = address_of(self._text.snapshot, part.resource)
        if part.property == "FirewallRules":
            self._firewall_rules(change, part)
        elif part.property == "VPCs":
            for each in part.after:
                if each not in part.before:
                    self._zone_vpc(part, each["VPCId"], address)
        elif part.property == "TargetIps":
            self._targets(part, address)
        else:
            kind, argument = ARGUMENTS[part.property]
            if address.type != kind:
                raise Uncertain(f"it is written as {address.type}")
            found = in_json(self._text, address) if part.property not in APART else None
            if found is None:
                self._argument(part, address, argument)
                return
            self._text.single(address.names)
            before, after = (
                self._resolved(referring(self._text.snapshot, each), address.names)
                for each in (part.before, part.after)
            )
            inside = NESTED.get(part.property, "")
            self._save(found, revised(found, argument, before, after, inside=inside))

    def _argument(self, part: Set, address: Address, name: str) -> None:
        found = self._holder(part, address)
        module = address.names
        body = found.block.body
        inner = NESTED.get(part.property)
        if inner is not None:
            block = next(body.of_type(inner), None)
            if block is None:
                raise Uncertain(f"it has no `{inner}` block")
            body = block.body
        before, after = part.before, self._resolved(referring(self._text.snapshot, part.after), module)
        written = body.attributes.get(name)
        if written is None:
            value = Json(after) if isinstance(after, dict) else after
            self._edit(found, [argument_added(found, body, name, value)])
            return
        node = node_of(found.source, found.spans, written.value)
        data = _data_name(written.value)
        try:
            if data is not None and isinstance(part.after, dict):
                self._text.single(module)
                document = self._data(module, data)
                self._edit(document, revise_data(document, before, part.after, self._resolver(module)))
                return
            if isinstance(after, dict) and getattr(node, "value", None) is not None:
                after = Json(after)
            edits = list(revise(node, self._comparable(before, module), after, HclWriter(found.source)))
        except Uncertain as problem:
            problem.file = problem.file or str(found.path)
            raise
        self._edit(found, edits)

    def _comparable(self, value: Any, module: Names) -> Any:
        """The value before, spelled as the one after is, so that what stays alike compares so."""
        try:
            return self._resolved(referring(self._text.snapshot, value), module)
        except Uncertain:
            return value

    def _holder(self, part: Set, address: Address) -> Found:
        """The block that a property is an argument of: the resource's own, or one apart."""
        kind, argument = APART.get(part.property, ("", ""))
        for each in self._text.resources(address.names, kind) if kind else ():
            named = each.block.body.attributes.get(argument)
            if self._text.reads(named.value if named else None, part.resource, address.names):
                return self._text.only(Address(address.module, kind, each.block.labels[1], ""))
        return self._text.only(address)

    def _data(self, module: Names, name: str) -> Found:
        for each in self._text.blocks(module):
            if each.block.type == "data" and each.block.labels == ("aws_iam_policy_document", name):
                return each
        raise Uncertain(f"data.aws_iam_policy_document.{name} is not there")

    def _zone_vpc(self, part: Set, vpc_id: str, address: Address) -> None:
        snapshot = self._text.snapshot
        if snapshot.place(vpc_id).account != snapshot.place(part.resource.removeprefix("/hostedzone/")).account:
            raise Uncertain("the VPC is another account's: it needs an authorization first")
        found = self._text.only(address)
        reference = Raw(self._text.reference(vpc_id, None, address.names))
        self._into(found, Block("vpc", (), [("vpc_id", reference)]))

    def _targets(self, part: Set, address: Address) -> None:
        found = self._text.only(address)
        targets = referring(self._text.snapshot, part.after)
        body = found.block.body
        dynamic = next((each for each in body.of_type("dynamic") if each.labels == ("target_ip",)), None)
        if dynamic is not None:
            raise Uncertain("a `dynamic` block makes the targets", dynamic.line, str(found.path))
        edits = [without(found.source, found.spans.of(each)) for each in body.of_type("target_ip")]
        blocks = [Block("target_ip", (), [("ip", each["Ip"])]) for each in targets]
        self._edit(found, [*edits, *(block_added(found, each) for each in blocks)])

    def _firewall_rules(self, change: Change, part: Set) -> None:
        for rule in part.after:
            if rule not in part.before:
                properties = {
                    **rule,
                    "FirewallDomainListId": Ref(rule["FirewallDomainListId"]),
                    "FirewallRuleGroupId": Ref(part.resource),
                }
                self._add(
                    change, Add(type="Custom::ResolverFirewallRule", near=part.resource, properties=properties)
                )

    # Text

    def _resolver(self, module: Names) -> Any:
        return lambda value: self._resolved(referring(self._text.snapshot, value), module)

    def _resolved(self, value: Any, module: Names) -> Any:
        """A value with every reference as an expression of a module."""
        match value:
            case Ref(logical_id=own):
                return Raw(self._text.reference(own, None, module))
            case GetAtt(logical_id=own, attribute=attribute):
                return Raw(self._text.reference(own, attribute, module))
            case Join(parts=parts):
                return Template(tuple(self._resolved(each, module) for each in parts))
            case Nested(blocks=blocks):
                return Nested(tuple(self._resolved(each, module) for each in blocks))
            case dict():
                return {key: self._resolved(each, module) for key, each in value.items()}
            case list() | tuple():
                return [self._resolved(each, module) for each in value]
            case str():
                found = referring(self._text.snapshot, value)
                return found if isinstance(found, str) else self._resolved(found, module)
            case _:
                return value

    def _save(self, found: JsonResource, edits: list[TextEdit]) -> None:
        self._text.files.write(found.path, apply_edits(found.source, edits))

    def _into(self, found: Found, block: Block) -> None:
        self._edit(found, [block_added(found, block)])

    def _edit(self, found: Found, edits: list[TextEdit]) -> None:
        self._text.files.write(found.path, apply_edits(found.source, edits))
        for names in self._modules(found):
            refuse_circle(list(self._text.blocks(names)))

    def _modules(self, found: Found) -> Iterator[Names]:
        """The module that a file belongs to; the root where it cannot be told."""
        root = self._text.texts.root.folder.resolve()
        if found.path.parent.resolve() == root:
            yield ()


def _reason(change: Change) -> str:
    what = change.kind.replace("_", " ").capitalize()
    return f"{what} ({change.rule})." if change.rule else f"{what}."


def _spaced(body: list[Any]) -> list[Any]:
    """Attributes first, then nested blocks, each after an empty line."""
    blocks = [each for each in body if isinstance(each, Block)]
    return [each for each in body if not isinstance(each, Block)] + [
        part for each in blocks for part in (None, each)
    ]


def _data_name(expression: Any) -> str | None:
    match expression:
        case GetAttr(
            of=GetAttr(of=GetAttr(of=Variable(name="data"), name="aws_iam_policy_document"), name=name),
            name="json",
        ):
            return str(name)
    return None
