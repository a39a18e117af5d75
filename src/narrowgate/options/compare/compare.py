"""Every option of a design side by side, a recommendation, and what would change it."""

from collections.abc import Sequence

import msgspec

from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import CompareAnswer, OptionAnswer, Recommendation
from narrowgate.model.design import Design
from narrowgate.options.compare.break_even import find_break_even
from narrowgate.options.compare.constraints import FLAGS, find_violations
from narrowgate.options.compare.judge import Bench, Build, estate_before, judge
from narrowgate.options.compare.rank import may_be_taken, recommend
from narrowgate.options.compare.replies import reply
from narrowgate.options.compare.stand_ins import surround
from narrowgate.options.pricing import Price
from narrowgate.options.registry import OPTIONS, find_option


def make_bench(design: Design, build: Build, price: Price | None = None) -> Bench:
    """What a design's options are judged with."""
    surroundings = surround(design)
    before = build(estate_before(surroundings.design))
    return Bench(surroundings=surroundings, plain=design, before=before, build=build, price=price)


def compare(design: Design, build: Build, price: Price | None = None) -> CompareAnswer:
    """Judge every option of a design and recommend one.

    Raises:
        InputError: `via` names no option.
    """
    if design.via != "auto":
        find_option(design.via, where=str(design.where))
    bench = make_bench(design, build, price)
    answers = tuple(judge(bench, option) for option in OPTIONS)
    recommendation = recommend(answers)
    if recommendation is not None:
        recommendation = msgspec.structs.replace(
            recommendation,
            would_change=_would_change(design, answers, recommendation),
            break_even=find_break_even(bench, answers, recommendation.option),
        )
    chosen = _chosen(design.via, answers, recommendation)
    return CompareAnswer(
        verdict=_verdict(chosen),
        decided_by=chosen.decided_by if chosen is not None and not may_be_taken(chosen) else None,
        unknowns=chosen.unknowns if chosen is not None and chosen.verdict is Verdict.UNKNOWN else (),
        design=design.name,
        via=design.via,
        options=answers,
        recommendation=recommendation,
        replies=reply(design, answers, recommendation),
    )


def find_meant(design: Design, build: Build, price: Price | None = None) -> OptionAnswer | None:
    """The option that a design means, judged: the one that it names, else the recommended one.

    What does not decide it is not computed: other options where one is named, or what would change it.

    Raises:
        InputError: `via` names no option.
    """
    bench = make_bench(design, build, price)
    if design.via != "auto":
        return judge(bench, find_option(design.via, where=str(design.where)))
    answers = tuple(judge(bench, option, is_weighed=False) for option in OPTIONS)
    return _chosen(design.via, answers, recommend(answers))


def choose(answer: CompareAnswer) -> OptionAnswer | None:
    """The option that a design means: the one that it names, else the recommended one."""
    return _chosen(answer.via, answer.options, answer.recommendation)


def nearest(answer: CompareAnswer) -> OptionAnswer:
    """Where nothing may be taken, the option that comes nearest: it works, and the least speaks against it."""

    def key(each: OptionAnswer) -> tuple[bool, bool, int, int]:
        verdicts = [*(call.verdict for call in each.calls), *(line.verdict for line in each.expectations)]
        failing = len(verdicts) - verdicts.count(Verdict.ALLOWED)
        return (not each.fits, each.works is not Verdict.ALLOWED, failing, len(each.violations))

    return min(answer.options, key=key)


def _chosen(
    via: str, answers: Sequence[OptionAnswer], recommendation: Recommendation | None
) -> OptionAnswer | None:
    name = via if via != "auto" else recommendation.option if recommendation else None
    return next((each for each in answers if each.option == name), None)


def _verdict(chosen: OptionAnswer | None) -> Verdict:
    if chosen is None:
        return Verdict.DENIED
    return Verdict.DENIED if chosen.verdict is Verdict.ALLOWED and chosen.violations else chosen.verdict


def _would_change(
    design: Design, answers: Sequence[OptionAnswer], recommendation: Recommendation
) -> tuple[str, ...]:
    """What another constraint would make of the recommendation, found by ranking anew."""
    found = []
    for flag in FLAGS:
        value = not getattr(design.constraints, flag)
        other = msgspec.structs.replace(design.constraints, **{flag: value})
        again = [msgspec.structs.replace(each, violations=find_violations(other, each)) for each in answers]
        now = recommend(again)
        name = now.option if now else None
        if name != recommendation.option:
            then = f"`{name}`" if name else "no option"
            found.append(f"`{flag}: {str(value).lower()}` → {then}")
    return tuple(found)
