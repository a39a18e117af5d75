"""Parameters of a template: the value that was given, else the default, as the type has it."""

from typing import Any

from narrowgate.model.errors import InputError
from narrowgate.model.resource import Join, Unknown
from narrowgate.sources.cloudformation.scope import text_of
from narrowgate.sources.cloudformation.text_functions import split_parts


def parameter_value(name: str, declared: Any, given: Any, where: str) -> Any:
    """The value of a parameter; `Unknown` where nothing gives it.

    Raises:
        InputError: the value is none of `AllowedValues`.
    """
    known = declared if isinstance(declared, dict) else {}
    kind = str(known.get("Type", "String"))
    if given is None and kind.startswith("AWS::SSM::Parameter"):
        return Unknown(f"parameter `{name}` is read from Systems Manager: give its value by --parameter {name}=…")
    value = given if given is not None else known.get("Default")
    if value is None:
        return Unknown(f"parameter `{name}` has no default: give it by --parameter {name}=…")
    allowed = known.get("AllowedValues")
    if isinstance(allowed, list) and isinstance(value, (str, int, bool)):
        words = [text_of(each) for each in allowed]
        if text_of(value) not in words:
            listed = ", ".join(str(each) for each in words)
            raise InputError(
                f"parameter `{name}` may not be `{str(value)[:60]}`", where=where, help=f"one of {listed}"
            )
    return _as_list(value) if kind == "CommaDelimitedList" or "List<" in kind else _as_text(value)


def _as_list(value: Any) -> Any:
    if isinstance(value, Join):
        return split_parts(",", value.parts)
    if isinstance(value, str):
        return [each.strip() for each in value.split(",")] if value else []
    return value if isinstance(value, (list, Unknown)) else [value]


def _as_text(value: Any) -> Any:
    text = text_of(value)
    return value if text is None else text
