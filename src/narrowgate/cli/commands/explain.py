"""`narrowgate explain`."""

import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from narrowgate import api
from narrowgate.audit.registry import find_rule
from narrowgate.audit.rule import Rule as AuditRule
from narrowgate.cli.exit_codes import exit_code
from narrowgate.cli.output import terminal_style
from narrowgate.cli.paths import SourcePath
from narrowgate.model.errors import InputError, UnknownNameError
from narrowgate.model.explanation import CallExplanation, ExplainAnswer, Symptom
from narrowgate.model.reason import Reason
from narrowgate.model.trace import TraceAnswer
from narrowgate.report.explain import render_explanation
from narrowgate.report.json import to_json
from narrowgate.report.trace import caller_sees
from narrowgate.rulebook import (
    explain,
    find_symptoms,
    load_rules,
    load_symptoms,
    looks_pasted,
    pick_cause,
    render_rule,
    search_rules,
    symptom_of,
)
from narrowgate.rulebook.rule import STATUS_WORDS, Rule

_AT_MOST = 5
_LONGEST = 80


@click.command(name="explain")
@click.argument("what", nargs=-1)
@click.option("--list", "as_list", is_flag=True, help="One line a rule: all rules, or those that the words find.")
@click.option("--source", type=SourcePath(), metavar="SOURCE", help="Trace URL there: which cause?")
@click.option("--from", "client", metavar="CLIENT", help="With --source: who calls.")
@click.option("--method", default="GET", show_default=True, metavar="M", help="With --source: the HTTP method.")
@click.option("--header", "headers", multiple=True, metavar="'K: V'", help="With --source: a request header.")
@click.option(
    "--as", "principal", default="anonymous", metavar="anonymous|ARN", help="With --source: who signs the call."
)
@click.option(
    "--assume-complete", is_flag=True, help="With --source: what it does not tell is empty, not unknown."
)
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    what: tuple[str, ...],
    *,
    as_list: bool,
    source: Path | None,
    client: str | None,
    method: str,
    headers: tuple[str, ...],
    principal: str,
    assume_complete: bool,
    output_format: str,
) -> None:
    r"""Explain a rule, an audit rule, a family of rules, a reason code, a symptom, or whatever the words find.

    A symptom is what a caller sees: `403`, `timeout`, `nxdomain`, `servfail`, or the message of a tool. With
    --source and --from, URL is traced there and the cause is picked; the exit code is the trace's.

    \b
    Examples:
      narrowgate explain RSLV-04
      narrowgate explain EPT003
      narrowgate explain ENI_SG_RULES_MISMATCH
      narrowgate explain source vpc of the endpoint
      narrowgate explain --list peering
      narrowgate explain 403
      narrowgate explain "User: anonymous is not authorized to perform: execute-api:Invoke on resource: ..."
      narrowgate explain 403 --source ./snapshot --from web-1 \
        https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/orders
    """
    if source is not None or client is not None:
        if source is None or client is None or not what or "://" not in what[-1]:
            raise click.UsageError("a cause is picked with --source, --from and a URL as last argument")
        snapshot = api.load(source, assume_complete=assume_complete)
        traced = api.trace(snapshot, client, what[-1], method=method, headers=headers, principal=principal)
        _cause(" ".join(what[:-1]), traced, output_format)
    text = " ".join(what)
    if as_list or not text:
        _list(text, output_format)
    elif text.upper().replace(" ", "_") in Reason.__members__:
        _reason(Reason[text.upper().replace(" ", "_")], output_format)
    elif (audit_rule := find_rule(text)) is not None:
        click.echo(_audit_text(audit_rule))
    elif symptoms := find_symptoms(text):
        _print(ExplainAnswer(asked=text, symptoms=symptoms), output_format)
    else:
        _rules(text, output_format)


def _list(text: str, output_format: str) -> None:
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


def _reason(reason: Reason, output_format: str) -> None:
    if output_format == "json":
        click.echo(to_json({"reason": reason, "meaning": reason.meaning}))
        return
    click.echo(f"{reason}\n  {reason.meaning}")


def _rules(text: str, output_format: str) -> None:
    is_pasted = looks_pasted(text) and not text.replace(":", "").replace("-", "").isalnum()
    found = search_rules(text) if is_pasted else explain(text)
    if is_pasted and output_format == "text":
        _unknown_message(text, found)
    if not found:
        known = [rule.id for rule in load_rules()] + [reason.value for reason in Reason]
        known += [name for symptom in load_symptoms() for name in (symptom.id, *symptom.names)]
        raise UnknownNameError(
            "rule, reason, symptom or word", text, known, otherwise="`narrowgate explain --list WORDS` finds rules"
        )
    if output_format == "json":
        click.echo(to_json(found))
        return
    click.echo("\n\n".join(render_rule(rule) for rule in found[:_AT_MOST]))
    if len(found) > _AT_MOST:
        click.echo("\nAlso: " + ", ".join(rule.id for rule in found[_AT_MOST:]))


def _unknown_message(text: str, near: Sequence[Rule]) -> NoReturn:
    """What a message that nobody knows here is: said so, with a way to the cause that needs no message."""
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    ways = "name what it comes to: timeout, nxdomain, servfail, refused, reset, certificate, 401, 403, 404, 5xx"
    ask = "or have the call traced: narrowgate explain --source SOURCE --from CLIENT URL"
    words = ", ".join(f"{each.id} ({each.title})" for each in near[:_AT_MOST])
    nearest = f". Rules that share words with it: {words}" if words else ""
    raise InputError(f"`{shown}` is no message that narrowgate knows", help=f"{ways}; {ask}{nearest}")


def _cause(asked: str, traced: TraceAnswer, output_format: str) -> NoReturn:
    symptoms = find_symptoms(asked) if asked else ()
    if asked and not symptoms and not looks_pasted(asked):
        raise InputError(f"`{asked}` is no symptom", help="such as 403, timeout, nxdomain, or a tool's message")
    shown = symptom_of(traced, symptoms)
    call = CallExplanation(
        client=traced.client,
        url=traced.url,
        verdict=traced.verdict,
        sees=caller_sees(traced),
        symptom=shown.id if shown is not None else None,
        is_asked=not symptoms or shown in symptoms,
        picked=pick_cause(shown, traced) if shown is not None else None,
        decided_by=traced.decided_by,
        unknowns=traced.unknowns,
    )
    told: tuple[Symptom, ...] = (shown,) if shown is not None else symptoms
    _print(ExplainAnswer(asked=asked, symptoms=told, call=call), output_format)
    raise click.exceptions.Exit(int(exit_code(traced.verdict)))


def _print(answer: ExplainAnswer, output_format: str) -> None:
    text = to_json(answer) if output_format == "json" else render_explanation(answer, terminal_style())
    click.echo(text, color=True)


def _audit_text(rule: AuditRule) -> str:
    lines = (
        f"{rule.id} {rule.name}   severity {rule.severity}, confidence {rule.confidence}",
        f"  {rule.what}",
        f"  Why   {rule.why}",
        f"  Fix   {rule.remediation}",
        *((f"  Mind  {rule.limits}",) if rule.limits else ()),
        f"  Rules {', '.join(rule.rules)}",
    )
    return "\n".join("\n".join(textwrap.wrap(each, 110, subsequent_indent=" " * 8)) for each in lines)
