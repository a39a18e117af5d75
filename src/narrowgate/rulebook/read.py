"""Read the rule book's data files; whatever is wrong in one is told with its file and rule id.

`data/books.toml` lists the family files of each book in reading order, `data/sources.toml` the documents that
rules name by a short key, `data/ledger/*.toml` the common beliefs. A data file is part of the product: it is
refused as a whole rather than read in part.
"""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.rulebook.rule import (
    Basis,
    Belief,
    Book,
    BookTitle,
    Confidence,
    Family,
    Rule,
    Source,
    Status,
    Truth,
)

T = TypeVar("T")


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything in a data file: an unknown field is a typing error, never ignored."""


class _RuleEntry(_Entry, frozen=True, kw_only=True):
    id: str
    title: str
    statement: str
    consequence: str
    example: str
    confidence: Confidence
    basis: Basis
    sources: list[str]
    status: Status
    why: str = ""
    see: list[str] = []


class _FamilyFile(_Entry, frozen=True, kw_only=True):
    family: str
    book: Book
    title: str
    intro: str
    rule: list[dict[str, Any]]


class _BookEntry(_Entry, frozen=True, kw_only=True):
    id: Book
    title: str
    intro: str
    families: list[str]
    beliefs: str


class _BooksFile(_Entry, frozen=True, kw_only=True):
    cast: str
    book: list[_BookEntry]


class _BeliefEntry(_Entry, frozen=True, kw_only=True):
    id: str
    claim: str
    verdict: Truth
    truth: str
    rules: list[str]


class _LedgerFile(_Entry, frozen=True, kw_only=True):
    book: Book
    belief: list[dict[str, Any]]


class RuleBook(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in the data files."""

    cast: str
    """The names that every worked example uses."""
    books: tuple[BookTitle, ...]
    beliefs: tuple[Belief, ...]

    def rules(self) -> Iterator[Rule]:
        """Yield every rule in reading order."""
        for book in self.books:
            for family in book.families:
                yield from family.rules


def read_rule_book(root: Traversable) -> RuleBook:
    """Read the rule book below `root`, which holds `books.toml`.

    Raises:
        InputError: a file is missing, is no TOML, lacks a field or has one too many; `where` names file and id.
    """
    sources = _read_sources(root)
    listed = _convert(_toml(root, "books.toml"), _BooksFile, "books.toml")
    books = []
    beliefs: list[Belief] = []
    seen: dict[str, str] = {}
    for entry in listed.book:
        families = tuple(_read_family(root, name, entry.id, sources) for name in entry.families)
        for family, name in zip(families, entry.families, strict=True):
            _refuse_duplicates((rule.id for rule in family.rules), seen, name)
        books.append(
            BookTitle(id=entry.id, title=entry.title, intro=_one_paragraph(entry.intro), families=families)
        )
        beliefs += _read_beliefs(root, entry)
        _refuse_duplicates((belief.id for belief in beliefs if belief.book == entry.id), seen, entry.beliefs)
    return RuleBook(cast=_one_paragraph(listed.cast), books=tuple(books), beliefs=tuple(beliefs))


def _read_family(root: Traversable, name: str, book: Book, sources: Mapping[str, Source]) -> Family:
    content = _convert(_toml(root, name), _FamilyFile, name)
    if content.book != book:
        raise InputError(f"book is `{content.book}`, but the file is listed under `{book}`", where=name)
    rules = []
    for number, raw in enumerate(content.rule, start=1):
        where = f"{name}: {raw.get('id', f'rule {number}')}"
        entry = _convert(raw, _RuleEntry, where)
        if entry.id.rpartition(":")[2].rpartition("-")[0] != content.family:
            raise InputError(f"id does not belong to family `{content.family}`", where=where)
        if (entry.status == "modelled") == bool(entry.why.strip()):
            raise InputError("`why` is for rules that are not fully modelled, and only for these", where=where)
        rules.append(_rule(entry, content, sources, where))
    return Family(
        name=content.family,
        book=book,
        title=content.title,
        intro=_one_paragraph(content.intro),
        rules=tuple(rules),
    )


def _rule(entry: _RuleEntry, content: _FamilyFile, sources: Mapping[str, Source], where: str) -> Rule:
    for key in entry.sources:
        if key not in sources:
            raise InputError(f"unknown source `{key}`", where=where, help="add it to sources.toml")
    return Rule(
        id=entry.id,
        book=content.book,
        family=content.family,
        title=entry.title,
        statement=_filled(entry.statement, "statement", where),
        consequence=_filled(entry.consequence, "consequence", where),
        example=_filled(entry.example, "example", where),
        confidence=entry.confidence,
        basis=entry.basis,
        sources=tuple(sources[key] for key in entry.sources),
        status=entry.status,
        why=_one_paragraph(entry.why),
        see=tuple(entry.see),
    )


def _read_beliefs(root: Traversable, book: _BookEntry) -> list[Belief]:
    name = book.beliefs
    content = _convert(_toml(root, name), _LedgerFile, name)
    if content.book != book.id:
        raise InputError(f"book is `{content.book}`, but the file is listed under `{book.id}`", where=name)
    beliefs = []
    for number, raw in enumerate(content.belief, start=1):
        where = f"{name}: {raw.get('id', f'belief {number}')}"
        entry = _convert(raw, _BeliefEntry, where)
        beliefs.append(
            Belief(
                id=entry.id,
                book=book.id,
                claim=_filled(entry.claim, "claim", where),
                verdict=entry.verdict,
                truth=_filled(entry.truth, "truth", where),
                rules=tuple(entry.rules),
            )
        )
    return beliefs


def _read_sources(root: Traversable) -> dict[str, Source]:
    name = "sources.toml"
    return {key: _convert(raw, Source, f"{name}: {key}") for key, raw in _toml(root, name).items()}


def _refuse_duplicates(ids: Iterator[str], seen: dict[str, str], name: str) -> None:
    for identifier in ids:
        if identifier in seen:
            raise InputError(f"`{identifier}` stands in {seen[identifier]} already", where=name)
        seen[identifier] = name


def _toml(root: Traversable, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(root.joinpath(*name.split("/")).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError("rule book file is missing", where=name) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"no TOML: {error}", where=name) from error


def _convert(raw: object, kind: type[T], where: str) -> T:
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise InputError(str(error), where=where) from error


def _filled(text: str, field: str, where: str) -> str:
    paragraph = _one_paragraph(text)
    if not paragraph:
        raise InputError(f"`{field}` is empty", where=where)
    return paragraph


def _one_paragraph(text: str) -> str:
    """Undo the line breaks of the data file; each output wraps to its own width."""
    return " ".join(text.split())
