"""Designs held to what they promise: by the option that they mean, or in another source."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from narrowgate.api.addresses import located
from narrowgate.api.design_worlds import found_in
from narrowgate.api.designs import compare_design, load_design, price_by
from narrowgate.model.answer import Cause, Leg, Missing, Step, Verdict, conjunction
from narrowgate.model.comparison import CheckAnswer, CompareAnswer, ExpectationAnswer, OptionAnswer, TracedCall
from narrowgate.model.design import Design
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.compare.compare import choose, find_meant, nearest
from narrowgate.options.compare.expectations import judge_expectation, trace_permissions
from narrowgate.options.option import Option
from narrowgate.options.parts.logs import with_logs
from narrowgate.options.registry import find_option
from narrowgate.options.world import World
from narrowgate.sources.prices.read import load_price_book
from narrowgate.sources.resources.build import build_world

Ways = Mapping[tuple[int, Verdict], tuple[Step, ...]]


def check(path: Path, prices: Path | None = None) -> CheckAnswer:
    """Whether every call that a design allows, and every line of `expect`, holds by the option that it means.

    Raises:
        InputError: the design or the price book cannot be read.
    """
    return check_design(path, prices).answer


class DesignCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A checked design with what it was held to: the answer of the option that it means, and that one's world.

    `world` is None where that option cannot be built.
    """

    answer: CheckAnswer
    design: Design
    chosen: OptionAnswer
    world: World | None = None


def check_design(path: Path, prices: Path | None = None, *, compared: CompareAnswer | None = None) -> DesignCheck:
    """The same, with what the design was held to.

    Args:
        path: the design.
        prices: a price book of the user's; None for the built-in one.
        compared: every option's answer, where somebody has asked for it already.

    Raises:
        InputError: the design or the price book cannot be read.
    """
    design = load_design(path)
    chosen = _chosen(design, prices, compared)
    if chosen.fits:
        option = find_option(chosen.option)
        world = build_world(with_logs(design, option.resources(design)))
        world.snapshot.label = str(path)
        checked = _checked(path, design, chosen, _ways(world, design, option))
        return DesignCheck(answer=checked, design=design, chosen=chosen, world=world)
    cause = Cause(
        leg=Leg.CONFIG,
        layer="option",
        reason=Reason.OPTION_CANNOT_BE_BUILT,
        resource=chosen.option,
        rule=chosen.rule,
        text=f"{chosen.text}; {chosen.way_out}" if chosen.way_out else chosen.text,
    )
    refused = CheckAnswer(
        verdict=Verdict.INVALID, decided_by=cause, blocking=(cause,), source=str(path), via=chosen.option
    )
    return DesignCheck(answer=refused, design=design, chosen=chosen)


def _chosen(design: Design, prices: Path | None, compared: CompareAnswer | None) -> OptionAnswer:
    """The option that a design means, else the one that comes nearest; only then every option is compared."""
    book = load_price_book(prices)
    if compared is None:
        meant = find_meant(design, build_world, price_by(book))
        if meant is not None:
            return meant
        compared = compare_design(design, book)
    return choose(compared) or nearest(compared)


def check_against(path: Path, snapshot: Snapshot, source: str) -> CheckAnswer:
    """A design's expectations, held against another source: every `may_call` and every line of `expect`.

    Networks, APIs and endpoints are found there by id, by Name tag, or by what only one of them can be.

    Raises:
        InputError: the design cannot be read, or the source has nothing that an expectation asks about.
    """
    design, option, world = found_in(path, snapshot, source)
    judged = (
        *(_as_expectation(design, each) for each in trace_permissions(world, design, option)),
        *(judge_expectation(world, design, option, each) for each in design.expect),
    )
    every = tuple(msgspec.structs.replace(each, decided_by=located(snapshot, each.decided_by)) for each in judged)
    causes = tuple(dict.fromkeys(each.decided_by for each in every if each.decided_by is not None))
    return CheckAnswer(
        verdict=conjunction(each.verdict for each in every),
        decided_by=next(iter(causes), None),
        blocking=causes,
        unknowns=tuple(dict.fromkeys(missing for each in every for missing in each.unknowns)),
        source=source,
        via=option.name,
        expectations=every,
        warnings=snapshot.warnings,
    )


def _checked(path: Path, design: Design, chosen: OptionAnswer, ways: Ways) -> CheckAnswer:
    judged = (*(_as_expectation(design, call) for call in chosen.calls), *chosen.expectations)
    every = tuple(
        msgspec.structs.replace(each, steps=ways.get((at, each.verdict), ())) for at, each in enumerate(judged)
    )
    verdict = conjunction(each.verdict for each in every)
    if verdict is Verdict.ALLOWED and chosen.violations:
        verdict = Verdict.DENIED
    causes: list[Cause] = [each.decided_by for each in every if each.decided_by is not None]
    unknowns: list[Missing] = [missing for each in every for missing in each.unknowns]
    return CheckAnswer(
        verdict=verdict,
        decided_by=causes[0] if causes else None,
        blocking=tuple(dict.fromkeys(causes)),
        unknowns=tuple(dict.fromkeys(unknowns)),
        source=str(path),
        via=chosen.option,
        expectations=every,
        violations=chosen.violations,
    )


def _ways(world: World, design: Design, option: Option) -> Ways:
    """The way of each promise in the option's own world, by its place in the list and what came of it.

    What was judged stood in a world with stand-ins: a way that ended otherwise there explains nothing.
    """
    answers: tuple[TracedCall | ExpectationAnswer, ...] = (
        *trace_permissions(world, design, option),
        *(judge_expectation(world, design, option, each) for each in design.expect),
    )
    return {(at, each.verdict): each.steps for at, each in enumerate(answers)}


def _as_expectation(design: Design, call: TracedCall) -> ExpectationAnswer:
    return ExpectationAnswer(
        expectation=f"{call.consumer} may call {call.method} {call.api}{call.path}",
        where=str(design.consumer(call.consumer).where),
        verdict=call.verdict,
        text="holds" if call.verdict is Verdict.ALLOWED else f"{call.url}: {call.symptom or call.verdict}",
        decided_by=call.decided_by,
        unknowns=call.unknowns,
        steps=call.steps,
    )
