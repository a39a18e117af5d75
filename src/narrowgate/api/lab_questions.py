"""What a lab is asked: calls and expectations of a design, every private API of an estate, or a file's lines."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec

from narrowgate.api import design_worlds
from narrowgate.engine.network.clients import find_client
from narrowgate.model.design import Api, Consumer, Design, Route
from narrowgate.model.errors import InputError
from narrowgate.model.fact import UnsetType, name_tag
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.compare.ask import call_url, principal_of, sample_method, sample_path, with_token
from narrowgate.options.compare.clients import client_of
from narrowgate.options.option import Call, Option, default_name
from narrowgate.options.world import World


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question for both: `client` is what the engine takes, `host` the lab's host for it."""

    client: str
    host: str
    kind: str
    target: str
    record_type: str = "A"
    method: str = "GET"
    headers: tuple[str, ...] = ()
    principal: str | None = None
    name: str = ""

    def __str__(self) -> str:
        what = {"call": f"{self.method} {self.target}", "reach": f"reach {self.target}"}
        asked = what.get(self.kind, f"resolve {self.target} {self.record_type}".removesuffix(" A"))
        return f"{self.name or self.client}: {asked}"


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """What a source gives a lab: its estate, questions, names for hosts by subnet, and who needs a key."""

    snapshot: Snapshot
    questions: tuple[Question, ...]
    names: dict[str, str]
    principals: tuple[str, ...]


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


def of_snapshot(snapshot: Snapshot) -> Iterator[Question]:
    """Every instance's calls of every private API, by its default name and its alias names."""
    for instance_id, instance in sorted(snapshot.facts.instances.items()):
        if instance.subnet_id not in snapshot.facts.subnets:
            continue
        for api_id, api in sorted(snapshot.facts.rest_apis.items()):
            configuration = api.endpoint_configuration
            if isinstance(configuration, UnsetType) or "PRIVATE" not in configuration.types:
                continue
            region = snapshot.region_of(api_id)
            labels = [api_id, *(f"{api_id}-{each}" for each in configuration.vpc_endpoint_ids)]
            for path, verb in _methods(snapshot, api_id):
                for stage in snapshot.facts.api_stages.get(api_id, ()):
                    for label in labels:
                        url = f"https://{label}.execute-api.{region}.amazonaws.com/{stage.stage_name}{path}"
                        yield Question(
                            client=instance_id,
                            host=instance_id,
                            kind="call",
                            target=url,
                            method=verb,
                            name=name_tag(instance.tags) or instance_id,
                        )


def _methods(snapshot: Snapshot, api_id: str) -> Iterator[tuple[str, str]]:
    for resource in snapshot.facts.api_resources.get(api_id, ()):
        if resource.path is not None and not isinstance(resource.resource_methods, UnsetType):
            for verb in resource.resource_methods:
                yield sample_path(resource.path), sample_method(verb)


def from_file(snapshot: Snapshot, file: Path) -> Iterator[Question]:
    """The lines of a file as `ask` takes them.

    Raises:
        InputError: the file cannot be read, a line is no question for a lab, or names no client of the estate.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(file)) from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            kind = {"trace": "call", "reach": "reach", "resolve": "resolve"}[asked["ask"]]
            target = asked.get("url") or asked.get("name") or f"{asked['to']}:{asked['port']}"
        except (ValueError, KeyError, TypeError):
            raise InputError(
                "is no question for the lab", where=f"{file}:{number}", help="see docs/ask.md"
            ) from None
        for host in find_client(snapshot, asked["from"]).hosts:
            own = host.network_interface_id or host.instance_id or host.subnet_id or host.label
            yield Question(
                client=own,
                host=own,
                kind=kind,
                target=target,
                record_type=str(asked.get("type", "A")).upper(),
                method=asked.get("method", "GET"),
                headers=tuple(asked.get("headers", ())),
                principal=asked.get("as"),
                name=asked["from"],
            )
