"""A list of declared resources into a snapshot: whatever it tells, and nothing that it does not."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.model.estate_facts import Call, Place
from narrowgate.model.resource import Resource
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.declared.blame import blamed, wrong_shape
from narrowgate.sources.declared.distinguished import withdraw
from narrowgate.sources.declared.estate import Declared
from narrowgate.sources.declared.gaps import not_understood
from narrowgate.sources.declared.types import HANDLERS
from narrowgate.sources.declared.uncertain import leave_open
from narrowgate.sources.snapshot import snapshot_from_responses
from narrowgate.sources.snapshot.operations import OPERATIONS


def build_snapshot(
    resources: Sequence[Resource],
    *,
    label: str,
    assume_complete: bool = False,
    warnings: Sequence[str] = (),
) -> Snapshot:
    """The snapshot that a complete collection would give once the resources of the list are there, and no others.

    Every call counts as made in each account and Region that the list covers, since a list that makes a VPC knows
    all that hangs on it. What the list only refers to is not in the snapshot, and so unknown. A value that nobody
    can tell leaves its field, or the call that would list it, unknown.

    Args:
        resources: in CloudFormation's vocabulary, logical ids unique over all accounts and Regions; properties may
            be absent (AWS's defaults count), `Unknown`, or refer to resources outside the list.
        label: what messages call the source.
        assume_complete: take what is unknown as empty.
        warnings: what reading the source has told already.

    Raises:
        InputError: a property of a shape or value that AWS would not take, with file and line.

    Returns:
        A snapshot whose `places` name file, line and address of each resource with an `origin`, and whose
        `warnings` name everything that is not known or not understood.
    """
    certain = [each for each in resources if each.uncertain is None]
    declared, ignored = _declare(certain, warnings)
    if len(certain) < len(resources):
        _leave_open(declared, resources)
    return _snapshot(declared, label, assume_complete, ignored)


def _leave_open(declared: Declared, resources: Sequence[Resource]) -> None:
    """What may be made changes what is known; all of it is tried at once (`uncertain.py`)."""
    having, _ = _declare(resources, (), addresses=declared)
    gaps = [each for each in resources if each.uncertain is not None]
    for each in gaps:
        if each.uncertain is not None:
            declared.warn(each, f"nobody can tell whether it is made: {each.uncertain.why}")
    first = next(each for each in gaps)
    why = first.uncertain.why if first.uncertain else ""
    others = f" (and {len(gaps) - 1} more)" if len(gaps) > 1 else ""
    leave_open(declared, having, f"{first.logical_id} may be made or not: {why}{others}")


def _declare(
    resources: Sequence[Resource], warnings: Sequence[str], addresses: Declared | None = None
) -> tuple[Declared, Counter[str]]:
    """Every resource by the function of its type, in the table's order."""
    declared = Declared(resources)
    declared.warnings.update(dict.fromkeys(warnings))
    if addresses is not None:
        declared.addresses.take_over(addresses.addresses)
    by_type: dict[str, list[Resource]] = {}
    for each in declared.resources.values():
        by_type.setdefault(each.type, []).append(each)
    for kind, handler in HANDLERS.items():
        for each in by_type.get(kind, ()):
            try:
                handler(declared, each, declared.properties(each))
            except (AttributeError, TypeError, KeyError, ValueError) as error:
                raise wrong_shape(each, error) from error
    ignored: Counter[str] = Counter()
    for kind, members in by_type.items():
        if kind not in HANDLERS:
            for each in members:
                not_understood(declared, each, ignored)
    withdraw(declared)
    return declared, ignored


def _snapshot(declared: Declared, label: str, assume_complete: bool, ignored: Counter[str]) -> Snapshot:
    responses = (each for each in declared.ledger.responses() if each.operation in OPERATIONS)
    try:
        found = snapshot_from_responses(responses)
    except InputError as error:
        raise blamed(declared, error) from None
    snapshot = Snapshot(
        found.facts,
        places=_places(declared, found.places),
        calls=found.calls - {Call(*_key(each)) for each in declared.untold},
        untold=declared.untold,
        assume_complete=assume_complete,
    )
    snapshot.parts = {
        (own, part): msgspec.structs.replace(
            snapshot.place(own), source=origin.file, line=origin.line, address=origin.address
        )
        for (own, part), origin in declared.parts.items()
    }
    warnings = [*declared.warnings, *found.warnings]
    if ignored:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(ignored.items()))
        warnings.append(f"{ignored.total()} resources that bear on no answer are left out: {kinds}")
    snapshot.warnings = tuple(warnings)
    snapshot.label = label
    snapshot.assumed = frozenset(each for found in declared.addresses.assumed.values() for each in found)
    return snapshot


def _key(call: Call) -> tuple[str | None, str | None, str, str | None]:
    return (call.account, call.region, call.operation, call.parent)


def _places(declared: Declared, places: Mapping[str, Place]) -> dict[str, Place]:
    known = dict(places)
    for own, origin in declared.origins.items():
        place = known.get(own) or known.get(f"/hostedzone/{own}")
        if place is not None:
            known[own] = msgspec.structs.replace(
                place, source=origin.file, line=origin.line, address=origin.address
            )
    # A resource shares its address with what AWS makes with it, and comes first: an address means the resource.
    main = {own: known.pop(own) for own in declared.ids.values() if own in known}
    return main | known
