"""Waiting for a stack: one waiter for every operation, since an interrupted run may have left any of them."""

from collections.abc import Mapping
from typing import Any

_ATTEMPTS = 1440
_SETTLED = {
    "version": 2,
    "waiters": {
        "StackSettled": {
            "operation": "DescribeStacks",
            "delay": 5,
            "maxAttempts": _ATTEMPTS,
            "acceptors": [
                {
                    "matcher": "path",
                    "argument": "Stacks[0].StackStatus == 'REVIEW_IN_PROGRESS'",
                    "expected": True,
                    "state": "success",
                },
                {
                    "matcher": "path",
                    "argument": "ends_with(Stacks[0].StackStatus, '_IN_PROGRESS')",
                    "expected": False,
                    "state": "success",
                },
                {"matcher": "error", "expected": "ValidationError", "state": "success"},
            ],
        }
    },
}
"""botocore's own waiters each know one operation; none waits for the end of a rollback after a failed creation."""


def wait_for_stack(client: Any, name: str, delay: float) -> Mapping[str, Any] | None:
    """The stack as `DescribeStacks` tells it once nothing is at work on it; None where there is none.

    Raises:
        WaiterError: it was at work for two hours, or the question was refused.
    """
    from botocore.exceptions import ClientError
    from botocore.waiter import WaiterModel, create_waiter_with_client

    waiter = create_waiter_with_client("StackSettled", WaiterModel(_SETTLED), client)
    waiter.wait(StackName=name, WaiterConfig={"Delay": delay, "MaxAttempts": _ATTEMPTS})
    try:
        found: list[Mapping[str, Any]] = client.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    return found[0] if found else None
