"""What a lab is asked of a design: its calls and its expectations."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from narrowgate.api import design_worlds
from narrowgate.api.lab_questions import Material, Question
from narrowgate.model.design import Api, Consumer, Design, Route
from narrowgate.model.sample import sample_method, sample_path
from narrowgate.options.compare.ask import call_url, principal_of, with_token
from narrowgate.options.compare.clients import client_of
from narrowgate.options.option import Call, Option, default_name
from narrowgate.options.world import World


def of_design(source: Path) -> Material:
    """A design's own calls and expectations, from every host of its consumers.

    Raises:
        InputError: the design cannot be read, or no option may be taken.
    """
    design, option, world = design_worlds.design_world(source)
    asked: list[Question] = []
    names: dict[str, str] = {}
    for consumer in design.consumers:
        hosts = [each for each in client_of(world, design, consumer).hosts if each.subnet_id is not None]
        for host in hosts:
            subnet = str(host.subnet_id)
            names.setdefault(subnet, consumer.name)
            base = Question(
                client=subnet, host=subnet, kind="call", target="", name=f"{consumer.name} in {subnet}"
            )
            asked += _calls(base, design, option, world, consumer)
            asked += _expected(base, design, option, world, consumer)
    principals = tuple(each.principal for each in design.consumers if each.principal)
    return Material(
        snapshot=world.snapshot, questions=tuple(dict.fromkeys(asked)), names=names, principals=principals
    )


def _calls(base: Question, design: Design, option: Option, world: World, consumer: Consumer) -> Iterator[Question]:
    for permission in consumer.may_call:
        api = design.api(permission.api)
        # What a public API answers is the Internet's, which no lab has.
        if api.is_private:
            call = option.call(design, consumer, api)
            for route in permission.routes:
                yield _call(base, world, consumer, api, call, route)


def _call(base: Question, world: World, consumer: Consumer, api: Api, call: Call, route: Route) -> Question:
    url, headers = call_url(world, with_token(call, api), sample_path(route.path))
    return msgspec.structs.replace(
        base,
        target=url,
        method=sample_method(route.method),
        headers=tuple(headers),
        principal=principal_of(consumer, api),
    )


def _expected(
    base: Question, design: Design, option: Option, world: World, consumer: Consumer
) -> Iterator[Question]:
    """The lines of `expect`; a call that must not be is tried the option's way and by the default name."""
    for line in design.expect:
        if line.consumer != consumer.name:
            continue
        if line.verb != "call":
            yield msgspec.structs.replace(base, kind=line.verb, target=line.target)
        elif "://" in line.target:
            yield msgspec.structs.replace(
                base, target=line.target, method=line.method, principal=consumer.principal
            )
        elif (api := design.api(line.target)).is_private:
            route = Route(method=line.method, path=line.path)
            ways = [option.call(design, consumer, api)]
            if not line.must and api.vpc is not None:
                ways.append(Call(host=default_name(api), path=f"/{api.stage}"))
            for call in ways:
                yield _call(base, world, consumer, api, call, route)
