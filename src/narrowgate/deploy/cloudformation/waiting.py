"""Waiting for a stack: one waiter for every operation, since an interrupted run may have left any of them."""

from collections.abc import Mapping
from typing import Any

_ATTEMPTS = 1440
_REVIEWED = {
    "matcher": "path",
    "argument": "Stacks[0].StackStatus == 'REVIEW_IN_PROGRESS'",
    "expected": True,
    "state": "success",
}
_SETTLED = (
    {
        "matcher": "path",
        "argument": "ends_with(Stacks[0].StackStatus, '_IN_PROGRESS')",
        "expected": False,
        "state": "success",
    },
    {"matcher": "error", "expected": "ValidationError", "state": "success"},
)
"""botocore's own waiters each know one operation; none waits for the end of a rollback after a failed creation."""


def wait_for_stack(client: Any, name: str, delay: float, *, executed: bool = False) -> Mapping[str, Any] | None:
    """The stack as `DescribeStacks` tells it once nothing is at work on it; None where there is none.

    Args:
        client: boto3's.
        name: the stack's.
        delay: seconds between two questions.
        executed: whether a change set runs, so that a stack that is still only proposed is about to change.

    Raises:
        ClientError: the question was refused.
        WaiterError: it was at work for two hours.
    """
    from botocore.exceptions import ClientError
    from botocore.waiter import WaiterModel, create_waiter_with_client

    acceptors = _SETTLED if executed else (_REVIEWED, *_SETTLED)
    model = {"operation": "DescribeStacks", "delay": 5, "maxAttempts": _ATTEMPTS, "acceptors": acceptors}
    waiters = WaiterModel({"version": 2, "waiters": {"StackSettled": model}})
    wait(create_waiter_with_client("StackSettled", waiters, client), delay, StackName=name)
    try:
        found: list[Mapping[str, Any]] = client.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    return found[0] if found else None


def wait(waiter: Any, delay: float, **parameters: str) -> None:
    """Wait as a waiter of botocore does; what AWS refuses meanwhile is told as the refusal that it is.

    Raises:
        ClientError: the question was refused.
        WaiterError: it came to another end, or to none in time.
    """
    from botocore.exceptions import ClientError, WaiterError

    try:
        waiter.wait(**parameters, WaiterConfig={"Delay": delay, "MaxAttempts": _ATTEMPTS})
    except WaiterError as error:
        if "Error" in error.last_response:
            raise ClientError(error.last_response, waiter.name) from None
        raise
