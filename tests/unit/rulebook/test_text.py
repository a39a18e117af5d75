"""A rule as text for a terminal."""

from narrowgate.rulebook import Rule, Source, load_rules, render_rule

RULE = Rule(
    id="FAM-01",
    book="dns",
    family="FAM",
    title="A rule",
    statement="It is so.",
    consequence="Do so.",
    example="In, out.",
    confidence="medium",
    basis="derived",
    sources=(Source(name="A page", url="https://example.com/a-page"), Source(name="A book")),
    status="not_modelled",
    why="Nobody asks.",
    see=("FAM-02", "FAM-03"),
)
TEXT = """\
FAM-01  A rule
  dns rule, not modelled, confidence medium (derived)

  It is so.

  Therefore
    Do so.

  Example
    In, out.

  Not modelled
    Nobody asks.

  See
    FAM-02, FAM-03

  Sources
    A page
      https://example.com/a-page
    A book
"""


def test_a_rule_is_laid_out_part_by_part():
    assert render_rule(RULE) == TEXT


def test_lines_stay_within_100_columns_save_for_addresses():
    lines = [line for rule in load_rules() for line in render_rule(rule).splitlines()]
    assert [line for line in lines if len(line) > 100 and "https://" not in line] == []
