"""An estate onto disk, as a snapshot folder; and straight into a `Snapshot`."""

from pathlib import Path
from typing import Any

import msgspec

from narrowgate.model.outside import Outside
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.snapshot import snapshot_from_responses
from narrowgate.sources.snapshot.operations import OPERATIONS
from narrowgate.sources.synthetic.estate import Estate

TOOL = "narrowgate guide"
CREATED = "2026-11-20T09:00:00Z"


def snapshot_of(estate: Estate, *, assume_complete: bool = False) -> Snapshot:
    """Read an estate without a folder in between; sources are cited as if it had been written."""
    outside = None if estate.outside is None else msgspec.convert(estate.outside, Outside)
    return snapshot_from_responses(
        (response for response in estate.responses() if response.operation in OPERATIONS),
        refused=estate.refused_calls(),
        assume_complete=assume_complete,
        outside=outside,
    )


def write_snapshot(estate: Estate, folder: Path) -> None:
    """Write an estate's responses, its manifest and what lies outside AWS below `folder`.

    Files are written once each, sorted and indented, so that two runs give the same bytes; files of an earlier run
    that this estate does not have are left alone: write into an empty folder.
    """
    files: dict[Path, list[tuple[dict[str, Any] | None, Any]]] = {}
    for response in estate.responses():
        files.setdefault(folder / response.source, []).append((response.parameters, response.body))
    for path, answers in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, _content(answers))
    _write(folder / "snapshot.json", manifest(estate))
    if estate.outside is not None:
        _write(folder / "outside.json", estate.outside)


def manifest(estate: Estate) -> dict[str, Any]:
    """`snapshot.json`: every call that was made or refused."""
    calls: dict[tuple[str | None, str | None, str], dict[str, Any]] = {}
    for response in estate.responses():
        service, _, operation = response.operation.partition(".")
        calls[(response.account, response.region, response.operation)] = {
            "account": response.account,
            "region": response.region,
            "service": service,
            "operation": operation,
        }
    refused = []
    for (where, call, parent), (code, words) in estate.ledger.refused.items():
        service, _, operation = call.partition(".")
        entry: dict[str, Any] = {
            "account": where.account,
            "region": where.region,
            "service": service,
            "operation": operation,
        }
        asked_for = OPERATIONS[call].parent if parent is not None and call in OPERATIONS else None
        if asked_for is not None:
            entry["parameters"] = {asked_for: parent}
        refused.append(entry | {"code": code, "error": words})
    return {
        "format": "narrowgate.snapshot/1",
        "created": CREATED,
        "tool": TOOL,
        "accounts": estate.accounts(),
        "regions": estate.regions(),
        "calls": [*calls.values(), *refused],
    }


def _content(answers: list[tuple[dict[str, Any] | None, Any]]) -> Any:
    """A bare response for a call that is made once, a list of exchanges for one that is made per parent."""
    if len(answers) == 1 and answers[0][0] is None:
        return [] if answers[0][1] is None else answers[0][1]
    return [{"parameters": parameters, "response": body} for parameters, body in answers]


def _write(path: Path, content: Any) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
