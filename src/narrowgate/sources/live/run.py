"""A collection from first to last call: what can be asked is asked at once, children as soon as parents are known.

One thread decides and writes; the others only ask AWS. So nothing that is kept needs a lock, and a run that is
killed leaves what had been written. Clients back off by themselves when they are throttled.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

from narrowgate.sources.live.accounts import Target
from narrowgate.sources.live.asking import Answer, ask
from narrowgate.sources.live.calls import CALLS
from narrowgate.sources.live.failures import expired
from narrowgate.sources.live.live_call import GLOBAL, LiveCall, Parameters
from narrowgate.sources.live.records import Scope, key_of

WORKERS = 16
_PATIENCE_SECONDS = 0.2


class Keeper(Protocol):
    """Where answers go: a folder on disk, or memory."""

    def exchanges(self, scope: Scope, call: LiveCall) -> list[tuple[Parameters, dict[str, Any]]]:
        """What is known already of a call."""

    def record(self, scope: Scope, call: LiveCall, answer: Answer) -> None:
        """Keep one answer."""

    def finish(self, scope: Scope, call: LiveCall) -> None:
        """All answers of a call are there."""


class _Task(NamedTuple):
    target: Target
    scope: Scope
    call: LiveCall
    parameters: Parameters


class _Done(NamedTuple):
    task: _Task
    answer: Answer | BaseException


Progress = Callable[[int, int, int], None]
"""Told after each answer: how many calls were made, how many are known to be needed, how many failed."""


def collect(
    targets: Sequence[Target],
    keeper: Keeper,
    *,
    calls: Sequence[LiveCall] = CALLS,
    only: Callable[[LiveCall], bool] = lambda call: True,
    workers: int = WORKERS,
    progress: Progress = lambda made, needed, failed: None,
) -> float:
    """Ask everything that is not known yet.

    Args:
        targets: accounts with credentials and Regions.
        keeper: what is known, and where answers go.
        calls: the table of calls.
        only: which calls of the table to make; their parents are made too.
        workers: how many calls run at a time.
        progress: told after each answer.

    Returns:
        How many seconds it took.

    Raises:
        CollectionError: a session's token ran out; what had come is kept.
    """
    return _Run(keeper, _with_parents(calls, only), progress).go(targets, workers)


def _with_parents(calls: Sequence[LiveCall], only: Callable[[LiveCall], bool]) -> tuple[LiveCall, ...]:
    names = {call.name for call in calls if only(call)}
    parents = {call.name: call.parent for call in calls}
    for name in tuple(names):
        parent = parents[name]
        while parent is not None:
            names.add(parent)
            parent = parents[parent]
    return tuple(call for call in calls if call.name in names)


class _Run:
    def __init__(self, keeper: Keeper, calls: Sequence[LiveCall], progress: Progress) -> None:
        self.keeper = keeper
        self.calls = calls
        self.progress = progress
        self.tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        # Short, so that no more answers wait to be written than a killed run may lose.
        self.done: queue.Queue[_Done] = queue.Queue(maxsize=1)
        self.is_over = threading.Event()
        self.open: dict[tuple[Scope, str], int] = {}
        self.unanswered: set[tuple[Scope, str]] = set()
        self.made = self.needed = self.failed = 0

    def go(self, targets: Sequence[Target], workers: int) -> float:
        started = time.monotonic()
        for _ in range(workers):
            # Daemons: an interrupted run must not wait for AWS before it ends.
            threading.Thread(target=self._work, daemon=True).start()
        try:
            for target in targets:
                for scope, call in _first_calls(target, self.calls):
                    self._consider(target, scope, call, [({}, {})])
            while self.open:
                self._take(self.done.get())
        finally:
            self._stop(workers)
        return time.monotonic() - started

    def _work(self) -> None:
        while (task := self.tasks.get()) is not None:
            try:
                connect = partial(task.target.client, task.call.service, task.scope.region)
                answer: Answer | BaseException = ask(connect, task.call, task.parameters)
            except BaseException as error:  # handed to the thread that decides
                answer = error
            self._hand_over(_Done(task, answer))

    def _hand_over(self, done: _Done) -> None:
        while not self.is_over.is_set():
            try:
                self.done.put(done, timeout=_PATIENCE_SECONDS)
            except queue.Full:
                continue
            return

    def _stop(self, workers: int) -> None:
        self.is_over.set()
        while True:
            try:
                self.tasks.get_nowait()
            except queue.Empty:
                break
        for _ in range(workers):
            self.tasks.put(None)

    def _consider(
        self, target: Target, scope: Scope, call: LiveCall, parents: Iterable[tuple[Parameters, Any]]
    ) -> None:
        """Queue what a call still lacks; when nothing does, its children can go."""
        known = {key_of(parameters) for parameters, _ in self.keeper.exchanges(scope, call)}
        wanted = [sent for parameters, element in parents for sent in _wanted(call, parameters, element)]
        lacking = [parameters for parameters in wanted if key_of(parameters) not in known]
        self.open[(scope, call.name)] = len(lacking)
        self.needed += len(lacking)
        for parameters in lacking:
            self.tasks.put(_Task(target, scope, call, parameters))
        if not lacking:
            self._complete(target, scope, call)

    def _take(self, done: _Done) -> None:
        task, answer = done
        if isinstance(answer, BaseException):
            raise answer
        self.keeper.record(task.scope, task.call, answer)
        self.made += 1
        if answer.failure is not None:
            self.failed += 1
            self.unanswered.add((task.scope, task.call.name))
            if answer.failure.is_expired:
                raise expired(task.target.who)
        self.progress(self.made, self.needed, self.failed)
        key = (task.scope, task.call.name)
        self.open[key] -= 1
        if not self.open[key]:
            self._complete(task.target, task.scope, task.call)

    def _complete(self, target: Target, scope: Scope, call: LiveCall) -> None:
        self.keeper.finish(scope, call)
        del self.open[(scope, call.name)]
        children = [child for child in self.calls if child.parent == call.name]
        answered = self.keeper.exchanges(scope, call) if children else []
        if not answered and (scope, call.name) in self.unanswered:
            # Without the parent's answer nobody knows what to ask: the children stay unknown, not empty.
            return
        for child in children:
            elements = [
                (sent, element) for sent, response in answered for element in response.get(child.parent_key) or ()
            ]
            self._consider(target, scope, child, elements)


def _first_calls(target: Target, calls: Sequence[LiveCall]) -> Iterable[tuple[Scope, LiveCall]]:
    for call in calls:
        if call.parent is None:
            for region in (GLOBAL,) if call.is_global else target.regions:
                yield Scope(target.account, region), call


def _wanted(call: LiveCall, parameters: Parameters, element: Any) -> Iterable[Parameters]:
    return call.parameters if call.asks is None else call.asks(parameters, element)
