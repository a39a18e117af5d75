"""Use cases of the lab: start one for any source, and lay what packets do beside what the engine says."""

from collections.abc import Sequence
from pathlib import Path

from narrowgate.api.lab_questions import Material, Question, from_file, of_snapshot
from narrowgate.api.sources import load
from narrowgate.lab.integrations.mapping import read_integrations
from narrowgate.lab.observe import Query, observe
from narrowgate.lab.process import start
from narrowgate.lab.state import State
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
from narrowgate.model.laboratory import Compared, LabAnswer

MOST = 200
_EXAMPLES = 6


def start_lab(
    source: Path,
    name: str,
    *,
    principals: Sequence[str] = (),
    integrations: Sequence[str] = (),
    assume_complete: bool = False,
) -> State:
    """Start a lab for a source.

    Args:
        source: any source.
        name: what the lab is called.
        principals: ARNs that get an access key beside the design's own.
        integrations: what stands behind APIs, as `API [METHOD /resource]=TARGET`.
        assume_complete: take what the source does not tell as empty.

    Raises:
        InputError: the source or an integration cannot be read, or a lab of that name runs.
        LabError: the lab cannot run here.
    """
    material = _material(source, assume_complete)
    calls = [
        (material.names.get(each.host, each.name or each.host), each.target, each.principal or "")
        for each in material.questions
        if each.kind == "call"
    ]
    return start(
        material.snapshot,
        name,
        source=str(source),
        principals=(*material.principals, *principals),
        calls=list(dict.fromkeys(calls))[:_EXAMPLES],
        names=material.names,
        integrations=read_integrations(material.snapshot, integrations),
    )


def ask_packets(
    source: Path, *, file: Path | None = None, most: int = MOST, assume_complete: bool = False
) -> LabAnswer:
    """Ask every question of packets and of the engine.

    Args:
        source: any source.
        file: questions as `ask` takes them (`trace`, `reach`, `resolve`), one JSON object a line; without it
            those of the design, or every instance's calls of every private API.
        most: how many questions of an estate are asked at most; those of a file and of a design all are.
        assume_complete: take what the source does not tell as empty.

    Raises:
        InputError: the source or the questions cannot be read.
        LabError: the lab cannot run here.
    """
    from narrowgate.api.lab_comparison import compare

    material = _material(source, assume_complete)
    snapshot = material.snapshot
    known = tuple(from_file(snapshot, file)) if file is not None else material.questions
    wanted = known if file is not None or _is_design(source) else known[:most]
    if not wanted:
        raise InputError(
            "holds no question for the lab", where=str(file or source), help="name some with --questions"
        )
    seen = observe(snapshot, [_query(each) for each in wanted])
    compared = tuple(
        compare(snapshot, question, found) for question, found in zip(wanted, seen.answers, strict=True)
    )
    return LabAnswer(
        verdict=_verdict(compared),
        source=str(source),
        compared=compared,
        not_asked=len(known) - len(wanted),
        left_out=seen.left_out,
    )


def _verdict(compared: Sequence[Compared]) -> Verdict:
    if any(each.agrees is False for each in compared):
        return Verdict.DENIED
    return Verdict.ALLOWED if any(each.agrees for each in compared) else Verdict.UNKNOWN


def _query(each: Question) -> Query:
    headers = tuple(
        (name.strip(), value.strip()) for name, _, value in (one.partition(":") for one in each.headers)
    )
    return Query(
        client=each.host,
        kind=each.kind,
        target=each.target,
        record_type=each.record_type,
        method=each.method,
        headers=headers,
        principal=each.principal,
    )


def _material(source: Path, assume_complete: bool) -> Material:
    if _is_design(source):
        from narrowgate.api.lab_designs import of_design

        return of_design(source)
    snapshot = load(source, assume_complete=assume_complete)
    return Material(snapshot=snapshot, questions=tuple(of_snapshot(snapshot)), names={}, principals=())


def _is_design(source: Path) -> bool:
    """A folder is none, and a lab of one comes up without the engine and the options."""
    if source.is_dir():
        return False
    from narrowgate.api.designs import is_design

    return is_design(source)
