"""Arguments and nested blocks added to a block of Terraform."""

from typing import Any

from narrowgate.api.patches.node import TextEdit, Uncertain
from narrowgate.api.patches.terraform_text import Found
from narrowgate.generate.terraform.hcl import Block, assignment, write
from narrowgate.sources.terraform.hcl.syntax import Body


def block_added(found: Found, block: Block) -> TextEdit:
    """A nested block as the last thing of a block."""
    end = found.spans.of(found.block)[1] - 1
    begin = found.source.rfind("\n", 0, end) + 1
    lines = write([block]).rstrip("\n").split("\n")
    text = "\n".join(f"  {line}" if line else "" for line in lines)
    if found.source[begin:end].strip():
        return TextEdit(end, end, f"\n{text}\n")
    return TextEdit(begin, begin, f"\n{text}\n")


def argument_added(found: Found, body: Body, name: str, value: Any) -> TextEdit:
    """An argument after the others of a block, or of one inside it.

    Raises:
        Uncertain: nothing is there that says how it is laid out.
    """
    attributes = list(body.attributes.values())
    if not attributes:
        raise Uncertain("its block is empty", found.block.line, str(found.path))
    end = max(found.spans.of(each)[1] for each in attributes)
    start = min(found.spans.of(each)[0] for each in attributes)
    begin = found.source.rfind("\n", 0, start) + 1
    if found.source[begin:start].strip():
        raise Uncertain("its block stands on one line", found.block.line, str(found.path))
    line_end = found.source.find("\n", end)
    line_end = len(found.source) if line_end < 0 else line_end
    return TextEdit(line_end, line_end, "\n" + assignment(name, value, (start - begin) // 2))
