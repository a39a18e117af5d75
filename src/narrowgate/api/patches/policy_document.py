"""Statements of `data "aws_iam_policy_document"`: one more of them, or other values of a condition."""

from collections.abc import Callable, Iterator
from typing import Any

from narrowgate.api.patches.hcl_nodes import HclWriter, node_of, without
from narrowgate.api.patches.node import TextEdit, Uncertain, revise
from narrowgate.api.patches.terraform_text import Found
from narrowgate.generate.terraform.hcl import Block, write
from narrowgate.sources.terraform.hcl.syntax import Block as Written
from narrowgate.sources.terraform.hcl.syntax import Literal

Resolve = Callable[[Any], Any]


def revise_data(found: Found, before: Any, after: dict[str, Any], resolve: Resolve) -> list[TextEdit]:
    """The edits of a policy document's block.

    Args:
        found: the block.
        before: the policy that it makes.
        after: the wanted one.
        resolve: puts references in place of ids.

    Raises:
        Uncertain: it is made of more than its own statements, or what has to change is computed.
    """
    body = found.block.body
    more = next(
        (each for each in ("source_policy_documents", "override_policy_documents") if each in body.attributes),
        None,
    )
    if more is not None:
        raise Uncertain(f"`{more}` joins others into it", body.attributes[more].line, str(found.path))
    if any(each.type == "dynamic" for each in body.blocks):
        raise Uncertain("a `dynamic` block makes statements of it", found.block.line, str(found.path))
    written = list(body.of_type("statement"))
    old = before.get("Statement", []) if isinstance(before, dict) else []
    old = old if isinstance(old, list) else [old]
    new = after["Statement"]
    if len(written) != len(old) or len(new) < len(old):
        raise Uncertain("its statements are not those of the policy", found.block.line, str(found.path))
    edits: list[TextEdit] = []
    for block, was, wanted in zip(written, old, new, strict=False):
        if was != wanted:
            edits += _statement(found, block, was, wanted, resolve)
    end = found.spans.of(found.block)[1] - 1
    begin = found.source.rfind("\n", 0, end) + 1
    for wanted in new[len(old) :]:
        lines = write([_block(resolve(wanted))]).rstrip("\n").split("\n")
        text = "\n".join(f"  {line}" if line else "" for line in lines)
        edits.append(TextEdit(begin, begin, f"\n{text}\n"))
    return edits


def _statement(
    found: Found, block: Written, was: dict[str, Any], wanted: dict[str, Any], resolve: Resolve
) -> Iterator[TextEdit]:
    if {**was, "Condition": None} != {**wanted, "Condition": None}:
        raise Uncertain("more than its conditions has to change", block.line, str(found.path))
    old, new = (dict(_conditions(each)) for each in (was, wanted))
    for key in old.keys() | new.keys():
        if old.get(key) == new.get(key):
            continue
        condition = next((each for each in block.body.of_type("condition") if _names(each) == key), None)
        if key not in new and condition is not None:
            yield without(found.source, found.spans.of(condition))
        elif key in new and condition is not None:
            values = condition.body.attributes["values"]
            node = node_of(found.source, found.spans, values.value)
            yield from revise(node, resolve(old[key]), resolve(new[key]), HclWriter(found.source))
        elif key in new and key not in old:
            end = found.spans.of(block)[1] - 1
            begin = found.source.rfind("\n", 0, end) + 1
            lines = write([_condition(key, resolve(new[key]))]).rstrip("\n").split("\n")
            yield TextEdit(begin, begin, "\n" + "\n".join(f"    {line}" for line in lines) + "\n")
        else:
            raise Uncertain(f"its condition on {key[1]} is not written here", block.line, str(found.path))


def _conditions(statement: dict[str, Any]) -> Iterator[tuple[tuple[str, str], list[Any]]]:
    for operator, keys in (statement.get("Condition") or {}).items():
        for name, values in keys.items():
            yield (operator, name), values if isinstance(values, list) else [values]


def _names(block: Written) -> tuple[str, str]:
    found = [block.body.attributes.get(each) for each in ("test", "variable")]
    words = [str(each.value.value) if each and isinstance(each.value, Literal) else "" for each in found]
    return words[0], words[1]


def _condition(key: tuple[str, str], values: list[Any]) -> Block:
    return Block("condition", (), [("test", key[0]), ("variable", key[1]), ("values", values)])


def _block(statement: dict[str, Any]) -> Block:
    """A statement of a policy as a block."""
    body: list[Any] = []
    if "Sid" in statement:
        body.append(("sid", statement["Sid"]))
    if statement["Effect"] != "Allow":
        body.append(("effect", statement["Effect"]))
    for field, name in (("Action", "actions"), ("Resource", "resources")):
        value = statement[field]
        body.append((name, value if isinstance(value, list) else [value]))
    principal = statement.get("Principal")
    if principal is not None:
        everyone = Block("principals", (), [("type", "*"), ("identifiers", ["*"])])
        if principal != "*":
            raise Uncertain("its principal is not everyone")
        body += [None, everyone]
    for key, values in _conditions(statement):
        body += [None, _condition(key, values)]
    return Block("statement", (), body)
