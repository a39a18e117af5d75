"""What a rule, a family of rules and a common belief are; plain values, no I/O."""

from typing import Literal

import msgspec

Book = Literal["dns", "network", "api-gateway"]
Confidence = Literal["high", "medium", "low"]
Basis = Literal["documented", "derived", "field", "own"]
Status = Literal["modelled", "approximated", "not_modelled"]
Truth = Literal["true", "false", "nuanced"]

STATUS_WORDS: dict[Status, str] = {
    "modelled": "modelled",
    "approximated": "approximated",
    "not_modelled": "not modelled",
}


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A document that a rule rests on."""

    name: str
    """What the document is called, in words."""
    url: str = ""
    """Its page address; empty where it has none (an API model, own knowledge)."""

    def __str__(self) -> str:
        return f"{self.name} <{self.url}>" if self.url else self.name


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One statement about how AWS behaves, and what follows from it."""

    id: str
    """Canonical id: `RSLV-04`; qualified by its book where several books number alike: `dns:COST-01`."""
    book: Book
    family: str
    """The id without its number and book: `RSLV`, `COST`."""
    title: str
    statement: str
    """What AWS does."""
    consequence: str
    """What an evaluator or an operator has to conclude."""
    example: str
    """Input and outcome in the cast of names that `books()` introduces."""
    confidence: Confidence
    basis: Basis
    """`documented` by AWS, `derived` from documented behaviour, seen in the `field`, or `own` knowledge."""
    sources: tuple[Source, ...]
    status: Status
    why: str = ""
    """Why the rule is approximated or not modelled; empty for a modelled one."""
    see: tuple[str, ...] = ()
    """Canonical ids of related rules."""

    @property
    def bare_id(self) -> str:
        """The id as its book writes it, without the book: `COST-01` of `dns:COST-01`."""
        return self.id.rpartition(":")[2]


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """Rules of one book that share the first part of their id."""

    name: str
    book: Book
    title: str
    intro: str
    rules: tuple[Rule, ...]


class BookTitle(msgspec.Struct, frozen=True, kw_only=True):
    """One of the three books, with its families in reading order."""

    id: Book
    title: str
    intro: str
    families: tuple[Family, ...]


class Belief(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that is often heard, judged by the rules."""

    id: str
    """`dns:belief-07`: the book and a running number."""
    book: Book
    claim: str
    verdict: Truth
    truth: str
    """What holds instead, or under which condition the claim holds."""
    rules: tuple[str, ...]
    """Canonical ids of the rules that decide."""
