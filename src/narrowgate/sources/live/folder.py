"""What was collected so far, on disk: killed at any moment, the next run finds every answer that had come.

Each file is written beside its place and renamed into it. Answers of calls made once per parent come one by one:
they go to a journal first (one JSON line each) and into their file when the last one is there. The journal and the
manifest `snapshot.json` together say what was asked; at the end of a run the journal is folded into the manifest.
"""

import datetime
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Self

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.sources.live.accounts import Unreachable
from narrowgate.sources.live.asking import Answer
from narrowgate.sources.live.live_call import LiveCall, Parameters
from narrowgate.sources.live.records import Entry, Exchange, Line, Manifest, Scope, key_of

MANIFEST = "snapshot.json"
JOURNAL = "collect.journal"
_FORMAT = "narrowgate.snapshot/1"
_TOOL = "narrowgate collect"


class Folder:
    """A snapshot folder in the making."""

    def __init__(self, root: Path) -> None:
        """Take the folder: create it, or read what an earlier run left there.

        Raises:
            InputError: it holds something else, cannot be written, or another run is writing there.
        """
        self.root = root
        self._answered: dict[tuple[Scope, str], Entry] = {}
        self._failed: dict[tuple[Scope, str, str], Entry] = {}
        self._pending: dict[tuple[Scope, str], dict[str, Exchange]] = {}
        self._counted_lines = 0
        self._lines = 0
        self._seconds_before = 0.0
        self._created = _now()
        self._lock = self._take()
        self._read_manifest()
        self._read_journal()
        self._journal = self._open_journal()

    def __enter__(self) -> Self:
        """Use with `with`: the folder is left in order whatever happens inside."""
        return self

    def __exit__(self, *_: object) -> None:
        """An incomplete manifest, unless `close` wrote a complete one."""
        if not self._journal.closed:
            self.close(complete=False, seconds=0.0)

    def _take(self) -> int:
        try:
            if self.root.is_dir() and any(self.root.iterdir()) and not self._is_ours():
                raise InputError(
                    "is not empty and no snapshot of `narrowgate collect`",
                    where=str(self.root),
                    help="name a new folder",
                )
            self.root.mkdir(parents=True, exist_ok=True)
            # The folder itself carries the lock: nothing is left behind, and it ends with the process.
            lock = os.open(self.root, os.O_RDONLY)
        except OSError as error:
            raise InputError(f"cannot be written: {error.strerror}", where=str(self.root)) from None
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(lock)
                raise InputError(
                    "another `narrowgate collect` is writing there",
                    where=str(self.root),
                    help="wait for it to end",
                ) from None
        return lock

    def _is_ours(self) -> bool:
        return any((self.root / name).exists() for name in (MANIFEST, JOURNAL))

    def _read_manifest(self) -> None:
        path = self.root / MANIFEST
        if not path.exists():
            return
        try:
            manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise InputError(
                f"was not written by `narrowgate collect`: {error}", where=str(path), help="name a new folder"
            ) from None
        self._created = manifest.created
        self._seconds_before = manifest.seconds
        self._counted_lines = manifest.journal_lines
        for entry in manifest.calls:
            self._note(entry)

    def _read_journal(self) -> None:
        path = self.root / JOURNAL
        if not path.exists():
            return
        for number, text in enumerate(path.read_bytes().splitlines()):
            self._lines = number + 1
            try:
                line = msgspec.json.decode(text, type=Line)
            except (msgspec.DecodeError, msgspec.ValidationError):
                # The line that was being written when the run was killed: its call is asked again.
                continue
            if number >= self._counted_lines:
                self._note(line.entry)
            if line.response is not None:
                self._keep(line.entry.scope, line.entry.name, line.parameters, line.response)

    def _open_journal(self) -> IO[bytes]:
        path = self.root / JOURNAL
        if path.exists() and not path.read_bytes().endswith(b"\n"):
            with path.open("ab") as file:
                file.write(b"\n")
        return path.open("ab", buffering=0)

    def exchanges(self, scope: Scope, call: LiveCall) -> list[tuple[Parameters, dict[str, Any]]]:
        """What is known already of a call: from its file, and from the journal."""
        found: dict[str, tuple[Parameters, dict[str, Any]]] = {}
        path = self._path(scope, call.name)
        if path.exists():
            content = msgspec.json.decode(path.read_bytes())
            pairs = content if call.is_list else [{"parameters": {}, "response": content}]
            found = {key_of(pair["parameters"]): (pair["parameters"], pair["response"]) for pair in pairs}
        for key, exchange in self._pending.get((scope, call.name), {}).items():
            found[key] = (exchange.parameters, exchange.response)
        return list(found.values())

    def record(self, scope: Scope, call: LiveCall, answer: Answer) -> None:
        """Keep one answer, or one failure, as soon as it is there."""
        failure = answer.failure
        entry = Entry(
            account=scope.account,
            region=scope.region,
            service=call.service,
            operation=call.operation,
            parameters=(answer.parameters or None) if failure else None,
            code=failure.code if failure else None,
            error=failure.error if failure else None,
            at=answer.at,
            seconds=answer.seconds,
            requests=answer.requests,
            answers=0 if failure else 1,
            withheld=answer.withheld,
        )
        if answer.response is not None:
            # A success after an earlier failure: the failure is history.
            self._failed.pop((scope, call.name, key_of(answer.parameters)), None)
            if call.is_list:
                self._keep(scope, call.name, answer.parameters, answer.response)
            else:
                self._write(self._path(scope, call.name), answer.response)
        self._note(entry)
        kept = answer.response if call.is_list else None
        line = Line(entry=entry, parameters=answer.parameters if kept is not None else {}, response=kept)
        self._journal.write(msgspec.json.encode(line) + b"\n")
        self._lines += 1

    def finish(self, scope: Scope, call: LiveCall) -> None:
        """Write the file of a call made once per parent, when no answer is missing but those that failed."""
        path = self._path(scope, call.name)
        is_written = path.exists() and (scope, call.name) not in self._pending
        if not call.is_list or is_written:
            return
        known = self.exchanges(scope, call)
        if known or not self._has_failed(scope, call):
            self._write(path, [{"parameters": sent, "response": response} for sent, response in known])
            self._pending.pop((scope, call.name), None)

    def lost(self, account: Unreachable) -> None:
        """Note an account whose role could not be taken: nothing of it was asked."""
        entry = Entry(
            account=account.account,
            region="global",
            service="sts",
            operation="assume_role",
            code=account.failure.code,
            error=account.failure.error,
        )
        self._note(entry)

    def close(self, *, complete: bool, seconds: float) -> None:
        """Write the manifest, and fold the journal into it when the run came to its end."""
        scopes = {scope for scope, _ in self._answered} | {scope for scope, _, _ in self._failed}
        manifest = Manifest(
            format=_FORMAT,
            created=self._created,
            tool=_TOOL,
            complete=complete,
            accounts=sorted({scope.account for scope in scopes}),
            regions=sorted({scope.region for scope in scopes} - {"global"}),
            calls=sorted(self.entries(), key=lambda each: (each.account, each.region, each.name)),
            requests=sum(each.requests for each in self.entries()),
            seconds=round(self._seconds_before + seconds, 3),
            journal_lines=0 if complete else self._lines,
        )
        self._write(self.root / MANIFEST, manifest)
        self._journal.close()
        if complete:
            (self.root / JOURNAL).unlink(missing_ok=True)
        os.close(self._lock)

    def entries(self) -> Iterator[Entry]:
        """All that was asked: answered calls by operation, failed ones each."""
        yield from self._answered.values()
        yield from self._failed.values()

    def failures(self) -> list[Entry]:
        """The calls that were refused or failed, and have not been answered since."""
        return list(self._failed.values())

    def _has_failed(self, scope: Scope, call: LiveCall) -> bool:
        return any(key[:2] == (scope, call.name) for key in self._failed)

    def _note(self, entry: Entry) -> None:
        if entry.code is not None or entry.error is not None:
            self._failed[(entry.scope, entry.name, key_of(entry.parameters or {}))] = entry
            return
        known = self._answered.get((entry.scope, entry.name))
        if known is None:
            self._answered[(entry.scope, entry.name)] = entry
        else:
            known.seconds = round(known.seconds + entry.seconds, 3)
            known.requests += entry.requests
            known.answers += entry.answers
            known.withheld += entry.withheld

    def _keep(self, scope: Scope, name: str, parameters: Parameters, response: dict[str, Any]) -> None:
        self._failed.pop((scope, name, key_of(parameters)), None)
        self._pending.setdefault((scope, name), {})[key_of(parameters)] = Exchange(parameters, response)

    def _path(self, scope: Scope, name: str) -> Path:
        return self.root / scope.account / scope.region / f"{name}.json"

    def _write(self, path: Path, content: Any) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.part")
            beside.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
            beside.replace(path)
        except OSError as error:
            raise InputError(f"cannot be written: {error.strerror}", where=str(path)) from None


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
