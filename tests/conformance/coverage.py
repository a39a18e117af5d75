"""How far the cases cover the rule book: `python -m tests.conformance.coverage` prints it, rule by rule."""

from collections.abc import Iterable
from typing import NamedTuple

from tests.conformance.cases import Case, read_cases

from narrowgate.rulebook import Rule, load_rules
from narrowgate.rulebook.rule import STATUS_WORDS


class Coverage(NamedTuple):
    """One rule and its cases: those that show it at work, and their nearest others."""

    rule: Rule
    holding: int
    nearest: int

    @property
    def missing(self) -> str:
        """What is still missing, in words; empty where nothing is."""
        if self.rule.status == "not_modelled":
            return "" if self.rule.why else "a reason why it is not modelled"
        if self.rule.family == "COST":
            return ""  # a price decides no call, so no question shows it: the tests under tests/unit/cost do
        wanted = {"a case that holds": self.holding, "its nearest case that does not": self.nearest}
        return " and ".join(what for what, count in wanted.items() if not count)


def coverage_of(rules: Iterable[Rule], cases: Iterable[Case]) -> list[Coverage]:
    """The coverage of every rule, in the rules' order."""
    counts: dict[tuple[str, bool], int] = {}
    for case in cases:
        for name in case.rules:
            counts[name, case.holds] = counts.get((name, case.holds), 0) + 1
    return [Coverage(rule, counts.get((rule.id, True), 0), counts.get((rule.id, False), 0)) for rule in rules]


def summary(covered: Iterable[Coverage]) -> list[str]:
    """A line a book: rules by status, and how many cases hold the modelled and approximated ones."""
    books: dict[str, list[Coverage]] = {}
    for each in covered:
        books.setdefault(each.rule.book, []).append(each)
    lines = []
    for book, entries in books.items():
        by_status = ", ".join(
            f"{sum(each.rule.status == status for each in entries)} {words}"
            for status, words in STATUS_WORDS.items()
        )
        holding, nearest = (sum(getattr(each, kind) for each in entries) for kind in ("holding", "nearest"))
        lines.append(
            f"{book}: {len(entries)} rules: {by_status}; {holding} cases hold, {nearest} are their nearest"
        )
    return lines


if __name__ == "__main__":
    everything = coverage_of(load_rules(), read_cases())
    for line in everything:
        print(f"{line.rule.id:<14} {line.rule.status:<13} {line.holding:>4} {line.nearest:>4}  {line.missing}")
    print("", *summary(everything), sep="\n")
