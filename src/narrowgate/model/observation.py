"""What a probe saw, and how it compares with what was computed."""

from typing import Any

import msgspec

from narrowgate.model.answer import Record, Verdict
from narrowgate.model.trace import TraceAnswer


class ObservedStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a probe's report; `kind` is its failure in one word."""

    step: str
    ok: bool
    ms: float = 0.0
    error: str | None = None
    kind: str | None = None
    addresses: tuple[str, ...] = ()
    address: str | None = None
    status: int | None = None


class ProbeReport(msgspec.Struct, frozen=True, kw_only=True):
    """The report of `narrowgate probe`'s program."""

    schema: str
    url: str
    method: str
    steps: tuple[ObservedStep, ...]
    at: str = ""
    status: int | None = None
    error_type: str | None = None
    body: str | None = None
    origin: dict[str, Any] = msgspec.field(default_factory=dict, name="from")


class ComparedStep(Record, frozen=True, kw_only=True):
    """One step, computed and seen; `agrees` is null where one of the two does not tell."""

    step: str
    predicted: str
    observed: str
    agrees: bool | None
    ms: float | None = None


class ObserveAnswer(Record, frozen=True, kw_only=True):
    """A trace beside a probe: the first step where they part, and what that proves.

    `verdict` is `allowed` where they agree at every step that both tell, `denied` where they part, `unknown` where
    nothing can be compared.
    """

    schema: str = "narrowgate.observe/1"
    verdict: Verdict
    url: str
    observed_at: str
    steps: tuple[ComparedStep, ...]
    parted: str | None
    proves: str
    trace: TraceAnswer
