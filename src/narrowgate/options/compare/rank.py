"""Which option to take, and why: reasons in the order in which they count."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from narrowgate.cost.estimate import open_lines
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
_STABLE_NAME = Criterion(
    lambda answer: not answer.is_name_stable, "is called by a name that outlives the endpoint", "PHZ-05"
)
_LAST: tuple[Criterion, ...] = (
    Criterion(lambda answer: len(answer.accounts), "fewest accounts have to act", "PHZ-02"),
    Criterion(lambda answer: answer.new_resources, "adds the fewest parts", "COST-05"),
)


def _costs(left: Sequence[OptionAnswer]) -> dict[str, float]:
    """What each option costs, for comparison: lines without a price count where not all options have them.

    Such a line may cost anything, and counts as the highest; in all bills alike it decides nothing.
    """
    bills = {each.option: each.cost for each in left}
    opened = {name: set(open_lines(bill)) if bill else set() for name, bill in bills.items()}
    common = set.intersection(*opened.values())
    return {
        name: 0.0 if bill is None else bill.at_least if opened[name] == common else float("inf")
        for name, bill in bills.items()
    }


def recommend(answers: Sequence[OptionAnswer]) -> Recommendation | None:
    """The best option that may be taken, with its reasons; None where there is none."""
    left = [each for each in answers if may_be_taken(each)]
    if not left:
        return None
    reasons = _reasons_against(answers)
    for criterion in _FIRST:
        left = _narrow(left, criterion, reasons)
    left = _keep_cheap(left, [each for each in answers if may_be_taken(each)], reasons)
    left = _narrow(left, _STABLE_NAME, reasons)
    costs = _costs(left)
    left = _narrow(left, Criterion(lambda answer: costs[answer.option], "costs least", "COST-04"), reasons)
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


def _keep_cheap(
    left: list[OptionAnswer], every: list[OptionAnswer], reasons: list[RankReason]
) -> list[OptionAnswer]:
    """Keep what costs about the least; the reason names dear options too that other reasons have put behind."""
    costs = _costs(every)
    cheapest = min(costs[each.option] for each in left)
    limit = cheapest * _ABOUT_AS_CHEAP + _SMALL_CHANGE
    kept = [each for each in left if costs[each.option] <= limit]
    beaten = [each for each in every if costs[each.option] > limit]
    if beaten:
        known = [each.cost for each in kept if each.cost is not None]
        sign = "" if all(each.total is not None for each in known) else "at least "
        prices = [costs[each.option] for each in beaten]
        others = _span(min(prices), max(prices)) if max(prices) < float("inf") else "more, or what nobody knows"
        top = max(costs[each.option] for each in kept)
        text = f"costs {sign}{_span(cheapest, top)} dollars a month, not {others}"
        reasons.append(RankReason(text=text, rule="COST-04", beats=tuple(each.option for each in beaten)))
    return kept


def _span(low: float, high: float) -> str:
    return f"{low:,.2f}" if low == high else f"{low:,.2f} to {high:,.2f}"
