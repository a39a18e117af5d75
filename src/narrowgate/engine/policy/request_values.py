"""Values out of the JSON of an authorize request; every refusal names its place."""

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import UNSET

from narrowgate.engine.policy.document import describe, shorten
from narrowgate.engine.policy.json_text import JsonText, Pointer


class RequestText:
    """One request being read; `fail` refuses at a place, `tree` is its outermost object."""

    def __init__(self, document: JsonText) -> None:
        self.document = document
        self.fail = document.fail
        self.tree: dict[str, Any] = self.json_object(document.tree, ())

    def json_object(self, value: Any, place: Pointer) -> dict[str, Any]:
        """A value that must be a JSON object."""
        if not isinstance(value, dict):
            name = f"`{place[-1]}`" if place else "a request"
            self.fail(f"{name} is a JSON object, this is {describe(value)}", place)
        return value

    def known(self, tree: dict[str, Any], names: Iterable[str], place: Pointer) -> None:
        """Refuse a field that the contract does not have."""
        for name in tree:
            if name not in names:
                near = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
                help = f"did you mean `{near[0]}`?" if near else ""
                if name.lower() in ("rcp", "resource_control_policies"):
                    help = "resource control policies do not cover API Gateway (ORG-02)"
                self.fail(f"unknown field `{shorten(name)}`", (*place, name), help)

    def text(self, value: Any, place: Pointer) -> str:
        """A value that must be text."""
        if not isinstance(value, str):
            self.fail(f"`{place[-1]}` is text, this is {describe(value)}", place)
        return value

    def at(self, place: Pointer) -> Any:
        """The value at a place that is known to exist."""
        value: Any = self.tree
        for step in place:
            value = value[step]
        return value

    def matching(self, place: Pointer, pattern: re.Pattern[str], what: str) -> str:
        """The text at a place, which must look like `what`."""
        text = self.text(self.at(place), place)
        if not pattern.fullmatch(text):
            self.fail(f"`{shorten(text)}` is not {what}", place)
        return text

    def choice(self, name: str, choices: Sequence[str], default: Any = UNSET) -> Any:
        """One of a few words; the default where the field is left out."""
        if name not in self.tree:
            return default
        value = self.text(self.tree[name], (name,))
        if value not in choices:
            near = difflib.get_close_matches(value, choices, n=1, cutoff=0.5)
            hint = f"did you mean `{near[0]}`?" if near else "one of " + ", ".join(f"`{item}`" for item in choices)
            self.fail(f"`{name}` cannot be `{shorten(value)}`", (name,), hint)
        return value

    def optional_text(self, tree: dict[str, Any], name: str, place: Pointer) -> Any:
        """Text, None for JSON null, UNSET where the field is left out."""
        if name not in tree:
            return UNSET
        return None if tree[name] is None else self.text(tree[name], (*place, name))

    def texts(self, value: Any, place: Pointer) -> tuple[str, ...]:
        """A text, or a list of texts."""
        items = value if isinstance(value, list) else [value]
        for number, item in enumerate(items):
            if not isinstance(item, str):
                at = (*place, number) if isinstance(value, list) else place
                self.fail(f"`{place[-1]}` is text or a list of texts, this is {describe(item)}", at)
        return tuple(items)
