"""Advice of scanners that is wrong for what is generated here, each with its reason, as metadata they read."""

from typing import Any

from narrowgate.generate.advice import ANSWERED
from narrowgate.generate.cloudformation.yaml_text import Commented
from narrowgate.model.resource import Resource

_READS = frozenset({"CKV_AWS_120", "CKV_AWS_73", "CKV_AWS_59", "CKV_AWS_91"})
"""The checks that look at templates, of those that are answered."""

LINT: dict[str, tuple[str, str]] = {
    "AWS::EC2::Subnet": ("W3010", "the design says which zones: endpoints and attachments have to cover them"),
    "AWS::EC2::VPCPeeringConnection": ("W1030", "the role is empty until the round that needs it"),
}
"""By type, the check of cfn-lint that is answered, and why."""


def suppressions(resource: Resource) -> dict[str, Any]:
    """The `Metadata` of a resource."""
    found: dict[str, Any] = {}
    reasons = [each for each in ANSWERED.get(resource.type, ()) if each[0] in _READS]
    if reasons:
        found["checkov"] = {"skip": [{"id": check, "comment": reason} for check, reason in reasons]}
    if resource.type in LINT:
        check, reason = LINT[resource.type]
        found["cfn-lint"] = Commented((f"{check}: {reason}.",), {"config": {"ignore_checks": [check]}})
    return found
