"""The least-privilege IAM policy of a collection, made from the table of its calls."""

import json
from typing import Any

from narrowgate.sources.live.calls import CALLS


def read_policy() -> dict[str, Any]:
    """What the collecting role needs in each account: the table's actions and nothing else."""
    named = sorted({call.action for call in CALLS if not call.resources})
    paths = sorted({path for call in CALLS for path in call.resources})
    return {
        "Version": "2012-10-17",
        "Statement": [
            # None of these actions knows resources in its permission, or all that it would list are wanted.
            {"Sid": "NarrowgateRead", "Effect": "Allow", "Action": named, "Resource": "*"},
            {
                "Sid": "NarrowgateReadApis",
                "Effect": "Allow",
                "Action": "apigateway:GET",
                "Resource": [f"arn:aws:apigateway:*::{path}" for path in paths],
            },
        ],
    }


def organization_policy(role_name: str) -> dict[str, Any]:
    """What the caller of an organisation-wide collection needs: to list accounts and to take the role in each."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "NarrowgateListAccounts",
                "Effect": "Allow",
                "Action": "organizations:ListAccounts",
                "Resource": "*",
            },
            {
                "Sid": "NarrowgateTakeRole",
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Resource": f"arn:aws:iam::*:role/{role_name}",
            },
        ],
    }


def policy_text(policy: dict[str, Any]) -> str:
    """A policy as indented JSON."""
    return json.dumps(policy, indent=2)
