"""One call of the many that a route stands for: what a caller would send."""

import re

_PARAMETER = re.compile(r"\{[^}]*\}")


def sample_path(path: str) -> str:
    """A path as a caller would send it: a value in place of each parameter."""
    return _PARAMETER.sub("1", path)


def sample_method(method: str) -> str:
    """A method that a caller would send where any is taken."""
    return "GET" if method == "ANY" else method
