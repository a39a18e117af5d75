"""A change of an estate: edits of facts that the engine can judge, and the commands that make it real."""

from collections.abc import Iterable
from typing import Any

import msgspec

from narrowgate.model.estate_facts import Collections, Place
from narrowgate.model.reads import PLACES
from narrowgate.model.snapshot import Snapshot


class Edit(msgspec.Struct, frozen=True):
    """One fact put in place of another: a collection of the snapshot, the key in it, the new value.

    A key of None appends to a collection that is a list, `value` None takes the key out.
    """

    collection: str
    key: Any
    value: Any


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do.

    `text` is a sentence for people, `commands` do it with the AWS CLI, `rule` says why it helps. `width` orders
    changes that mend the same cause: how much more than needed each opens, 0 for nothing.
    """

    kind: str
    resource: str
    text: str
    commands: tuple[str, ...]
    edits: tuple[Edit, ...]
    rule: str | None = None
    width: int = 0


def apply_changes(snapshot: Snapshot, changes: Iterable[Change]) -> Snapshot:
    """The snapshot as it would be collected after the changes; the given one stays as it is.

    What was computed of the given one and read from nothing that the edits put in its place is taken over.
    """
    facts = snapshot.facts
    touched: dict[str, Any] = {}
    differing: list[tuple[str, Any]] = []
    places = dict(snapshot.places)
    for change in changes:
        for edit in change.edits:
            if edit.collection not in touched:
                touched[edit.collection] = type(getattr(facts, edit.collection))(getattr(facts, edit.collection))
            collection = touched[edit.collection]
            differing.append((edit.collection, None if isinstance(collection, list) else edit.key))
            if edit.key is None:
                collection.append(edit.value)
            elif isinstance(collection, list):
                collection[:] = [each for each in collection if each != edit.key]
                if edit.value is not None:
                    collection.append(edit.value)
            elif edit.value is None:
                collection.pop(edit.key, None)
            else:
                collection[edit.key] = edit.value
                if isinstance(edit.key, str) and edit.key not in places:
                    # What is new is made where the resource that it serves is.
                    near = snapshot.place(change.resource)
                    places[edit.key] = Place(near.account, near.region, "the repair")
                    differing.append((PLACES, edit.key))
    fields = {name: getattr(facts, name) for name in Collections.__struct_fields__} | touched
    changed = Snapshot(
        Collections(**fields),
        places=places,
        calls=snapshot.calls,
        refused=snapshot.refused,
        untold=snapshot.untold,
        assume_complete=snapshot.assume_complete,
        outside=snapshot.outside,
    )
    changed.contradictions = snapshot.contradictions
    changed.warnings = snapshot.warnings
    changed.label = snapshot.label
    changed.assumed = snapshot.assumed
    changed.stand_in_accounts = snapshot.stand_in_accounts
    changed.follow(snapshot, differing)
    return changed
