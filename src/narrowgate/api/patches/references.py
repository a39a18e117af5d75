"""Ids in a wanted value put back as references: what is made up here must not stand in anybody's file."""

import re
from typing import Any

from narrowgate.api.patches.node import Uncertain
from narrowgate.model.estate_facts import Place
from narrowgate.model.resource import GetAtt, Join, Ref
from narrowgate.model.snapshot import Snapshot

_ID = re.compile(r"(arn:aws[\w-]*:execute-api:[\w-]*:\d{12}:[a-z0-9]+|[a-z0-9]+(?:-[a-z0-9]+)*)")
_ARN = re.compile(r"arn:aws[\w-]*:execute-api:[\w-]*:\d{12}:([a-z0-9]+)")


def place_of(snapshot: Snapshot, own: str) -> Place:
    """Where a fact is written, by its id in either form that hosted zones have."""
    found = snapshot.place(own)
    return found if found.address else snapshot.place(own.removeprefix("/hostedzone/"))


def referring(snapshot: Snapshot, value: Any) -> Any:
    """A value with a reference in place of every id that a fact of the source has.

    Raises:
        Uncertain: an address that AWS chooses stands in it.
    """
    match value:
        case str():
            return _text(snapshot, value)
        case dict():
            return {key: referring(snapshot, each) for key, each in value.items()}
        case list() | tuple():
            return [referring(snapshot, each) for each in value]
        case _:
            return value


def _text(snapshot: Snapshot, text: str) -> Any:
    if text.removesuffix("/32") in snapshot.assumed:
        raise Uncertain(f"AWS chooses the address for which {text} stands here; give it one in its file")
    parts: list[str | Ref | GetAtt] = []
    for at, piece in enumerate(_ID.split(text)):
        arn = _ARN.fullmatch(piece)
        if at % 2 == 0:
            parts += [piece] if piece else []
        elif arn is not None and _is_id(snapshot, arn[1]):
            parts.append(GetAtt(arn[1], "ExecutionArn"))
        elif _is_id(snapshot, piece):
            parts.append(Ref(piece))
        else:
            parts.append(piece)
    if all(isinstance(each, str) for each in parts):
        return text
    return parts[0] if len(parts) == 1 else Join(tuple(parts))


def _is_id(snapshot: Snapshot, word: str) -> bool:
    facts = snapshot.facts
    named = (facts.rest_apis, facts.vpc_endpoints, facts.vpcs, facts.security_groups, facts.subnets)
    return any(word in each for each in named) and bool(place_of(snapshot, word).address)
