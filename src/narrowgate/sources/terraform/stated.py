"""What the user states of Terraform's files, beside what they tell."""

import json
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import msgspec


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """Account and Region of providers that do not tell theirs, and values of root variables."""

    account: str | None = None
    region: str | None = None
    variables: Mapping[str, Any] = {}


def variable(text: Any) -> Any:
    """A variable's value as it was typed: lists and objects in JSON, as Terraform's own `-var` takes them."""
    if isinstance(text, str) and text[:1] in ("[", "{"):
        with suppress(ValueError):
            return json.loads(text)
    return text


STATED: ContextVar[Stated] = ContextVar("stated", default=Stated())  # noqa: B039 - it is frozen
"""What the user states for the files that are being read."""
