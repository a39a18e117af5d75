"""A live account read straight into a `Snapshot`, for one question: nothing is written."""

from typing import Any

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.model.estate_facts import Call
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.live.accounts import Wish, find_targets
from narrowgate.sources.live.asking import Answer
from narrowgate.sources.live.live_call import LiveCall, Parameters
from narrowgate.sources.live.records import Scope
from narrowgate.sources.live.run import Progress, collect
from narrowgate.sources.snapshot import Response, snapshot_from_responses
from narrowgate.sources.snapshot.operations import OPERATIONS

PREFIX = "aws:"


class Memory:
    """Answers in memory."""

    def __init__(self) -> None:
        """Start empty."""
        self.answers: dict[tuple[Scope, str], list[tuple[Parameters, dict[str, Any]]]] = {}
        self.without: list[tuple[Scope, LiveCall]] = []
        self.refused: dict[Call, str] = {}

    def exchanges(self, scope: Scope, call: LiveCall) -> list[tuple[Parameters, dict[str, Any]]]:
        """What is known already of a call."""
        return self.answers.get((scope, call.name), [])

    def record(self, scope: Scope, call: LiveCall, answer: Answer) -> None:
        """Keep one answer."""
        if answer.response is not None:
            kept = (answer.parameters, answer.response)
            self.answers.setdefault((scope, call.name), []).append(kept)
        elif answer.failure is not None:
            operation = OPERATIONS.get(call.name)
            parent = answer.parameters.get(operation.parent) if operation and operation.parent else None
            words = f"{answer.failure.code}: {answer.failure.error}"
            self.refused[Call(scope.account, scope.region, call.name, parent)] = words

    def finish(self, scope: Scope, call: LiveCall) -> None:
        """Note a call for which there was no parent to ask: it is known to be empty."""
        if not self.exchanges(scope, call):
            self.without.append((scope, call))

    def responses(self) -> list[Response]:
        """All that is known, for the reader of snapshots."""
        found = [
            _response(scope, name, parameters, msgspec.Raw(msgspec.json.encode(response)))
            for (scope, name), pairs in self.answers.items()
            if name in OPERATIONS
            for parameters, response in pairs
        ]
        return found + [
            _response(scope, call.name, None, None) for scope, call in self.without if call.bears_on_verdicts
        ]


def _response(scope: Scope, name: str, parameters: Parameters | None, body: Any) -> Response:
    source = f"{scope.account}/{scope.region}/{name}.json"
    return Response(
        account=scope.account,
        region=scope.region,
        operation=name,
        parameters=parameters or None,
        body=body,
        source=source,
    )


def parse_live_source(text: str) -> Wish:
    """`aws:PROFILE` or `aws:PROFILE@REGION,REGION`; `aws:` alone means the default credentials.

    Raises:
        InputError: it does not begin with `aws:`.
    """
    if not text.startswith(PREFIX):
        raise InputError(f"`{text}` names no live account", help="such as aws:my-profile@us-east-1")
    profile, _, regions = text.removeprefix(PREFIX).partition("@")
    return Wish(
        profiles=(profile,) if profile else (),
        regions=tuple(region for region in regions.split(",") if region),
    )


def live_snapshot(text: str, *, assume_complete: bool, progress: Progress = lambda *_: None) -> Snapshot:
    """A live account as a snapshot: every call that bears on a verdict, and no other.

    Args:
        text: `aws:PROFILE[@REGION,…]`.
        assume_complete: take calls that were not made as empty; refused ones stay unknown.
        progress: told after each answer.

    Raises:
        InputError: no boto3, profile, credentials or Region.
        CollectionError: the session cannot be used.
    """
    targets, _ = find_targets(parse_live_source(text))
    memory = Memory()
    collect(targets, memory, only=lambda call: call.bears_on_verdicts, progress=progress)
    snapshot = snapshot_from_responses(memory.responses(), refused=memory.refused, assume_complete=assume_complete)
    snapshot.label = text
    return snapshot
