"""Advice of scanners that is wrong for what is generated here, each with its reason, as metadata they read."""

from typing import Any

from narrowgate.generate.cloudformation.yaml_text import Commented
from narrowgate.model.resource import Resource

REASONS: dict[str, tuple[tuple[str, str], ...]] = {}
"""By type, the checks of checkov that are answered, and why."""

LINT: dict[str, tuple[str, str]] = {
    "AWS::EC2::Subnet": ("W3010", "the design says which zones: endpoints and attachments have to cover them"),
    "AWS::EC2::VPCPeeringConnection": ("W1030", "the role is empty until the round that needs it"),
}
"""By type, the check of cfn-lint that is answered, and why."""


def suppressions(resource: Resource) -> dict[str, Any]:
    """The `Metadata` of a resource."""
    found: dict[str, Any] = {}
    reasons = REASONS.get(resource.type, ())
    if reasons:
        found["checkov"] = {"skip": [{"id": check, "comment": reason} for check, reason in reasons]}
    if resource.type in LINT:
        check, reason = LINT[resource.type]
        found["cfn-lint"] = Commented((f"{check}: {reason}.",), {"config": {"ignore_checks": [check]}})
    return found
