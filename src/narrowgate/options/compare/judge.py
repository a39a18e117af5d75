"""One option, judged: built on paper, every call traced, what it opens and breaks, what it costs."""

from collections.abc import Callable, Sequence

import msgspec

from narrowgate.model.answer import Cause, Missing, Verdict, conjunction
from narrowgate.model.comparison import ExpectationAnswer, OptionAnswer, TracedCall, Trap
from narrowgate.model.design import Design
from narrowgate.model.resource import Resource
from narrowgate.options.compare.ask import CALLER_SIDE
from narrowgate.options.compare.breaks import find_breaks
from narrowgate.options.compare.constraints import find_violations
from narrowgate.options.compare.expectations import judge_expectation, trace_permissions, without_steps
from narrowgate.options.compare.exposure import Finding, Scene, find_exposure
from narrowgate.options.compare.made_up import readable
from narrowgate.options.compare.points import (
    acting_accounts,
    added,
    configures_route53,
    single_points_of_failure,
)
from narrowgate.options.compare.stand_ins import Surroundings
from narrowgate.options.option import Option, default_name
from narrowgate.options.parts.base import base_resources
from narrowgate.options.parts.rest_apis import api_resources
from narrowgate.options.pricing import Price
from narrowgate.options.world import World

Build = Callable[[Sequence[Resource]], World]
"""Makes a world of resources; comes from the sources, which options may not import."""


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """What all options of one design are judged with."""

    surroundings: Surroundings
    plain: Design
    """The design as it was written, without stand-ins: what is priced and counted."""
    before: World
    build: Build
    price: Price | None = None


def estate_before(design: Design) -> tuple[Resource, ...]:
    """The networks, links and APIs, without any way to connect."""
    return (*base_resources(design), *api_resources(design, {}))


def judge(bench: Bench, option: Option, *, is_weighed: bool = True) -> OptionAnswer:
    """Everything that the engine says about an option.

    Without `is_weighed` nobody asks what an option opens and breaks by which the calls do not go.
    """
    design = bench.surroundings.design
    fit = option.applies(design)
    if not fit.fits:
        return OptionAnswer(
            option=option.name,
            title=option.title,
            fits=False,
            rule=fit.rule,
            text=fit.text,
            way_out=fit.way_out,
            verdict=Verdict.INVALID,
            works=Verdict.INVALID,
            client_change=option.client_change,
        )
    world = bench.build(option.resources(design))
    scene = Scene(surroundings=bench.surroundings, option=option, before=bench.before, after=world)
    calls = tuple(map(without_steps, trace_permissions(world, design, option)))
    expectations = tuple(without_steps(judge_expectation(world, design, option, each)) for each in design.expect)
    private = [each for each in calls if design.api(each.api).is_private]
    names = {each.name: world.text(default_name(each)) for each in design.private_apis}
    verdict = conjunction([*(each.verdict for each in calls), *(each.verdict for each in expectations)])
    is_out = not is_weighed and verdict in (Verdict.DENIED, Verdict.INVALID)
    found = Finding(exposed=(), unknowns=()) if is_out else find_exposure(scene)
    answer = OptionAnswer(
        option=option.name,
        title=option.title,
        fits=True,
        verdict=verdict,
        works=conjunction(each.verdict for each in private),
        decided_by=_deciding_cause(calls, expectations, verdict),
        uses_peering=any(name.startswith("pcx-") for each in private for name in each.passes),
        keeps_default_name=all(each.url.split("/")[2] == names[each.api] for each in private),
        is_name_stable=not any("vpce-" in each.url.split("/")[2] for each in private),
        client_change=option.client_change,
        calls=calls,
        expectations=expectations,
        exposed=found.exposed,
        broken=() if is_out else find_breaks(scene),
        limits=tuple(Trap(rule=each.rule, text=each.text) for each in option.limits(design)),
        unknowns=_unknowns(calls, expectations, found),
    )
    answer = msgspec.structs.replace(answer, is_open_at_caller_only=_is_open_at_caller_only(answer))
    return _with_resources(readable(answer, option.resources(design), world), bench, option)


def _with_resources(answer: OptionAnswer, bench: Bench, option: Option) -> OptionAnswer:
    """What its resources tell: counts, accounts, price; stand-ins do not count."""
    resources = option.resources(bench.plain)
    new = added(resources, estate_before(bench.plain))
    complete = msgspec.structs.replace(
        answer,
        uses_route53=configures_route53(new),
        cost=bench.price(option, resources, bench.plain) if bench.price else None,
        new_resources=len(new),
        resources=tuple(f"{each.type} {each.logical_id}: {each.purpose}" for each in new),
        accounts=acting_accounts(new),
        single_points_of_failure=single_points_of_failure(resources),
    )
    violations = find_violations(bench.plain.constraints, complete)
    return msgspec.structs.replace(complete, violations=violations)


def _deciding_cause(
    calls: Sequence[TracedCall], expectations: Sequence[ExpectationAnswer], verdict: Verdict
) -> Cause | None:
    """The first cause of the first call or expectation that does not hold."""
    if verdict is Verdict.ALLOWED:
        return None
    judged: list[TracedCall | ExpectationAnswer] = [*calls, *expectations]
    causes = (each.decided_by for each in judged if each.verdict is verdict)
    return next((each for each in causes if each is not None), None)


def _is_open_at_caller_only(answer: OptionAnswer) -> bool:
    """True where nothing but the caller's own policies or token leaves the answer open (ORG-03)."""
    return answer.verdict is Verdict.UNKNOWN and all(missing.fact in CALLER_SIDE for missing in answer.unknowns)


def _unknowns(
    calls: Sequence[TracedCall], expectations: Sequence[ExpectationAnswer], found: Finding
) -> tuple[Missing, ...]:
    judged: list[TracedCall | ExpectationAnswer] = [*calls, *expectations]
    every = [missing for each in judged for missing in each.unknowns]
    return tuple(dict.fromkeys((*every, *found.unknowns)))
