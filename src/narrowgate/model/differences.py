"""The facts that two snapshots of one estate have otherwise."""

from collections.abc import Iterator
from typing import NamedTuple

from narrowgate.model.estate_facts import Collections


class Difference(NamedTuple):
    """A fact that one snapshot has otherwise than another; None where one has it not."""

    kind: str
    key: object
    was: object
    now: object


def differences(before: Collections, after: Collections) -> Iterator[Difference]:
    """The facts that differ; members of a collection that is a list have no key."""
    for kind in Collections.__struct_fields__:
        was, now = getattr(before, kind), getattr(after, kind)
        if was is now:
            continue
        if isinstance(was, dict):
            for key in {**was, **now}:
                one, other = was.get(key), now.get(key)
                if one is not other and one != other:
                    yield Difference(kind, key, one, other)
        elif was != now:
            gone, come = [each for each in was if each not in now], [each for each in now if each not in was]
            yield from (Difference(kind, None, each, None) for each in gone)
            yield from (Difference(kind, None, None, each) for each in come)
