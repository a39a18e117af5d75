"""What a design promises, as goals for another source: calls that must work, and all the rest that has to hold."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from narrowgate.api.counterparts import world_in
from narrowgate.api.designs import load_design, meant_option
from narrowgate.model.comparison import ExpectationAnswer
from narrowgate.model.design import Api, Consumer, Design, Route
from narrowgate.model.sample import sample_method, sample_path
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.compare.ask import call_url, principal_of, with_token
from narrowgate.options.compare.clients import client_of
from narrowgate.options.compare.expectations import judge_expectation
from narrowgate.options.option import Call, Option, default_name
from narrowgate.options.world import World
from narrowgate.repair.goal import Goal
from narrowgate.sources.resources.build import build_world


class Promises(msgspec.Struct, frozen=True):
    """Calls that a design allows or expects, and its whole list of `expect`, asked of any state of a source."""

    goals: tuple[Goal, ...]
    judge: Callable[[Snapshot], tuple[ExpectationAnswer, ...]]


def promises_of(path: Path, snapshot: Snapshot, source: str) -> Promises:
    """A design's promises, its networks and APIs found in a source as `check SOURCE --design` finds them.

    Raises:
        InputError: the design cannot be read, or the source has nothing that it asks about.
    """
    design = load_design(path)
    option = meant_option(design, path)
    resources = option.resources(design)
    world = world_in(snapshot, resources, build_world(resources), source=source)

    def judge(state: Snapshot) -> tuple[ExpectationAnswer, ...]:
        changed = msgspec.structs.replace(world, snapshot=state)
        return tuple(judge_expectation(changed, design, option, each) for each in design.expect)

    calls = {str(each): each for each in calls_of(world, design, option)}
    return Promises(goals=tuple(calls.values()), judge=judge)


def calls_of(world: World, design: Design, option: Option) -> Iterator[Goal]:
    """Every call that a design allows or expects, as it is made by one way to connect."""
    for consumer in design.consumers:
        for permission in consumer.may_call:
            for route in permission.routes:
                yield _goal(world, design, option, (consumer, design.api(permission.api), route))
    apis = {each.name for each in design.apis}
    for line in design.expect:
        if line.verb == "call" and line.must and not line.only and line.target in apis:
            route = Route(method=line.method, path=line.path)
            yield _goal(world, design, option, (design.consumer(line.consumer), design.api(line.target), route))


def _goal(world: World, design: Design, option: Option, asked: tuple[Consumer, Api, Route]) -> Goal:
    consumer, api, route = asked
    call = (
        option.call(design, consumer, api)
        if api.is_private
        else Call(host=default_name(api), path=f"/{api.stage}")
    )
    url, headers = call_url(world, with_token(call, api), sample_path(route.path))
    return Goal(
        client=consumer.name,
        url=url,
        method=sample_method(route.method),
        headers=headers,
        principal=principal_of(consumer, api) or "anonymous",
        caller=client_of(world, design, consumer),
    )
