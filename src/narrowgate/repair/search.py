"""The smallest set of changes after which every goal holds, found by best-first search.

A state is a set of changes. It is judged on the snapshot that it makes, by the engine; what its failing goals name
as causes leads to the next changes. Fewer changes come first, then the narrower ones, then those that mend more.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from itertools import count

import msgspec

from narrowgate.exposure.reuse.earlier import continue_from
from narrowgate.model.errors import InputError
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import TraceAnswer
from narrowgate.repair.change import Change, apply_changes
from narrowgate.repair.goal import Goal
from narrowgate.repair.registry import proposals
from narrowgate.repair.scene import Scene

MOST_CHANGES = 6
MOST_STATES = 400


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What the search came to: the changes, or None where none of the tried sets mends everything."""

    changes: tuple[Change, ...] | None
    snapshot: Snapshot
    answers: tuple[TraceAnswer, ...]
    tried: int


def search(
    snapshot: Snapshot,
    goals: Sequence[Goal],
    *,
    also: Callable[[Snapshot], bool] | None = None,
    most_states: int = MOST_STATES,
) -> Found:
    """Find the smallest set of changes after which every goal holds.

    Args:
        snapshot: the estate.
        goals: what has to hold: calls that must work, and calls that must stay shut.
        also: what a state has to hold beside the goals; asked only where these hold.
        most_states: how many sets are tried at the most.

    Raises:
        InputError: a goal names no client, or a URL that is none.
    """
    first = tuple(goal.ask(snapshot) for goal in goals)
    number = count()
    frontier: list[tuple[tuple[int, ...], int, tuple[Change, ...]]] = [((0, 0, 0), next(number), ())]
    seen: set[frozenset[str]] = {frozenset()}
    tried = 0
    while frontier and tried < most_states:
        _, _, changes = heapq.heappop(frontier)
        tried += 1
        state = apply_changes(snapshot, changes) if changes else snapshot
        answers = tuple(goal.ask(state) for goal in goals) if changes else first
        failing = [(goal, answer) for goal, answer in zip(goals, answers, strict=True) if not goal.holds(answer)]
        if not failing and also is not None:
            continue_from(state, snapshot)
            if not also(state):
                continue
        if not failing:
            return Found(changes=changes, snapshot=state, answers=answers, tried=tried)
        if len(changes) >= MOST_CHANGES or _opens_too_much(goals, first, answers):
            continue
        for change in _next(state, failing):
            wider = (*changes, change)
            key = frozenset(each.text for each in wider)
            if key not in seen:
                seen.add(key)
                cost = (len(wider), sum(each.width for each in wider), _left(failing))
                heapq.heappush(frontier, (cost, next(number), wider))
    return Found(changes=None, snapshot=snapshot, answers=first, tried=tried)


def _next(state: Snapshot, failing: Sequence[tuple[Goal, TraceAnswer]]) -> Iterator[Change]:
    """What could mend the causes of the goals that still fail, in packet order."""
    for goal, answer in failing:
        if not goal.must:
            continue
        scene = Scene(state, goal, answer)
        for cause in answer.blocking:
            try:
                yield from proposals(scene, cause)
            except InputError:
                # A fact that cannot be read gives no proposal; the answer about it stands all the same.
                continue


def _left(failing: Sequence[tuple[Goal, TraceAnswer]]) -> int:
    return sum(len(answer.blocking) for _, answer in failing)


def _opens_too_much(goals: Sequence[Goal], before: Sequence[TraceAnswer], after: Sequence[TraceAnswer]) -> bool:
    """True where something that must stay shut, and was, is open now: nothing added later shuts it."""
    return any(
        not goal.must and goal.holds(was) and not goal.holds(now)
        for goal, was, now in zip(goals, before, after, strict=True)
    )
