"""Answers to scanners' advice, as comments that they read within a block."""

from collections.abc import Sequence

from narrowgate.generate.advice import ANSWERED
from narrowgate.generate.terraform.hcl import Comment
from narrowgate.generate.terraform.made import Made

_READS = {
    "aws_api_gateway_stage": ("CKV_AWS_120", "CKV_AWS_73", "CKV2_AWS_29", "CKV2_AWS_51"),
    "aws_api_gateway_method_settings": ("CKV_AWS_225",),
    "aws_api_gateway_method": ("CKV_AWS_59", "CKV2_AWS_53"),
    "aws_ec2_transit_gateway": ("CKV_AWS_331",),
    "aws_vpc": ("CKV2_AWS_12",),
    "aws_lb": ("CKV_AWS_150", "CKV_AWS_91"),
    "aws_instance": ("CKV2_AWS_41",),
}
"""The checks that look at a Terraform type, of those that are answered for what it is made of."""


def suppressions(kind: str, members: Sequence[Made]) -> list[Comment]:
    """The comments of a block."""
    reasons = dict(ANSWERED.get(members[0].source.type, ()))
    return [
        Comment(f"checkov:skip={check}:{reasons[check]}") for check in _READS.get(kind, ()) if check in reasons
    ]
