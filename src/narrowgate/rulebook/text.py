"""A rule as plain text for a terminal."""

import textwrap

from narrowgate.rulebook.rule import STATUS_WORDS, Rule

_WIDTH = 100


def render_rule(rule: Rule) -> str:
    """Return a rule as text of at most 100 columns, save where an address of a page is longer."""
    blocks = [
        f"{rule.id}  {rule.title}",
        _wrapped(
            f"{rule.book} rule, {STATUS_WORDS[rule.status]}, confidence {rule.confidence} ({rule.basis})",
            indent="  ",
        ),
        "",
        _wrapped(rule.statement, indent="  "),
        "",
        _labelled("Therefore", rule.consequence),
        _labelled("Example", rule.example),
    ]
    if rule.why:
        blocks.append(_labelled(STATUS_WORDS[rule.status].capitalize(), rule.why))
    if rule.see:
        blocks.append(_labelled("See", ", ".join(rule.see)))
    blocks.append("  Sources")
    for source in rule.sources:
        blocks.append(_wrapped(source.name, indent="    "))
        if source.url:
            blocks.append(f"      {source.url}")
    return "\n".join(blocks) + "\n"


def _labelled(label: str, text: str) -> str:
    return f"  {label}\n{_wrapped(text, indent='    ')}\n"


def _wrapped(text: str, *, indent: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
