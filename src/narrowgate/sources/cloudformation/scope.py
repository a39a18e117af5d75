"""What a template's names mean, as functions ask for it."""

from collections.abc import Mapping
from typing import Any, Protocol

from narrowgate.model.resource import Unknown

NO_VALUE = object()
"""`AWS::NoValue`: the property is as if it were not there."""


class Scope(Protocol):
    """What a template's names mean."""

    region: str

    def reference(self, name: str) -> Any:
        """What `Ref` gives."""

    def attribute(self, name: str, attribute: str) -> Any:
        """What `Fn::GetAtt` gives."""

    def condition(self, name: str) -> bool | Unknown:
        """Whether a condition holds."""

    def imported(self, name: str) -> Any:
        """What another stack exports under a name."""

    def mapping(self, name: str) -> Mapping[str, Any] | None:
        """A mapping of the template."""

    def evaluated(self, value: Any) -> Any:
        """A value with every function in it followed."""


def text_of(value: Any) -> str | Unknown | None:
    """A settled scalar as text, `Unknown` as it is; None for what is no text yet (references)."""
    match value:
        case Unknown():
            return value
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return str(value)
        case _:
            return None
