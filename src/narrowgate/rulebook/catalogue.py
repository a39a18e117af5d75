"""The rule book that ships with the package: read once, then found by id, family or words.

Ids compare without case. `COST-01` and `IAC-01` exist in several books: their canonical ids carry the book
(`dns:COST-01`), and the bare id finds all of them. The book may be put before any other id as well, and the
leading zero of the number left out.
"""

import re
from functools import cache
from importlib.resources import files

from narrowgate.model.errors import InputError, UnknownNameError
from narrowgate.rulebook.read import RuleBook, read_rule_book
from narrowgate.rulebook.rule import Belief, BookTitle, Rule

_ID_SHAPED = re.compile(r"[A-Z][A-Z0-9-]*-[0-9]+")

# A word in the id or title says what a rule is about, one in its example only that it occurs there.
_WEIGHTS = {"id": 12, "title": 8, "statement": 3, "consequence": 2, "example": 1}


@cache
def _shipped() -> RuleBook:
    return read_rule_book(files("narrowgate.rulebook") / "data")


def load_rules() -> tuple[Rule, ...]:
    """Return every rule in reading order; the data files are read at the first call."""
    return tuple(_by_id().values())


def books() -> tuple[BookTitle, ...]:
    """Return the three books with their families and rules."""
    return _shipped().books


def cast() -> str:
    """Return the paragraph that introduces the names used in worked examples."""
    return _shipped().cast


def beliefs() -> tuple[Belief, ...]:
    """Return the ledger of common beliefs, book by book."""
    return _shipped().beliefs


def find_rules(identifier: str) -> tuple[Rule, ...]:
    """Return the rules of this id: one, or one of each book for a bare id that several books use.

    Raises:
        UnknownNameError: no rule has this id; suggests the nearest one.
    """
    wanted = _canonical(identifier)
    found = tuple(rule for rule in load_rules() if wanted in _names(rule))
    if not found:
        known = [name for rule in load_rules() for name in (rule.id, rule.bare_id)]
        raise UnknownNameError("rule", wanted, known)
    return found


def find_rule(identifier: str) -> Rule:
    """Return the one rule of this id.

    Raises:
        UnknownNameError: no rule has this id; suggests the nearest one.
        InputError: the bare id stands in several books; lists their qualified ids.
    """
    found = find_rules(identifier)
    if len(found) > 1:
        choices = ", ".join(f"`{rule.id}`" for rule in found)
        raise InputError(f"`{identifier}` stands in several books", help=f"say one of {choices}")
    return found[0]


def search_rules(words: str) -> list[Rule]:
    """Return the rules that contain most of the words, best first; none for text without words.

    A word matches where it begins a word of the rule: `forward` finds `forwarding`. Rules are ranked by the
    place of their hits, the title before the statement before the rest, and then by reading order.
    """
    patterns = [re.compile(rf"(?<![a-z0-9]){re.escape(word)}") for word in dict.fromkeys(words.casefold().split())]
    ranked: list[tuple[int, int, Rule]] = []
    for rule in load_rules():
        weights = [weight for pattern in patterns if (weight := _weight(rule, pattern))]
        if weights:
            ranked.append((len(weights), sum(weights), rule))
    most = max((count for count, _, _ in ranked), default=0)
    best = [entry for entry in ranked if entry[0] == most]
    best.sort(key=lambda entry: -entry[1])
    return [rule for _, _, rule in best]


def explain(text: str) -> list[Rule]:
    """Return the rules that `text` asks for: by id, by family (`RSLV`, `dns:COST`), or by words.

    Words that no rule contains give an empty list.

    Raises:
        UnknownNameError: `text` has the shape of an id, and no rule has it.
        InputError: `text` is empty.
    """
    if not text.strip():
        raise InputError("nothing to explain", help="give a rule id, a family of rules, or words")
    wanted = _canonical(text)
    family = [rule for rule in load_rules() if wanted in (rule.family, f"{rule.book}:{rule.family}")]
    if family:
        return family
    if _ID_SHAPED.fullmatch(wanted.rpartition(":")[2]):
        return list(find_rules(text))
    return search_rules(text)


@cache
def _by_id() -> dict[str, Rule]:
    return {rule.id: rule for rule in _shipped().rules()}


def _names(rule: Rule) -> tuple[str, str, str]:
    return rule.id, rule.bare_id, f"{rule.book}:{rule.bare_id}"


def _canonical(identifier: str) -> str:
    """Spell an id or family as the books do: the book in lower case, the rest in upper case, two digits."""
    book, separator, rest = identifier.strip().rpartition(":")
    two_digits = re.sub(r"-([0-9])$", r"-0\1", rest.upper())
    return f"{book.lower()}{separator}{two_digits}"


def _weight(rule: Rule, pattern: re.Pattern[str]) -> int:
    return sum(weight for field, weight in _WEIGHTS.items() if pattern.search(getattr(rule, field).casefold()))
