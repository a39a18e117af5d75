"""What a template does not tell by itself: account, Region, parameters, and the stack's name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from narrowgate.model.errors import InputError

ACCOUNT = "111122223333"
REGION = "us-east-1"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where stacks are made and with which parameters; None where nothing tells."""

    account: str | None = None
    region: str | None = None
    parameters: Mapping[str, Any] = {}


def read_parameters(path: Path) -> dict[str, Any]:
    """A parameters file: a mapping of names, CloudFormation's list of keys and values, or CodePipeline's form.

    Raises:
        InputError: no such file, no JSON or YAML, or none of these forms.
    """
    from narrowgate.sources.cloudformation.decode import decode_template

    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None
    if content.lstrip()[:1] == b"[":
        # The decoder takes mappings: a list becomes the value of one.
        content = b'{"Parameters": ' + content + b"}"
    top: Any = decode_template(content, str(path))
    found = top.get("Parameters", top)
    if isinstance(found, list):
        pairs = {}
        for each in found:
            if not isinstance(each, dict) or "ParameterKey" not in each:
                raise InputError("is no list of `ParameterKey` and `ParameterValue`", where=str(path))
            if "ParameterValue" in each:
                pairs[str(each["ParameterKey"])] = each["ParameterValue"]
        return pairs
    if not isinstance(found, dict) or any(isinstance(each, dict) for each in found.values()):
        raise InputError("is no mapping of parameter names to values", where=str(path))
    return dict(found)


def parameter(text: str) -> tuple[str, str]:
    """`NAME=VALUE` of the command line.

    Raises:
        InputError: no `=`.
    """
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InputError(f"`{text[:60]}` is no parameter", help="NAME=VALUE")
    return name, value
