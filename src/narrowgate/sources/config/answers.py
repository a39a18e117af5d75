"""Items as the answers of the calls that would have shown the same resources."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from narrowgate.sources.config.items import Item
from narrowgate.sources.config.recorded import Scope
from narrowgate.sources.config.types import TYPES
from narrowgate.sources.snapshot import Response
from narrowgate.sources.snapshot.decode import convert
from narrowgate.sources.snapshot.operation import Operation
from narrowgate.sources.snapshot.operations import OPERATIONS


class _Asked(NamedTuple):
    account: str
    region: str
    operation: str
    parent: str | None
    source: str


_Answers = dict[_Asked, list[Any]]
_Calls = set[tuple[str, str, str]]
_WITHIN = {each.within[0]: each.within for each in TYPES.values() if each.within}


def responses_of(items: Iterable[Item], recorded: Mapping[Scope, set[str]]) -> Iterator[Response]:
    """Every call that items answer, wholly or in part.

    Args:
        items: one a resource.
        recorded: the types whose items are all there, by account and Region.

    Raises:
        InputError: an item's configuration is not of its type's shape.
    """
    answers: _Answers = {}
    partial: _Calls = set()
    for item in items:
        kind = TYPES.get(item.resource_type)
        if kind is None:
            continue
        if not item.configuration:
            partial |= {(item.account_id, item.aws_region, name) for name in kind.calls}
            continue
        for part in kind.parts(item):
            asked = _Asked(item.account_id, item.aws_region, part.operation, part.parent, item.source)
            answers.setdefault(asked, []).extend(_facts(item, OPERATIONS[part.operation], part.elements))
    whole = _whole(recorded) - partial
    _add_empty(answers, whole)
    for asked, facts in answers.items():
        operation = OPERATIONS[asked.operation]
        # What stands inside its parent's item is all that the parent has.
        is_inside = asked.parent is not None and asked.operation not in _WITHIN
        yield Response(
            account=asked.account,
            region="global" if asked.operation.startswith("route53.") else asked.region,
            operation=asked.operation,
            body={str(operation.key): facts},
            parameters={str(operation.parent): asked.parent} if asked.parent is not None else None,
            source=asked.source,
            is_whole=is_inside or asked[:3] in whole,
        )


def _facts(item: Item, operation: Operation, elements: tuple[Any, ...]) -> list[Any]:
    """The facts of an item, read here so that an error names the item and not its place among the others."""
    kind = list[operation.fact]  # type: ignore[name-defined]
    facts: list[Any] = convert(list(elements), kind, where=item.where, pointer=".configuration")
    return facts


def _whole(recorded: Mapping[Scope, set[str]]) -> _Calls:
    """The calls of which everything is there."""
    return {
        (account, region, operation)
        for (account, region), types in recorded.items()
        for name in types & TYPES.keys()
        for operation in TYPES[name].whole_calls
    }


def _add_empty(answers: _Answers, whole: _Calls) -> None:
    """The answers without elements: of recorded types without an item, and of parents without a part."""
    known = {asked[:3] for asked in answers}
    for account, region, operation in sorted(whole - known):
        if operation not in _WITHIN:
            answers[_Asked(account, region, operation, None, f"{account}/{region}")] = []
    answered = {asked[:4] for asked in answers}
    for operation, listing, field in _WITHIN.values():
        for asked, facts in list(answers.items()):
            if asked.operation != listing or (asked.account, asked.region, operation) not in whole:
                continue
            for fact in facts:
                own = asked._replace(operation=operation, parent=getattr(fact, field))
                if own[:4] not in answered:
                    answers[own] = []
