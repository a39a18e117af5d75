"""Blocks that a change takes out of Terraform's files."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from narrowgate.api.patches.hcl_nodes import node_of, without
from narrowgate.api.patches.node import Scalar, TextEdit, Uncertain
from narrowgate.api.patches.terraform_text import Address, Found, TerraformText, address_of
from narrowgate.repair.written import Drop
from narrowgate.sources.terraform.hcl.syntax import Attribute, Block, GetAttr, Literal, Variable


class _Kind(msgspec.Struct, frozen=True):
    """A Terraform type: the argument that names what it belongs to, and those that tell it apart."""

    terraform: str
    parent: str
    others: dict[str, str] = {}
    fixed: dict[str, Any] = {}


_KINDS: dict[str, tuple[str, tuple[_Kind, ...]]] = {
    "AWS::EC2::Route": (
        "RouteTableId",
        (
            _Kind(
                "aws_route",
                "route_table_id",
                {
                    "DestinationCidrBlock": "destination_cidr_block",
                    "DestinationIpv6CidrBlock": "destination_ipv6_cidr_block",
                },
            ),
        ),
    ),
    "AWS::Route53Resolver::ResolverRuleAssociation": (
        "ResolverRuleId",
        (_Kind("aws_route53_resolver_rule_association", "resolver_rule_id", {"VPCId": "vpc_id"}),),
    ),
    **{
        f"AWS::EC2::SecurityGroup{way}": (
            "GroupId",
            (
                _Kind(f"aws_vpc_security_group_{way.lower()}_rule", "security_group_id"),
                _Kind("aws_security_group_rule", "security_group_id", fixed={"type": way.lower()}),
            ),
        )
        for way in ("Ingress", "Egress")
    },
}
_INLINE = {
    "AWS::EC2::Route": (
        "route",
        {"DestinationCidrBlock": "cidr_block", "DestinationIpv6CidrBlock": "ipv6_cidr_block"},
    ),
    "AWS::EC2::SecurityGroupIngress": ("ingress", {}),
    "AWS::EC2::SecurityGroupEgress": ("egress", {}),
}


def dropped(text: TerraformText, part: Drop) -> Iterator[tuple[Found, list[TextEdit]]]:
    """The edits that take out what a part names, file by file.

    Raises:
        Uncertain: nothing of it is found, or what is found makes more than it.
    """
    field, kinds = _KINDS[part.type]
    own = str(part.properties[field])
    address = address_of(text.snapshot, own)
    text.single(address.names)
    edits: dict[str, tuple[Found, list[TextEdit]]] = {}
    inside = list(_inside(text, part, address))
    if inside and len(inside) == len(list(_all_inside(text, part, address))):
        text.emptied[own] = _INLINE[part.type][0]
    for found, block in [*_apart(text, part, own, address, kinds), *inside]:
        edits.setdefault(str(found.path), (found, []))[1].append(without(found.source, found.spans.of(block)))
    if not edits:
        raise Uncertain(f"what is to go is not found beside {address.local}")
    yield from edits.values()


def _apart(
    text: TerraformText, part: Drop, own: str, address: Address, kinds: tuple[_Kind, ...]
) -> Iterator[tuple[Found, Block]]:
    for kind in kinds:
        for each in text.resources(address.names, kind.terraform):
            arguments = each.block.body.attributes
            parent = arguments.get(kind.parent)
            if not text.reads(parent.value if parent else None, own, address.names):
                continue
            if any(
                getattr(getattr(arguments.get(k), "value", None), "value", None) != v
                for k, v in kind.fixed.items()
            ):
                continue
            wanted = {kind.others[key]: value for key, value in part.properties.items() if key in kind.others}
            if all(_tells(text, each, arguments.get(name), str(value), address) for name, value in wanted.items()):
                _refuse_shared(each, has_wanted=bool(wanted))
                _refuse_used(text, each, address)
                yield each, each.block


def _inside(text: TerraformText, part: Drop, address: Address) -> Iterator[tuple[Found, Block]]:
    if part.type not in _INLINE or address.type == "aws_vpc":
        return
    word, names = _INLINE[part.type]
    found = text.resource(address)
    for block in found.block.body.blocks:
        wanted = {names[key]: value for key, value in part.properties.items() if key in names}
        if block.type == "dynamic" and block.labels == (word,):
            if wanted:
                raise Uncertain(f"a `dynamic` block makes {word}s", block.line, str(found.path))
            yield found, block
        if block.type == word and all(
            _tells(text, found, block.body.attributes.get(name), str(value), address)
            for name, value in wanted.items()
        ):
            text.only(address)
            yield found, block


def _all_inside(text: TerraformText, part: Drop, address: Address) -> Iterator[Block]:
    word = _INLINE[part.type][0]
    for block in text.resource(address).block.body.blocks:
        if block.type == word or (block.type == "dynamic" and block.labels == (word,)):
            yield block


def _tells(text: TerraformText, found: Found, argument: Attribute | None, wanted: str, address: Address) -> bool:
    """Whether an argument says a block or reads an id.

    Raises:
        Uncertain: nobody here can tell what it says.
    """
    if argument is None:
        return False
    node = node_of(found.source, found.spans, argument.value)
    if isinstance(node, Scalar):
        return bool(node.value == wanted)
    if wanted.startswith("vpc-"):
        return text.reads(argument.value, wanted, address.names)
    block = _cidr_of(text, argument.value, address)
    if block is None:
        raise Uncertain("what it leads to is computed", argument.line, str(found.path))
    return block == wanted


def _cidr_of(text: TerraformText, expression: object, address: Address) -> str | None:
    """The block behind `aws_vpc.name.cidr_block`, where that is a literal."""
    match expression:
        case GetAttr(of=GetAttr(of=Variable(name=kind), name=name), name=attribute):
            for each in text.resources(address.names, kind):
                written = each.block.body.attributes.get(attribute)
                if each.block.labels[1] == name and written and isinstance(written.value, Literal):
                    return str(written.value.value)
    return None


def _refuse_shared(found: Found, *, has_wanted: bool) -> None:
    word = next((word for word in ("count", "for_each") if word in found.block.body.attributes), None)
    if word is not None and has_wanted:
        raise Uncertain(f"`{word}` makes it together with others", found.block.line, str(found.path))


def _refuse_used(text: TerraformText, found: Found, address: Address) -> None:
    """What others name cannot go."""
    start, end = found.spans.of(found.block)
    for each in {one.path: one for one in text.blocks(address.names)}.values():
        rest = each.source[:start] + each.source[end:] if each.path == found.path else each.source
        if re.search(rf"\b{re.escape(found.key)}\b", rest):
            raise Uncertain(f"{found.key} is named elsewhere in its module", found.block.line, str(found.path))
