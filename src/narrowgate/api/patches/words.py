"""Parts of a change in words, for what no patch says."""

import msgspec

from narrowgate.api.patches.node import Uncertain
from narrowgate.api.patches.references import place_of, referring
from narrowgate.model.repair import RepairStep
from narrowgate.model.resource import GetAtt, Join, Ref
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.written import Add, Deploy, Drop, Part, Remark, Set


def wanted(snapshot: Snapshot, parts: tuple[Part, ...]) -> str:
    """What a file should say, part by part."""
    return "; ".join(_wanted(snapshot, each) for each in parts)


def place_in_words(step: RepairStep) -> str:
    """Where a step's resource is written: file and line, else its id."""
    if not step.file:
        return step.resource
    return f"{step.file}:{step.line}" if step.line else step.file


def named(snapshot: Snapshot, own: str) -> str:
    """A fact by its address, where it has one."""
    return place_of(snapshot, own).address or own


def _wanted(snapshot: Snapshot, part: Part) -> str:
    match part:
        case Add(type=kind, properties=properties):
            return f"{kind} {_shown(snapshot, properties)}"
        case Set(resource=own, property=name, after=after):
            return f"{named(snapshot, own)} {name} = {_shown(snapshot, after)}"
        case Drop(type=kind, properties=properties):
            return f"no {kind} {_shown(snapshot, properties)}"
        case Deploy(resource=own, stages=stages):
            return f"{named(snapshot, own)} deployed anew to {', '.join(stages)}"
        case Remark(text=text):
            return text


def _shown(snapshot: Snapshot, value: object) -> str:
    return msgspec.json.encode(_plain(snapshot, value)).decode()


def _plain(snapshot: Snapshot, value: object) -> object:
    """A value as people read it: what an id stands for by its address."""
    match value:
        case Ref(logical_id=own):
            return named(snapshot, own)
        case GetAtt(logical_id=own, attribute=attribute):
            return f"{named(snapshot, own)}.{attribute}"
        case Join(parts=parts):
            return "".join(each if isinstance(each, str) else f"${{{_plain(snapshot, each)}}}" for each in parts)
        case str():
            try:
                found = referring(snapshot, value)
            except Uncertain:
                return value
            return value if isinstance(found, str) else _plain(snapshot, found)
        case dict():
            return {key: _plain(snapshot, each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(snapshot, each) for each in value]
    return value
