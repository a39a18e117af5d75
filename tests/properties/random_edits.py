"""Random edits of one fact, of any kind: a fact less, one more, or one with a field that another has."""

from collections.abc import Sequence
from random import Random
from typing import Any

import msgspec

from narrowgate.model.estate_facts import Collections
from narrowgate.model.fact import UNSET
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change, Edit, apply_changes


def edited(snapshot: Snapshot, *edits: Edit) -> Snapshot:
    """The estate after edits."""
    change = Change(kind="test", resource="", text="", commands=(), edits=edits)
    return apply_changes(snapshot, (change,))


def alone(snapshot: Snapshot) -> Snapshot:
    """The same estate, of which nothing has been computed."""
    made = Snapshot(
        snapshot.facts,
        places=snapshot.places,
        calls=snapshot.calls,
        refused=snapshot.refused,
        untold=snapshot.untold,
        assume_complete=snapshot.assume_complete,
        outside=snapshot.outside,
    )
    made.contradictions = snapshot.contradictions
    return made


def kinds_of(snapshot: Snapshot) -> list[str]:
    """The kinds of which the estate has a fact."""
    return [each for each in Collections.__struct_fields__ if getattr(snapshot.facts, each)]


def random_edit(dice: Random, snapshot: Snapshot, kind: str) -> Edit:
    """An edit of some fact of a kind."""
    every = getattr(snapshot.facts, kind)
    if isinstance(every, list):
        known = dice.choice(every)
        if dice.random() < 0.35:
            return Edit(kind, known, None)
        return Edit(kind, known if dice.random() < 0.6 else None, _otherwise(dice, known, every))
    own = dice.choice(sorted(every, key=str))
    if dice.random() < 0.25:
        return Edit(kind, own, None)
    return Edit(kind, own, _otherwise(dice, every[own], [*every.values()], own))


def _otherwise(dice: Random, known: Any, others: Sequence[Any], own: object = None) -> Any:
    """A value of the same shape that differs in one thing, mostly by what another has there; `own` id stays."""
    if isinstance(known, bool):
        return not known
    if isinstance(known, dict):
        return {**known, **{key: _otherwise(dice, known[key], ()) for key in sorted(known)[:1]}}
    if isinstance(known, tuple) and len(known) == 2 and isinstance(known[1], tuple):
        # A filter of a search: its name, and the values that it admits.
        return (known[0], _list_otherwise(dice, known[1], []))
    if isinstance(known, tuple):
        return _list_otherwise(
            dice, known, [each for other in others if isinstance(other, tuple) for each in other]
        )
    if isinstance(known, msgspec.Struct):
        fields = [each for each in known.__struct_fields__ if not (each in _WORDS or _is_fixed(known, each, own))]
        if not fields:
            return known
        field = dice.choice(fields)
        values = [getattr(each, field) for each in others if type(each) is type(known)]
        return msgspec.structs.replace(known, **{field: _otherwise(dice, getattr(known, field), values)})
    return dice.choice([*others, known]) if others else UNSET if known is UNSET else known


_WORDS = frozenset({"tags", "tag_set"})
"""Fields that only people read."""

_FIXED = frozenset({"vpc_id", "host_vpc_id"})
"""Fields of a resource that AWS never changes: what is in a VPC refers to others there."""


def _is_fixed(known: msgspec.Struct, field: str, own: object) -> bool:
    return own is not None and (field in _FIXED or getattr(known, field) == own)


def _list_otherwise(dice: Random, known: tuple[Any, ...], others: list[Any]) -> tuple[Any, ...]:
    drawn = dice.random()
    if known and drawn < 0.35:
        place = dice.randrange(len(known))
        return known[:place] + known[place + 1 :]
    if known and drawn < 0.75:
        place = dice.randrange(len(known))
        return (*known[:place], _otherwise(dice, known[place], others), *known[place + 1 :])
    return (*known, dice.choice(others)) if others else ()
