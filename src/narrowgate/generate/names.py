"""Names in generated code, made of logical ids."""

import re

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake(logical_id: str) -> str:
    """`RequesterSubnetA` as `requester_subnet_a`."""
    return _BOUNDARY.sub("_", logical_id).lower().strip("_").replace("__", "_")
