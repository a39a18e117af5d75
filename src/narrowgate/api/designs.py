"""Use cases about designs: start one, compare its options, check it, read it as a snapshot."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from narrowgate.api.addresses import located
from narrowgate.api.counterparts import world_in
from narrowgate.cost.price_book import PriceBook
from narrowgate.exposure.intent import Intent
from narrowgate.model.answer import Cause, Leg, Missing, Step, Verdict, conjunction
from narrowgate.model.comparison import CheckAnswer, CompareAnswer, ExpectationAnswer, OptionAnswer, TracedCall
from narrowgate.model.design import Design
from narrowgate.model.errors import InputError
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.compare.compare import choose, nearest
from narrowgate.options.compare.compare import compare as compare_options
from narrowgate.options.compare.expectations import judge_expectation, trace_permissions
from narrowgate.options.intent import intent_of
from narrowgate.options.option import Option
from narrowgate.options.parts.logs import with_logs
from narrowgate.options.pricing import make_price
from narrowgate.options.registry import find_option
from narrowgate.options.world import World
from narrowgate.sources.design.fields import design_schema
from narrowgate.sources.design.read import load_design
from narrowgate.sources.design.starter import STARTER, design_from_snapshot
from narrowgate.sources.prices.read import load_price_book
from narrowgate.sources.resources.build import build_world

__all__ = [
    "DesignCheck",
    "check",
    "check_against",
    "check_design",
    "compare",
    "compare_design",
    "design_intent",
    "design_schema",
    "design_snapshot",
    "design_world",
    "intent_against",
    "is_design",
    "load_design",
    "meant_option",
    "start_design",
    "write_design",
]

Ways = Mapping[tuple[int, Verdict], tuple[Step, ...]]

_SUFFIXES = frozenset({".yaml", ".yml"})


def is_design(path: Path) -> bool:
    """True for a YAML file with a design's top-level keys; CloudFormation templates have others."""
    if path.suffix.lower() not in _SUFFIXES or not path.is_file():
        return False
    head = path.read_bytes()[:65536].splitlines()
    keys = {line.split(b":")[0].decode("ascii", "replace").strip() for line in head if line[:1].isalpha()}
    return "vpcs" in keys and not keys & {"Resources", "AWSTemplateFormatVersion"}


def compare(path: Path, prices: Path | None = None) -> CompareAnswer:
    """Every option of a design side by side, judged by the engine, priced, and a recommendation.

    Args:
        path: the design.
        prices: a price book of the user's; None for the built-in one.

    Raises:
        InputError: the design or the price book cannot be read, or the design asks for what AWS refuses.
    """
    design = load_design(path)
    return compare_design(design, load_price_book(prices))


def compare_design(design: Design, book: PriceBook | None = None) -> CompareAnswer:
    """The same for a design that is read already; without a book, by the built-in one."""
    return compare_options(design, build_world, make_price(book or load_price_book()))


def check(path: Path, prices: Path | None = None) -> CheckAnswer:
    """Whether every call that a design allows, and every line of `expect`, holds by the option that it means.

    Raises:
        InputError: the design or the price book cannot be read.
    """
    return check_design(path, prices).answer


class DesignCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A checked design with what it was held to: every option's answer, and the world of the one that it means.

    `world` is None where that option cannot be built.
    """

    answer: CheckAnswer
    design: Design
    compared: CompareAnswer
    chosen: OptionAnswer
    world: World | None = None


def check_design(path: Path, prices: Path | None = None) -> DesignCheck:
    """The same, with what the design was held to.

    Raises:
        InputError: the design or the price book cannot be read.
    """
    design = load_design(path)
    answer = compare_design(design, load_price_book(prices))
    chosen = choose(answer) or nearest(answer)
    if chosen.fits:
        option = find_option(chosen.option)
        world = build_world(with_logs(design, option.resources(design)))
        world.snapshot.label = str(path)
        checked = _checked(path, design, chosen, _ways(world, design, option))
        return DesignCheck(answer=checked, design=design, compared=answer, chosen=chosen, world=world)
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
    return DesignCheck(answer=refused, design=design, compared=answer, chosen=chosen)


def check_against(path: Path, snapshot: Snapshot, source: str) -> CheckAnswer:
    """A design's expectations, held against another source: every `may_call` and every line of `expect`.

    Networks, APIs and endpoints are found there by id, by Name tag, or by what only one of them can be.

    Raises:
        InputError: the design cannot be read, or the source has nothing that an expectation asks about.
    """
    design, option, world = _found_in(path, snapshot, source)
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


def intent_against(path: Path, snapshot: Snapshot, source: str) -> Intent:
    """What a design means to be open, in the ids of another source.

    Raises:
        InputError: as `check_against`.
    """
    design, option, world = _found_in(path, snapshot, source)
    return intent_of(world, design, option)


def _found_in(path: Path, snapshot: Snapshot, source: str) -> tuple[Design, Option, World]:
    design = load_design(path)
    option = meant_option(design, path)
    resources = option.resources(design)
    return design, option, world_in(snapshot, resources, build_world(resources), source=source)


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


def design_snapshot(path: Path) -> Snapshot:
    """A design as a snapshot: its networks, its APIs, and the option that it means.

    Raises:
        InputError: the design cannot be read, or no option may be taken.
    """
    return design_world(path)[2].snapshot


def design_world(path: Path) -> tuple[Design, Option, World]:
    """A design, the option that it means, and the world that comes of both.

    Raises:
        InputError: the design cannot be read, or no option may be taken.
    """
    design = load_design(path)
    option = meant_option(design, path)
    world = build_world(with_logs(design, option.resources(design)))
    world.snapshot.label = str(path)
    return design, option, world


def design_intent(path: Path) -> tuple[Snapshot, Intent]:
    """A design as a snapshot, and what it means to be open there.

    Raises:
        InputError: the design cannot be read, or no option may be taken.
    """
    design, option, world = design_world(path)
    return world.snapshot, intent_of(world, design, option)


def meant_option(design: Design, path: Path) -> Option:
    """The option that a design names, else the recommended one.

    Raises:
        InputError: it cannot be built, or none may be taken.
    """
    if design.via != "auto":
        option = find_option(design.via, where=str(design.where))
        fit = option.applies(design)
        if not fit.fits:
            message = f"`{option.name}` cannot be built here: {fit.text} ({fit.rule})"
            raise InputError(message, where=str(design.where), help=fit.way_out)
        return option
    recommendation = compare_design(design).recommendation
    if recommendation is None:
        raise InputError(
            "no option keeps every expectation and constraint",
            where=str(path),
            help="`narrowgate compare` says why each does not",
        )
    return find_option(recommendation.option)


def start_design(source: Snapshot | None = None) -> str:
    """The text of a design to start from: a commented example, or what a snapshot holds."""
    return STARTER if source is None else design_from_snapshot(source, label=source.label or "a snapshot")


def write_design(path: Path, text: str) -> None:
    """Write a new design file; an existing one is never touched.

    Raises:
        InputError: the file exists, or its folder does not.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError("exists already", where=str(path), help="name another file") from None
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(path)) from None
