"""Advice of scanners that is wrong for what is generated here, each with its reason, as comments they read."""

from collections.abc import Sequence

from narrowgate.generate.terraform.hcl import Comment
from narrowgate.generate.terraform.made import Made

REASONS: dict[str, tuple[tuple[str, str], ...]] = {}
"""By Terraform type, the checks that are answered and why."""


def suppressions(kind: str, members: Sequence[Made]) -> list[Comment]:
    """The comments of a block."""
    return [Comment(f"checkov:skip={check}:{reason}") for check, reason in REASONS.get(kind, ())]
