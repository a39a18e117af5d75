"""The answer of `demo`: one design from the comparison to the repair, and what else was asked on the way."""

from narrowgate.model.answer import ReachAnswer, Record, Verdict
from narrowgate.model.comparison import CheckAnswer, CompareAnswer
from narrowgate.model.laboratory import LabAnswer
from narrowgate.model.repair import FixAnswer
from narrowgate.model.trace import TraceAnswer


class WrittenAt(Record, frozen=True, kw_only=True):
    """Where a resource stands in generated code: its name there, the file below the folder, the line."""

    name: str
    file: str
    line: int


class ReadBack(Record, frozen=True, kw_only=True):
    """Generated code, read back as a source: the design's expectations held against it, and one call traced.

    `written` says where each resource stands, by its id.
    """

    files: tuple[str, ...]
    check: CheckAnswer
    trace: TraceAnswer
    written: dict[str, WrittenAt]


class BrokenForm(Record, frozen=True, kw_only=True):
    """The guide's estate with one thing changed; `is_expected` where the answer is the rule book's."""

    id: str
    changed: str
    is_expected: bool
    answer: TraceAnswer


class RecordedEstate(Record, frozen=True, kw_only=True):
    """An estate that AWS's own answers describe, and a socket that was asked about."""

    id: str
    text: str
    answer: ReachAnswer


class DemoAnswer(Record, frozen=True, kw_only=True):
    """The whole story; `verdict` is `allowed` where every step came out as it should.

    `packets` is null where the lab cannot run; `no_packets` then says what is missing, and what helps.
    """

    schema: str = "narrowgate.demo/1"
    verdict: Verdict
    compare: CompareAnswer
    generated: ReadBack
    changed: str
    """What was broken in the generated code."""
    broken: ReadBack
    fix: FixAnswer
    packets: LabAnswer | None = None
    no_packets: str = ""
    forms: tuple[BrokenForm, ...] = ()
    recorded: tuple[RecordedEstate, ...] = ()
