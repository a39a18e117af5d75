"""What a collection writes about itself: lines of its journal, and its manifest."""

from typing import Any, NamedTuple

import msgspec

from narrowgate.sources.live.live_call import Parameters


class Scope(NamedTuple):
    """Where a call is made: an account and a Region, `global` for services without one."""

    account: str
    region: str


class Entry(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One element of the manifest's `calls`: all answered calls of an operation, or one failed call."""

    account: str
    region: str
    service: str
    operation: str
    parameters: Parameters | None = None
    code: str | None = None
    error: str | None = None
    at: str = ""
    seconds: float = 0.0
    requests: int = 0
    answers: int = 0
    withheld: int = 0

    @property
    def scope(self) -> Scope:
        """Where it was made."""
        return Scope(self.account, self.region)

    @property
    def name(self) -> str:
        """`<service>.<operation>`."""
        return f"{self.service}.{self.operation}"


class Line(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One line of the journal: an answer with its response where the file is not written yet."""

    entry: Entry
    parameters: Parameters = {}
    response: dict[str, Any] | None = None


class Manifest(msgspec.Struct, kw_only=True):
    """What a run asked, and how it ended."""

    format: str
    created: str
    tool: str
    complete: bool
    accounts: list[str]
    regions: list[str]
    calls: list[Entry]
    requests: int = 0
    seconds: float = 0.0
    journal_lines: int = 0
    """How many lines of a journal that is still there are counted here already."""


class Exchange(msgspec.Struct):
    """What was sent, and what came."""

    parameters: Parameters
    response: dict[str, Any]


def key_of(parameters: Parameters) -> str:
    """What was sent, as a text that is the same for the same parameters."""
    return msgspec.json.encode(parameters, order="deterministic").decode()
