"""Mend calls and findings of a snapshot, and say what was verified."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from narrowgate.audit.registry import find_rule
from narrowgate.audit.run import audit
from narrowgate.exposure.diff import evaluate_diff
from narrowgate.exposure.reuse.earlier import continue_from
from narrowgate.model.answer import Cause, Missing, Verdict
from narrowgate.model.comparison import ExpectationAnswer
from narrowgate.model.exposure import DiffAnswer
from narrowgate.model.finding import Finding
from narrowgate.model.repair import FixAnswer, GoalAnswer, RepairStep
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import TraceAnswer
from narrowgate.repair.change import Change, apply_changes
from narrowgate.repair.commands import addresses_in, in_region, places_of, region_of
from narrowgate.repair.findings import proposals_for
from narrowgate.repair.goal import Goal
from narrowgate.repair.hints import hints
from narrowgate.repair.proof import Judge, Proof
from narrowgate.repair.scene import Scene
from narrowgate.repair.search import Found, State, search


class Mending(msgspec.Struct, frozen=True):
    """An answer and the changes behind its steps, one for one, for whoever writes them down elsewhere."""

    answer: FixAnswer
    changes: tuple[Change, ...]
    proof: Proof = Proof()


def mend(snapshot: Snapshot, goals: Sequence[Goal], findings: Iterable[Finding] = ()) -> FixAnswer:
    """The answer of `find_mending`."""
    return find_mending(snapshot, goals, findings).answer


def find_mending(
    snapshot: Snapshot, goals: Sequence[Goal], findings: Iterable[Finding] = (), judge: Judge | None = None
) -> Mending:
    """The smallest changes after which every goal holds and the findings are gone, verified on the changed facts.

    Args:
        snapshot: the estate.
        goals: calls that must work, and calls that must stay shut.
        findings: findings to take away; each only by a change that keeps every goal.
        judge: what has to hold beside the goals, as expectations of any state of the estate.

    Raises:
        InputError: a goal names no client, or a URL that is none.
    """
    before = tuple(goal.ask(snapshot) for goal in goals)
    promised = judge(snapshot) if judge is not None else ()
    found = search(snapshot, goals, also=(lambda state: _all_hold(judge(state))) if judge is not None else None)
    changes = list(found.changes or found.undecided)
    state, left, gone = found.snapshot, [], []
    for finding in findings if found.changes is not None else ():
        change = _mended(state, goals, finding, judge)
        if change is None:
            left.append(finding)
        else:
            changes.append(change)
            gone.append(finding)
            state = apply_changes(state, (change,))
    after = tuple(goal.ask(state) for goal in goals)
    opened = evaluate_diff(snapshot, state) if changes else None
    answer = _answer(snapshot, list(zip(goals, before, after, strict=True)), changes, found, opened, left)
    if judge is not None:
        answer = _with_promises(answer, promised, judge(state))
    held = tuple(goal for goal, now in zip(goals, after, strict=True) if goal.holds(now))
    return Mending(answer, tuple(changes), Proof(held, tuple(gone), judge))


def _all_hold(promised: Iterable[ExpectationAnswer]) -> bool:
    return all(each.verdict is Verdict.ALLOWED for each in promised)


def _with_promises(
    answer: FixAnswer, before: Sequence[ExpectationAnswer], after: Sequence[ExpectationAnswer]
) -> FixAnswer:
    """The answer with every expectation before and after; one that does not hold is no mending."""
    goals = tuple(
        GoalAnswer(
            goal=was.expectation,
            before=was.verdict,
            after=now.verdict,
            holds=now.verdict is Verdict.ALLOWED,
            text="" if now.verdict is Verdict.ALLOWED else now.text,
        )
        for was, now in zip(before, after, strict=True)
    )
    failing = [each for each in after if each.verdict is not Verdict.ALLOWED]
    causes = tuple(each.decided_by for each in failing if each.decided_by is not None)
    verdict = answer.verdict
    if failing and verdict is not Verdict.DENIED:
        undecided = all(each.verdict in (Verdict.UNKNOWN, Verdict.INDETERMINATE) for each in failing)
        verdict = Verdict.UNKNOWN if undecided else Verdict.DENIED
    blocking = tuple(dict.fromkeys((*answer.blocking, *causes)))
    unknowns = dict.fromkeys((*answer.unknowns, *(missing for each in failing for missing in each.unknowns)))
    return msgspec.structs.replace(
        answer,
        verdict=verdict,
        decided_by=next(iter(blocking), None),
        blocking=blocking,
        unknowns=tuple(unknowns),
        goals=(*answer.goals, *goals),
    )


def _mended(
    snapshot: Snapshot, goals: Sequence[Goal], finding: Finding, judge: Judge | None = None
) -> Change | None:
    """The first change that takes a finding away, keeps every goal, and brings no finding as grave."""
    rule = find_rule(finding.rule)
    for change in proposals_for(snapshot, finding):
        state = apply_changes(snapshot, (change,))
        continue_from(state, snapshot)
        still = {each.fingerprint for each in audit(state, [rule] if rule is not None else ())}
        if finding.fingerprint in still or not all(goal.holds(goal.ask(state)) for goal in goals):
            continue
        if judge is not None and not _all_hold(judge(state)):
            continue
        known = {each.fingerprint for each in audit(snapshot)}
        fresh = [each for each in audit(state) if each.fingerprint not in known]
        if all(each.severity.rank > finding.severity.rank for each in fresh):
            return change
    return None


def _answer(
    snapshot: Snapshot,
    asked: Sequence[tuple[Goal, TraceAnswer, TraceAnswer]],
    changes: Sequence[Change],
    found: Found,
    opened: DiffAnswer | None,
    left: Sequence[Finding],
) -> FixAnswer:
    failing = [(goal, after) for goal, _, after in asked if not goal.holds(after)]
    causes: tuple[Cause, ...] = tuple(dict.fromkeys(cause for _, answer in failing for cause in answer.blocking))
    unknowns: tuple[Missing, ...] = tuple(
        dict.fromkeys(missing for _, answer in failing for missing in answer.unknowns)
    )
    advice = [hint for goal, answer in failing for hint in _hints(snapshot, goal, answer)]
    if found.stuck is not None and not found.undecided:
        advice += _where_it_ends(found.stuck)
    if found.undecided:
        advice.append("the changes are needed; whether they are enough, the facts that are missing tell")
    advice += [f"{each.rule} of {each.resource}: {each.remediation}" for each in left]
    return FixAnswer(
        verdict=_verdict(failing, left),
        decided_by=causes[0] if causes else None,
        blocking=causes,
        unknowns=unknowns,
        source=snapshot.label,
        goals=tuple(_goal(*each) for each in asked),
        changes=tuple(_step(snapshot, each) for each in changes),
        opened=opened.opened if opened is not None else (),
        closed=(*opened.broken, *opened.closed) if opened is not None else (),
        hints=tuple(dict.fromkeys(advice)),
        tried=found.tried,
    )


def _where_it_ends(stuck: State) -> Iterator[str]:
    """What still stands in the way after the changes that come farthest, and what can be done about that."""
    done = "; ".join(each.text for each in stuck.changes)
    for goal, answer in stuck.failing:
        for cause in answer.blocking[:1]:
            yield f"it would still fail after this: {done}. Then {cause.text}"
        yield from _hints(stuck.snapshot, goal, answer)


def _verdict(failing: Sequence[tuple[Goal, TraceAnswer]], left: Sequence[Finding]) -> Verdict:
    if not failing:
        return Verdict.DENIED if left else Verdict.ALLOWED
    undecided = all(answer.verdict in (Verdict.UNKNOWN, Verdict.INDETERMINATE) for _, answer in failing)
    return Verdict.UNKNOWN if undecided else Verdict.DENIED


def _goal(goal: Goal, before: TraceAnswer, after: TraceAnswer) -> GoalAnswer:
    holds = goal.holds(after)
    decided = after.decided_by.text if after.decided_by is not None else ""
    return GoalAnswer(
        goal=str(goal), before=before.verdict, after=after.verdict, holds=holds, text="" if holds else decided
    )


def _step(snapshot: Snapshot, change: Change) -> RepairStep:
    place, places = snapshot.place(change.resource), places_of(snapshot)
    return RepairStep(
        kind=change.kind,
        resource=change.resource,
        text=change.text,
        rule=change.rule,
        commands=tuple(in_region(snapshot, each, change.resource) for each in change.commands if each),
        account=place.account or "" if len(places.accounts) > 1 else "",
        region=region_of(snapshot, change.resource) if len(places.regions) > 1 else "",
        stands_for=addresses_in(snapshot, (change.text, *change.commands)),
        file=place.source if place.line or place.address else "",
        line=place.line,
        address=place.address,
    )


def _hints(snapshot: Snapshot, goal: Goal, answer: TraceAnswer) -> Iterator[str]:
    scene = Scene(snapshot, goal, answer)
    for cause in answer.blocking:
        yield from hints(scene, cause)
