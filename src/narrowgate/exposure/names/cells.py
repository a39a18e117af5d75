"""Names cut into cells by points: each point alone, and all that lies below it and below no further point."""

from collections.abc import Callable, Iterable, Set
from typing import NamedTuple

from narrowgate.engine.dns.outcome import PUBLIC, Outcome
from narrowgate.model.answer import Missing, Rcode, Verdict
from narrowgate.model.domain import label_count, parents
from narrowgate.model.exposure import OPEN, PARTIAL, UNKNOWN, Because

WITNESS = "any-other-name"
"""A label that no list, record or form of name knows: what is below a point is asked by it."""

Oracle = Callable[[str, str], Outcome]
"""Answers a name and a record type."""

Held = Callable[[str], Set[str] | None]
"""The record types that a name may have at all, where that is known without asking; `CNAME` stands for any."""


def not_known(name: str) -> None:
    """Of no name it is known."""
    del name


_TYPES = ("A", "AAAA")


class Cell(NamedTuple):
    """A point, or what is below it."""

    point: str
    is_below: bool

    @property
    def witness(self) -> str:
        """A name of the cell."""
        if not self.is_below:
            return self.point
        return f"{WITNESS}.{self.point}" if self.point else WITNESS

    def __str__(self) -> str:
        if not self.is_below:
            return self.point or "."
        return f"*.{self.point}" if self.point else "*"


class Answered(NamedTuple):
    """What a cell's names get, where it is private or may be."""

    cell: Cell
    state: str
    types: tuple[str, ...]
    target: str | None
    addresses: tuple[str, ...]
    answered_by: str | None
    because: tuple[Because, ...]
    unknowns: tuple[Missing, ...]
    but_not: tuple[str, ...] = ()

    @property
    def content(self) -> tuple[object, ...]:
        """What two cells must have in common to be one entry."""
        return (self.state, self.types, self.target, self.addresses, self.answered_by, self.unknowns)


def private_cells(
    points: Iterable[str], ask: Oracle, more_types: Callable[[str], Iterable[str]], held: Held = not_known
) -> list[Answered]:
    """Every cell that is answered privately, or of which nobody can tell; equal neighbours merged.

    Args:
        points: where answers can change.
        ask: the resolver or server that is asked.
        more_types: record types, beside addresses, that a name may hold.
        held: the types of a name, where they are known without asking.
    """
    ordered = sorted(set(points), key=lambda name: (label_count(name), name))
    known = frozenset(ordered)
    patterns: dict[str, _Pattern | None] = {}
    found: list[Answered] = []
    exceptions: dict[str, list[str]] = {}
    for point in ordered:
        nearest = next((parent for parent in parents(point)[1:] if parent in known), None)
        above = patterns.get(nearest) if nearest is not None else None
        for cell in (Cell(point, False), Cell(point, True)):
            answered = _ask(cell, ask, more_types, held)
            is_merged = answered is not None and above is not None and above.content == answered.content
            if answered is not None and not is_merged:
                found.append(answered)
            elif answered is None and above is not None:
                for owner in _owners(point, patterns):
                    exceptions.setdefault(owner, []).append(str(cell))
            if cell.is_below:
                owner = above.owner if above is not None and is_merged else point
                patterns[point] = None if answered is None else _Pattern(answered.content, owner)
    return [
        each._replace(but_not=tuple(exceptions.get(each.cell.point, ()))) if each.cell.is_below else each
        for each in found
    ]


class _Pattern(NamedTuple):
    """What all names below a point get, and the point whose entry says so."""

    content: tuple[object, ...]
    owner: str


def _owners(point: str, patterns: dict[str, _Pattern | None]) -> list[str]:
    """The points of all patterns that a point lies below, up to the first domain that answers otherwise."""
    found: list[str] = []
    for parent in parents(point)[1:]:
        if parent not in patterns:
            continue
        pattern = patterns[parent]
        if pattern is None:
            break
        found.append(pattern.owner)
    return list(dict.fromkeys(found))


def _ask(cell: Cell, ask: Oracle, more_types: Callable[[str], Iterable[str]], held: Held) -> Answered | None:
    """Ask for addresses; where a name has neither kind, for what else it may hold."""
    name = cell.witness
    types_held = held(name)
    kinds = dict.fromkeys((*_TYPES, *more_types(cell.point)))
    if types_held is not None and "CNAME" not in types_held:
        kinds = {kind: None for kind in kinds if kind in types_held}
    best: Answered | None = None
    types: list[str] = []
    for kind in kinds:
        outcome = ask(name, kind)
        answered = judge(cell, kind, outcome)
        if answered is not None:
            types.append(kind)
            best = best if best is not None and _rank(best) >= _rank(answered) else answered
        elif outcome.rcode is Rcode.NXDOMAIN and outcome.verdict is Verdict.DENIED:
            break
    return best._replace(types=tuple(types)) if best is not None else None


def _rank(answered: Answered) -> int:
    return (UNKNOWN, PARTIAL, OPEN).index(answered.state)


def judge(cell: Cell, kind: str, outcome: Outcome) -> Answered | None:
    """An outcome as a private answer; None where it is public, negative or taken away for certain."""
    del kind
    if outcome.blocked is not None and not outcome.addresses:
        return None
    if outcome.verdict in (Verdict.DENIED, Verdict.INVALID):
        return None
    if outcome.verdict in (Verdict.ALLOWED, Verdict.PARTIAL) and outcome.target == PUBLIC:
        return None
    state = {Verdict.ALLOWED: OPEN, Verdict.UNKNOWN: UNKNOWN}.get(outcome.verdict, PARTIAL)
    unknowns = outcome.unknowns
    if state == UNKNOWN:
        unknowns = tuple(fact for fact in unknowns if fact.fact != "public DNS")
        if not unknowns and outcome.unknowns:
            # Only the world outside could tell: nothing of the estate is in question.
            return None
        unknowns = tuple(_general(fact, cell) for fact in unknowns)
    return Answered(
        cell,
        state,
        (),
        outcome.target if outcome.target != cell.witness else str(cell),
        outcome.addresses,
        outcome.answered_by,
        because(outcome),
        tuple(dict.fromkeys(unknowns)),
    )


def _general(fact: Missing, cell: Cell) -> Missing:
    """A missing fact about the witness, said of the cell."""
    if fact.resource == cell.witness and cell.is_below:
        return Missing(fact=fact.fact, resource=str(cell), why=fact.why.replace(cell.witness, str(cell)))
    return fact


def because(outcome: Outcome) -> tuple[Because, ...]:
    """The steps of an outcome as a chain of reasons: who was chosen, what it said."""
    return tuple(
        Because(text=step.text.replace(f"{WITNESS}.", "*."), rule=step.rule, resource=step.component)
        for step in outcome.steps
        if step.layer == "dns" and step.verdict in (Verdict.ALLOWED, Verdict.UNKNOWN, Verdict.PARTIAL)
    )
