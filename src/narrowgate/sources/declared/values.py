"""Values of properties: CloudFormation takes text where it means a number or a boolean."""

from typing import Any

from narrowgate.model.resource import Unknown

Properties = dict[str, Any]


def flag(properties: Properties, name: str, default: bool) -> bool | Unknown:
    """A boolean, also one written as text; the default where it is not given."""
    value = properties.get(name)
    if value is None:
        return default
    if isinstance(value, Unknown):
        return value
    if str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    return Unknown(f"`{str(value)[:40]}` is neither true nor false")


def number(value: Any) -> int | Unknown | None:
    """A whole number, also one written as text; None where it is not given."""
    if value is None or isinstance(value, Unknown):
        return value
    try:
        return int(str(value))
    except ValueError:
        return Unknown(f"`{str(value)[:40]}` is no whole number")


def text(properties: Properties, name: str, default: str) -> Any:
    """Text, or `Unknown`; the default where it is not given."""
    value = properties.get(name)
    return default if value is None else value if isinstance(value, Unknown) else str(value)


def listed(properties: Properties, name: str) -> list[Any] | Unknown:
    """A list; empty where it is not given, `Unknown` where nobody knows it or its length."""
    value = properties.get(name)
    if value is None:
        return []
    if isinstance(value, (list, Unknown)):
        return value
    return [value]


def texts(properties: Properties, name: str) -> list[str] | Unknown:
    """A list of text; `Unknown` where a member is."""
    values = listed(properties, name)
    if isinstance(values, Unknown):
        return values
    gap = next((each for each in values if isinstance(each, Unknown)), None)
    return gap or [str(each) for each in values]


def tags(properties: Properties) -> list[dict[str, str]]:
    """The tags whose values are known, as lists of AWS give them."""
    given = properties.get("Tags")
    if isinstance(given, dict):
        given = [{"Key": key, "Value": value} for key, value in given.items()]
    if not isinstance(given, list):
        return []
    return [
        {"Key": str(each["Key"]), "Value": str(each.get("Value", ""))}
        for each in given
        if isinstance(each, dict)
        and isinstance(each.get("Key"), str)
        and not isinstance(each.get("Value"), Unknown)
    ]
