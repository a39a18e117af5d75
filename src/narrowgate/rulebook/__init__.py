"""The rule book: what AWS does, rule by rule, as data with sources, examples and confidence.

`data/` holds one file for each family of rules, the ledger of common beliefs, and the symptoms with their causes.
Engine and reports cite rules by id only and never load this package: it is read when somebody asks for an
explanation. Start at `rule.py` for what a rule is, at `catalogue.py` for how one is found, `symptoms.py` for
how a symptom leads to its cause.
"""

from narrowgate.rulebook.catalogue import (
    beliefs,
    books,
    cast,
    explain,
    find_rule,
    find_rules,
    load_rules,
    search_rules,
)
from narrowgate.rulebook.rule import Belief, BookTitle, Family, Rule, Source
from narrowgate.rulebook.symptoms import find_symptoms, load_symptoms, looks_pasted, pick_cause, symptom_of
from narrowgate.rulebook.text import render_rule

__all__ = [
    "Belief",
    "BookTitle",
    "Family",
    "Rule",
    "Source",
    "beliefs",
    "books",
    "cast",
    "explain",
    "find_rule",
    "find_rules",
    "find_symptoms",
    "load_rules",
    "load_symptoms",
    "looks_pasted",
    "pick_cause",
    "render_rule",
    "search_rules",
    "symptom_of",
]
