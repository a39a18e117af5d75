"""`narrowgate demo`."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

import click

from narrowgate import api
from narrowgate.cli.exit_codes import ExitCode
from narrowgate.cli.output import terminal_style
from narrowgate.guide.broken import VARIATIONS, Case
from narrowgate.guide.estate import CLIENT, build_guide
from narrowgate.guide.folder import snapshot_of, write_snapshot
from narrowgate.model.answer import ReachAnswer, Verdict
from narrowgate.model.trace import TraceAnswer
from narrowgate.report.json import to_json
from narrowgate.report.reach import render_reach
from narrowgate.report.style import Style
from narrowgate.report.trace import caller_sees, render_trace

_RECORDED = (
    ("vpc-peering", "i-0b14080af811fda3d", "10.10.10.157", "two instances of peered VPCs, SSH"),
    ("vpc-endpoint-interface", "i-0eb6eb395a0d09117", "vpce-083c683a6be29b889", "an instance and an endpoint"),
)
_PORTS = {"vpc-peering": 22, "vpc-endpoint-interface": 443}


@click.command(name="demo")
@click.option(
    "--write",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Also write the guide's snapshot to DIR, to ask it questions of your own.",
)
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, folder: Path | None, output_format: str) -> None:
    """Show the whole job on built-in estates: one that works, the same broken in many ways, and two recorded ones.

    A requester VPC calls a private API in another VPC through peering, Resolver endpoints and an execute-api
    endpoint. The demo ends with status 0 when every answer is the one that the rule book gives, else 1.
    """
    style = terminal_style()
    guide = build_guide()
    working = api.trace(snapshot_of(guide.estate), CLIENT, guide.url)
    plain = build_guide(resolver=False)
    alias = api.trace(snapshot_of(plain.estate), CLIENT, plain.alias_url)
    broken = [(each.id, each.changed, each.make()) for each in VARIATIONS.values()]
    answers = [(name, changed, case, _ask(case)) for name, changed, case in broken]
    recorded = [(name, text, _reach(name, client, target)) for name, client, target, text in _RECORDED]
    wrong = [name for name, _, case, answer in answers if not _is_expected(case, answer)]
    if output_format == "json":
        click.echo(to_json(_as_json(working, alias, answers, recorded)))
    else:
        _print_story(style, working, alias, answers, recorded)
    if folder is not None:
        _write(folder)
    if wrong:
        click.echo(f"answers that differ from the rule book's: {', '.join(wrong)}", err=True)
    raise click.exceptions.Exit(int(ExitCode.DOES_NOT_HOLD if wrong else ExitCode.HOLDS))


def _ask(case: Case) -> TraceAnswer:
    return api.trace(
        snapshot_of(case.guide.estate), case.client, case.url, method=case.method, headers=case.headers
    )


def _is_expected(case: Case, answer: TraceAnswer) -> bool:
    wanted = case.expected
    decided = answer.decided_by
    return (
        answer.verdict is wanted.verdict
        and (wanted.symptom is None or answer.symptom is wanted.symptom)
        and (wanted.reason is None or (decided is not None and decided.reason is wanted.reason))
    )


def _reach(name: str, client: str, target: str) -> ReachAnswer:
    with resources.as_file(resources.files("narrowgate.guide") / "recorded" / name) as root:
        snapshot = api.load(root)
    return api.reach(snapshot, client, target, api.Flow(port=_PORTS[name]))


def _print_story(
    style: Style,
    working: TraceAnswer,
    alias: TraceAnswer,
    answers: list[tuple[str, str, Case, TraceAnswer]],
    recorded: list[tuple[str, str, ReachAnswer]],
) -> None:
    click.echo(
        style.strong("1. The guide's design, done right: peering, Resolver endpoints, one rule, one endpoint")
    )
    click.echo()
    click.echo(render_trace(working, style))
    click.echo()
    click.echo(
        style.strong("2. The same call by the API's alias name, in an estate without any Resolver endpoint")
    )
    click.echo()
    click.echo(render_trace(alias, style))
    click.echo()
    click.echo(style.strong(f"3. The design with one thing changed at a time ({len(answers)} ways)"))
    for name, changed, _, answer in answers:
        click.echo()
        click.echo(f"{style.mark(answer.verdict)} {style.strong(name)}")
        click.echo(f"    {changed}")
        click.echo(f"    {style.verdict(answer.verdict)}, the caller sees {caller_sees(answer)}")
        click.echo(f"    {_why(answer)}")
    click.echo()
    click.echo(style.strong("4. Recorded from AWS"))
    for name, text, reached in recorded:
        click.echo()
        click.echo(f"{name}: {text}")
        click.echo(render_reach(reached, style))
    click.echo()
    click.echo("Next: narrowgate demo --write ./guide, then narrowgate trace ./guide --from requester-host URL;")
    click.echo("      narrowgate explain KEY-01; docs/snapshot.md says how to make a snapshot of your own estate.")


def _why(answer: TraceAnswer) -> str:
    decided = answer.decided_by
    if decided is not None:
        rule = f" [{decided.rule}]" if decided.rule else ""
        return f"{decided.reason} at {decided.resource}: {decided.text}{rule}"
    if answer.verdict is Verdict.UNKNOWN:
        return "; ".join(f"{each.fact} of {each.resource}: {each.why}" for each in answer.unknowns[:2])
    return "; ".join(answer.warnings[:1]) or "nothing stands against it"


def _as_json(
    working: TraceAnswer,
    alias: TraceAnswer,
    answers: list[tuple[str, str, Case, TraceAnswer]],
    recorded: list[tuple[str, str, ReachAnswer]],
) -> dict[str, Any]:
    return {
        "schema": "narrowgate.demo/1",
        "working": working,
        "alias": alias,
        "broken": [{"id": name, "changed": changed, "answer": answer} for name, changed, _, answer in answers],
        "recorded": [{"id": name, "answer": answer} for name, _, answer in recorded],
    }


def _write(folder: Path) -> None:
    if folder.exists():
        raise click.UsageError(f"{folder} exists already")
    guide = build_guide()
    write_snapshot(guide.estate, folder)
    question = {"id": 1, "ask": "trace", "from": CLIENT, "url": guide.url}
    click.echo(f"wrote {folder}; try: narrowgate trace {folder} --from {CLIENT} {guide.url}", err=True)
    click.echo(f"or: echo '{json.dumps(question)}' | narrowgate ask {folder} --questions -", err=True)
