"""What a design has named so far, for references from one part to another."""

import difflib
import re
from collections.abc import Callable, Iterable

from narrowgate.model.design import DEFAULT_ACCOUNT, Api, Consumer, OnPremises, Vpc
from narrowgate.sources.design.text import Value

_ACCOUNT = re.compile(r"[0-9]{12}")


class Scope:
    """Defaults and names in force while a design is read."""

    def __init__(self, *, read_beside: Callable[[str], bytes]) -> None:
        """Start with nothing named; `read_beside` reads a file that the design names."""
        self.read_beside = read_beside
        self.region = ""
        self.account = DEFAULT_ACCOUNT
        self.accounts: dict[str, str] = {}
        self.vpcs: dict[str, Vpc] = {}
        self.apis: dict[str, Api] = {}
        self.networks: dict[str, OnPremises] = {}
        self.consumers: dict[str, Consumer] = {}

    def reference(self, value: Value, kind: str, known: Iterable[str]) -> str:
        """A name that the design has given; a wrong one is refused with the nearest."""
        name, names = value.text(), tuple(known)
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
            way_out = f"did you mean `{near[0]}`?" if near else "the design has " + (", ".join(names) or "none")
            value.fail(f"unknown {kind} `{name[:60]}`", way_out)
        return name

    def account_id(self, value: Value) -> str:
        """Twelve digits."""
        text = value.text()
        if not _ACCOUNT.fullmatch(text):
            value.fail(f"`{text[:40]}` is no account id", "twelve digits, in quotes where the first is a zero")
        return text

    def account_of(self, value: Value) -> str:
        """An account by the name that the design gave it, or by its id."""
        text = value.text()
        if text in self.accounts:
            return self.accounts[text]
        if not text[:1].isdigit() and self.accounts:
            return self.reference(value, "account", self.accounts)
        return self.account_id(value)
