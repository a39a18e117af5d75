"""`narrowgate explain`."""

import textwrap
from collections import Counter

import click

from narrowgate.audit.registry import find_rule
from narrowgate.audit.rule import Rule
from narrowgate.model.errors import UnknownNameError
from narrowgate.model.reason import Reason
from narrowgate.report.json import to_json
from narrowgate.rulebook import explain, load_rules, render_rule, search_rules
from narrowgate.rulebook.rule import STATUS_WORDS

_AT_MOST = 5


@click.command(name="explain")
@click.argument("what", nargs=-1)
@click.option("--list", "as_list", is_flag=True, help="One line a rule: all rules, or those that the words find.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(what: tuple[str, ...], *, as_list: bool, output_format: str) -> None:
    r"""Explain a rule, an audit rule, a family of rules, a reason code, or whatever the words find.

    \b
    Examples:
      narrowgate explain RSLV-04
      narrowgate explain EPT003
      narrowgate explain ENI_SG_RULES_MISMATCH
      narrowgate explain source vpc of the endpoint
      narrowgate explain --list peering
    """
    text = " ".join(what)
    if as_list or not text:
        rules = search_rules(text) if text else load_rules()
        if output_format == "json":
            click.echo(to_json(rules))
            return
        for rule in rules:
            click.echo(f"{rule.id:<14} {rule.title}")
        if not text:
            counts = Counter(STATUS_WORDS[rule.status] for rule in rules)
            numbers = ", ".join(f"{counts[words]} {words}" for words in STATUS_WORDS.values())
            click.echo(f"\n{len(rules)} rules: {numbers}.", err=True)
            click.echo("narrowgate explain RULE prints one; --list WORDS finds some.", err=True)
        return
    code = text.upper().replace(" ", "_")
    if code in Reason.__members__:
        reason = Reason[code]
        if output_format == "json":
            click.echo(to_json({"reason": reason, "meaning": reason.meaning}))
            return
        click.echo(f"{reason}\n  {reason.meaning}")
        return
    audit_rule = find_rule(text)
    if audit_rule is not None:
        click.echo(_audit_text(audit_rule))
        return
    found = explain(text)
    if not found:
        known = [rule.id for rule in load_rules()] + [reason.value for reason in Reason]
        raise UnknownNameError("rule, reason or word", text, known)
    if output_format == "json":
        click.echo(to_json(found))
        return
    click.echo("\n\n".join(render_rule(rule) for rule in found[:_AT_MOST]))
    if len(found) > _AT_MOST:
        click.echo("\nAlso: " + ", ".join(rule.id for rule in found[_AT_MOST:]))


def _audit_text(rule: Rule) -> str:
    lines = (
        f"{rule.id} {rule.name}   severity {rule.severity}, confidence {rule.confidence}",
        f"  {rule.what}",
        f"  Why   {rule.why}",
        f"  Fix   {rule.remediation}",
        *((f"  Mind  {rule.limits}",) if rule.limits else ()),
        f"  Rules {', '.join(rule.rules)}",
    )
    return "\n".join("\n".join(textwrap.wrap(each, 110, subsequent_indent=" " * 8)) for each in lines)
