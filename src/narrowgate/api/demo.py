"""The use case of `demo`: the guide's design from the comparison to the repair, a step at a time."""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from narrowgate.api import repairs
from narrowgate.api.designs import compare
from narrowgate.api.questions import Flow, reach, trace
from narrowgate.api.sources import load
from narrowgate.api.trial import read_trial, write_trial
from narrowgate.guide.broken import VARIATIONS, Case
from narrowgate.guide.folder import snapshot_of
from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import CompareAnswer
from narrowgate.model.demonstration import BrokenForm, DemoAnswer, ReadBack, RecordedEstate
from narrowgate.model.errors import InputError, NarrowgateError
from narrowgate.model.laboratory import LabAnswer
from narrowgate.model.repair import FixAnswer
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import TraceAnswer

BROKEN_BY = "ApiRouteTableToRequester"
"""What is left out of the code to break it: a packet then arrives, and no answer comes back."""
CHANGED = "the API VPC's route back to the requester is left out of the code"

_RECORDED = (
    ("vpc-peering", "i-0b14080af811fda3d", "10.10.10.157", 22, "two instances of peered VPCs, SSH"),
    (
        "vpc-endpoint-interface",
        "i-0eb6eb395a0d09117",
        "vpce-083c683a6be29b889",
        443,
        "an instance and an endpoint",
    ),
)


def compare_guide(design: Path) -> CompareAnswer:
    """Every way to connect.

    Raises:
        InputError: no option may be taken, so that there is nothing to go on with.
    """
    answer = compare(design)
    if answer.recommendation is None:
        raise InputError("no option keeps every expectation and constraint", where=str(design))
    return answer


def generate_and_read(design: Path, option: str, folder: Path) -> ReadBack:
    """An option as Terraform in a folder, read back by its text: no Terraform, no network, no credentials."""
    return read_trial(design, option, folder, write_trial(design, option, folder))[1]


def break_and_read(design: Path, option: str, folder: Path) -> tuple[Snapshot, ReadBack]:
    """The same without `BROKEN_BY`."""
    return read_trial(design, option, folder, write_trial(design, option, folder, without=BROKEN_BY))


def mend(snapshot: Snapshot, call: TraceAnswer) -> FixAnswer:
    """The smallest change that lets a call through again."""
    return repairs.fix(snapshot, [repairs.Goal(client=call.client, url=call.url, method=call.method)])


def send_packets(design: Path) -> tuple[LabAnswer | None, str]:
    """Every question of the design asked of packets; None and a sentence where the lab cannot run here."""
    try:
        from narrowgate.api.labs import ask_packets
        from narrowgate.lab.doctor import examine
    except ImportError as error:
        return None, f"extra: {error}; pip install 'narrowgate[lab]'"
    missing = next((each for each in examine() if not each.holds), None)
    if missing is not None:
        way_out = f"; {missing.help}" if missing.help else ""
        return None, f"{missing.name}: {missing.text or 'is missing'}{way_out}"
    try:
        return ask_packets(design), ""
    except NarrowgateError as error:
        return None, f"{error.message}{f'; {error.help}' if error.help else ''}"


def ask_broken_forms() -> Iterator[BrokenForm]:
    """The guide's estate with one thing changed at a time, each beside what the rule book says of it."""
    for each in VARIATIONS.values():
        case = each.make()
        answer = trace(
            snapshot_of(case.guide.estate), case.client, case.url, method=case.method, headers=case.headers
        )
        yield BrokenForm(id=each.id, changed=each.changed, is_expected=_is_expected(case, answer), answer=answer)


def _is_expected(case: Case, answer: TraceAnswer) -> bool:
    wanted = case.expected
    decided = answer.decided_by
    return (
        answer.verdict is wanted.verdict
        and (wanted.symptom is None or answer.symptom is wanted.symptom)
        and (wanted.reason is None or (decided is not None and decided.reason is wanted.reason))
    )


def ask_recorded_estates() -> Iterator[RecordedEstate]:
    """Sockets in the two estates that come with the package as AWS told them."""
    for name, client, target, port, text in _RECORDED:
        with resources.as_file(resources.files("narrowgate.guide") / "recorded" / name) as root:
            answer = reach(load(root), client, target, Flow(port=port))
        yield RecordedEstate(id=name, text=text, answer=answer)


def is_as_it_should_be(told: DemoAnswer) -> bool:
    """Whether the story ends well: it holds, breaks, is mended; packets, if sent, and every broken form agree."""
    return (
        told.compare.verdict is Verdict.ALLOWED
        and told.generated.check.verdict is Verdict.ALLOWED
        and told.generated.trace.verdict is Verdict.ALLOWED
        and told.broken.trace.verdict is Verdict.DENIED
        and told.fix.verdict is Verdict.ALLOWED
        and bool(told.fix.changes)
        and (told.packets is None or told.packets.verdict is Verdict.ALLOWED)
        and all(each.is_expected for each in told.forms)
    )
