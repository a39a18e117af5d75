"""What a lab is asked: every private API of an estate, or a file's lines; see `lab_designs` for a design's own."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.model.fact import UnsetType, name_tag
from narrowgate.model.sample import sample_method, sample_path
from narrowgate.model.snapshot import Snapshot


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
    # A lab that is not asked by a file does without the engine.
    from narrowgate.engine.network.clients import find_client

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
