"""Which option to take, and why: reasons in the order in which they count."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import OptionAnswer, RankReason, Recommendation

# Costs within a quarter (and a dollar) of the cheapest are no reason to take a worse option.
_ABOUT_AS_CHEAP = 1.25
_SMALL_CHANGE = 1.0


class Criterion(NamedTuple):
    """One thing that counts: fewer is better, and all that went before is equal."""

    measure: Callable[[OptionAnswer], float]
    text: str
    rule: str


def may_be_taken(answer: OptionAnswer) -> bool:
    """True where every call and expectation holds, and no constraint is broken.

    Whether the caller's own policies or token are good is not the option's to decide, and the same for all.
    """
    holds = answer.verdict is Verdict.ALLOWED or answer.is_open_at_caller_only
    return answer.fits and holds and not answer.violations


def _lost(answer: OptionAnswer) -> int:
    return sum(1 for each in answer.broken if each.is_consumer)


def _unmeant(answer: OptionAnswer) -> int:
    return sum(1 for each in answer.exposed if not each.intended)


def _side_effects(answer: OptionAnswer) -> int:
    return sum(1 for each in answer.broken if not each.is_consumer)


_FIRST: tuple[Criterion, ...] = (
    Criterion(_lost, "takes nothing away from its consumers", "AGW-17"),
    Criterion(_unmeant, "opens nothing that was not meant", "IN-06"),
    Criterion(lambda answer: len(answer.single_points_of_failure), "has no single point of failure", "VPCE-02"),
    Criterion(lambda answer: answer.client_change is not None, "changes nothing on the clients' hosts", "AGW-07"),
    Criterion(_side_effects, "takes nothing away from other hosts either", "AGW-17"),
)
_LAST: tuple[Criterion, ...] = (
    Criterion(
        lambda answer: not answer.is_name_stable, "is called by a name that outlives the endpoint", "PHZ-05"
    ),
    Criterion(lambda answer: _total(answer), "costs least", "COST-04"),
    Criterion(lambda answer: len(answer.accounts), "fewest accounts have to act", "PHZ-02"),
    Criterion(lambda answer: answer.new_resources, "adds the fewest parts", "COST-05"),
)


def _total(answer: OptionAnswer) -> float:
    """An unknown price counts as the highest."""
    if answer.cost is None:
        return 0.0
    return float("inf") if answer.cost.total is None else answer.cost.total


def recommend(answers: Sequence[OptionAnswer]) -> Recommendation | None:
    """The best option that may be taken, with its reasons; None where there is none."""
    left = [each for each in answers if may_be_taken(each)]
    if not left:
        return None
    reasons = _reasons_against(answers)
    for criterion in _FIRST:
        left = _narrow(left, criterion, reasons)
    left = _keep_cheap(left, reasons)
    for criterion in _LAST:
        left = _narrow(left, criterion, reasons)
    return Recommendation(option=left[0].option, reasons=tuple(reasons))


def _reasons_against(answers: Sequence[OptionAnswer]) -> list[RankReason]:
    """Why options are out before anything is weighed."""
    unfit = [each.option for each in answers if not each.fits]
    failing = [each.option for each in answers if each.fits and each.verdict in (Verdict.DENIED, Verdict.INVALID)]
    certain = (Verdict.ALLOWED, Verdict.DENIED, Verdict.INVALID)
    unsure = [
        each.option
        for each in answers
        if each.fits and each.verdict not in certain and not each.is_open_at_caller_only
    ]
    broken = [each.option for each in answers if each.violations and each.verdict not in certain[1:]]
    found = [
        RankReason(
            text="works: every call and expectation was traced and holds", rule="RCH-01", beats=tuple(failing)
        ),
        RankReason(text="is certain: nothing on its way is unknown", rule="RCH-02", beats=tuple(unsure)),
        RankReason(text="keeps the design's constraints", beats=tuple(broken)),
        RankReason(text="can be built here", beats=tuple(unfit)),
    ]
    return [each for each in found if each.beats]


def _narrow(left: list[OptionAnswer], criterion: Criterion, reasons: list[RankReason]) -> list[OptionAnswer]:
    """Keep the best by one criterion; it is a reason only where it puts something behind."""
    best = min(criterion.measure(each) for each in left)
    kept = [each for each in left if criterion.measure(each) == best]
    beaten = tuple(each.option for each in left if each not in kept)
    if beaten:
        reasons.append(RankReason(text=criterion.text, rule=criterion.rule, beats=beaten))
    return kept


def _keep_cheap(left: list[OptionAnswer], reasons: list[RankReason]) -> list[OptionAnswer]:
    cheapest = min(_total(each) for each in left)
    limit = cheapest * _ABOUT_AS_CHEAP + _SMALL_CHANGE
    kept = [each for each in left if _total(each) <= limit]
    beaten = tuple(each.option for each in left if each not in kept)
    if beaten:
        text = f"is among the cheapest ({cheapest:.2f} dollars a month and little more)"
        reasons.append(RankReason(text=text, rule="COST-04", beats=beaten))
    return kept
