"""The smallest set of changes after which every goal holds, found by best-first search.

A state is a set of changes. It is judged on the snapshot that it makes, by the engine; what its failing goals name
as causes leads to the next changes. Fewer changes come first, then the narrower ones, then those that mend more.
Where many things are wrong at once, the number of sets runs away: then one path is followed, by what is left to
mend, and every change that is not needed at its end is left out again.
"""

import heapq
from collections.abc import Callable, Sequence
from itertools import count

import msgspec

from narrowgate.exposure.reuse.earlier import continue_from
from narrowgate.model.answer import Verdict
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import TraceAnswer
from narrowgate.repair.change import Change, apply_changes
from narrowgate.repair.goal import Goal
from narrowgate.repair.registry import proposals_of
from narrowgate.repair.scene import Scene

MOST_CHANGES = 6
MOST_STATES = 400
MOST_CALLS = 1600
"""How many calls are traced at the most, over all states."""
MOST_STEPS = 12
"""How long the one path is."""


_STAGES = {"dns": 0, "tls": 2, "http": 3, "endpoint_policy": 4, "domain_policy": 4, "resource_policy": 4}
"""The order in which a call meets what can refuse it; the network between name and certificate."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What the search came to: the changes, or None where none of the tried sets mends everything.

    `undecided` is the smallest set after which nothing is certain to fail any more, where missing facts leave open
    whether everything holds; `stuck` is the state that comes farthest among those that nothing leads on from.
    `snapshot` and `answers` are those of what was found, else of the estate as it is.
    """

    changes: tuple[Change, ...] | None
    undecided: tuple[Change, ...] = ()
    stuck: "State | None" = None
    snapshot: Snapshot
    answers: tuple[TraceAnswer, ...]
    tried: int


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A set of changes, the snapshot that it makes, and what the goals are there."""

    changes: tuple[Change, ...]
    snapshot: Snapshot
    answers: tuple[TraceAnswer, ...]
    failing: tuple[tuple[Goal, TraceAnswer], ...]

    @property
    def left(self) -> int:
        """How many causes stand in the way of the goals."""
        return sum(len(answer.blocking) for _, answer in self.failing)

    @property
    def is_open(self) -> bool:
        """True where nothing is certain to fail, and something is not certain to hold."""
        return all(
            goal.must and not answer.blocking and answer.verdict in (Verdict.UNKNOWN, Verdict.INDETERMINATE)
            for goal, answer in self.failing
        )

    @property
    def distance(self) -> tuple[int, ...]:
        """How far the goals come: by the layer of what decides against each, then by how few changes."""
        stages = (_STAGES.get(answer.blocking[0].layer, 1) for _, answer in self.failing if answer.blocking)
        return (min(stages, default=0), -len(self.changes))

    def next(self) -> list[Change]:
        """What could mend the goals that fail; nothing where one of them has no repair."""
        scenes = tuple(Scene(self.snapshot, goal, answer) for goal, answer in self.failing if goal.must)
        return proposals_of(scenes)


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
    looking = _Looking(snapshot, goals, also, min(most_states, max(MOST_CALLS // max(len(goals), 1), 40)))
    best = looking.fewest() or looking.along_one_path()
    chosen = best or looking.undecided or looking.first
    return Found(
        changes=best.changes if best is not None else None,
        undecided=looking.undecided.changes if best is None and looking.undecided is not None else (),
        stuck=looking.stuck if best is None else None,
        snapshot=chosen.snapshot,
        answers=chosen.answers,
        tried=looking.tried,
    )


class _Looking:
    """One search."""

    def __init__(
        self, snapshot: Snapshot, goals: Sequence[Goal], also: Callable[[Snapshot], bool] | None, most: int
    ) -> None:
        self.snapshot = snapshot
        self.goals = goals
        self.also = also
        self.most = most
        self.tried = 0
        self.is_cut = False
        self.undecided: State | None = None
        self.stuck: State | None = None
        self.first = self.judged(())

    def judged(self, changes: tuple[Change, ...]) -> State:
        """The state that some changes make."""
        self.tried += 1
        made = apply_changes(self.snapshot, changes) if changes else self.snapshot
        answers = tuple(goal.ask(made) for goal in self.goals)
        asked = zip(self.goals, answers, strict=True)
        failing = tuple((goal, answer) for goal, answer in asked if not goal.holds(answer))
        state = State(changes=changes, snapshot=made, answers=answers, failing=failing)
        if changes and failing and state.is_open and self.undecided is None:
            self.undecided = state
        return state

    def holds(self, state: State) -> bool:
        """Whether everything holds in a state of which no goal fails."""
        if state.failing:
            return False
        if self.also is None:
            return True
        if state.snapshot is not self.snapshot:
            continue_from(state.snapshot, self.snapshot)
        return self.also(state.snapshot)

    def fewest(self) -> State | None:
        """The smallest set of changes; None where there is none, or too many sets lie before it."""
        number = count()
        frontier: list[tuple[tuple[int, ...], int, tuple[Change, ...]]] = [((0, 0, 0), next(number), ())]
        seen: set[frozenset[str]] = {frozenset()}
        while frontier:
            if self.tried >= self.most:
                self.is_cut = True
                return None
            _, _, changes = heapq.heappop(frontier)
            state = self.judged(changes) if changes else self.first
            if self.holds(state):
                return state
            if not state.failing or len(changes) >= MOST_CHANGES or self._opens_too_much(state):
                continue
            leading_on = state.next()
            if not leading_on and state.distance > (self.stuck or self.first).distance:
                self.stuck = state
            for change in leading_on:
                wider = (*changes, change)
                key = frozenset(each.text for each in wider)
                if key not in seen:
                    seen.add(key)
                    cost = (len(wider), sum(each.width for each in wider), state.left)
                    heapq.heappush(frontier, (cost, next(number), wider))
        return None

    def along_one_path(self) -> State | None:
        """A set from which nothing can be left out, found by what each change leaves to mend."""
        if not self.is_cut:
            return None
        state = self.first
        for _ in range(MOST_STEPS):
            tried = [self.judged((*state.changes, change)) for change in state.next()]
            fit = [each for each in tried if not self._opens_too_much(each) and each.left < state.left + 2]
            if not fit:
                return None
            state = min(fit, key=lambda each: (len(each.failing), each.left, each.changes[-1].width))
            if self.holds(state):
                return self._without_needless(state)
        return None

    def _without_needless(self, state: State) -> State:
        for change in state.changes:
            fewer = self.judged(tuple(each for each in state.changes if each is not change))
            if self.holds(fewer):
                state = fewer
        return state

    def _opens_too_much(self, state: State) -> bool:
        """True where something that must stay shut, and was, is open now: nothing added later shuts it."""
        return any(
            not goal.must and goal.holds(was) and not goal.holds(now)
            for goal, was, now in zip(self.goals, self.first.answers, state.answers, strict=True)
        )
