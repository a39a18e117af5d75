"""`narrowgate deploy`."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from narrowgate.api import deploying
from narrowgate.cli.exit_codes import ExitCode, exit_code
from narrowgate.cli.options import format_option
from narrowgate.cli.output import terminal_style
from narrowgate.cli.paths import SourcePath
from narrowgate.model.answer import Verdict
from narrowgate.model.deployment import DeployAnswer
from narrowgate.report.deploy import render_deploy, render_preview
from narrowgate.report.json import to_json


@click.command(name="deploy")
@click.argument("design", type=SourcePath(), metavar="DESIGN")
@click.option(
    "--engine",
    type=click.Choice(["terraform", "cloudformation"]),
    default="terraform",
    show_default=True,
    help="Your own Terraform, or CloudFormation's change sets, which need no program.",
)
@click.option(
    "--target",
    type=click.Choice(["embedded", "aws"]),
    default="embedded",
    show_default=True,
    help="An AWS on this machine, gone afterwards, or your accounts.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Where files, state and snapshot stay."
)
@click.option("--via", metavar="OPTION", help="The way to connect, in place of the design's own.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="The id of something that exists.")
@click.option(
    "--role-arn", "role_arns", multiple=True, metavar="ACCOUNT=ARN", help="The role to take in an account."
)
@click.option(
    "--despite",
    multiple=True,
    metavar="NAME",
    help="What may fail or be undecided: an expectation's sentence, a consumer, a constraint (repeatable).",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, what it opens and costs, and stop.")
@click.option("--destroy", is_flag=True, help="Undo what a deployment into DIR made, whole or interrupted.")
@click.option("--yes", is_flag=True, help="Say yes before the question; without it a person is asked.")
@click.option("--force", is_flag=True, help="Overwrite generated files that somebody has edited.")
@format_option
def command(
    design: Path,
    *,
    engine: str,
    target: str,
    out: Path | None,
    via: str | None,
    variables: tuple[str, ...],
    role_arns: tuple[str, ...],
    despite: tuple[str, ...],
    dry_run: bool,
    destroy: bool,
    yes: bool,
    force: bool,
    output_format: str,
) -> None:
    r"""Verify a design, deploy it, collect what is there, and verify that.

    Refused when a promise of the design fails or is undecided, unless named with --despite. Before anything is
    made in your accounts you are shown what will change, what that opens and what it costs, and asked. Terraform
    keeps its state in DIR, CloudFormation in its stacks: an interrupted deployment goes on with the same command,
    and --destroy undoes it.

    \b
    Examples:
      narrowgate deploy narrowgate.yaml
      narrowgate deploy narrowgate.yaml --target aws --out ./deployment --dry-run
      narrowgate deploy narrowgate.yaml --target aws --out ./deployment
      narrowgate deploy narrowgate.yaml --target aws --out ./deployment --destroy
      narrowgate deploy narrowgate.yaml --engine cloudformation --target aws --out ./deployment
          --role-arn shop=arn:aws:iam::111122223333:role/deploy --var api_vpc_id=vpc-0a1b2c3d
    """
    order = deploying.Order(
        design=design,
        engine=engine,
        target=target,
        folder=out,
        via=via,
        despite=despite,
        variables=_pairs("--var", variables),
        role_arns=_pairs("--role-arn", role_arns),
        force=force,
        dry_run=dry_run,
    )
    act = deploying.destroy if destroy else deploying.deploy
    answer = act(
        order, agree=lambda preview: _agreed(preview, target, yes=yes), say=lambda line: click.echo(line, err=True)
    )
    if answer.stage == "planned" and output_format != "json":
        click.echo(render_preview(answer, terminal_style()), color=True)
    click.echo(to_json(answer) if output_format == "json" else render_deploy(answer, terminal_style()), color=True)
    raise click.exceptions.Exit(int(_status(answer)))


def _agreed(preview: DeployAnswer, target: str, *, yes: bool) -> bool:
    """What is made in one's own accounts is shown before, whoever agrees to it and how."""
    if target == "embedded":
        return True
    click.echo(render_preview(preview, terminal_style()), err=True)
    if yes:
        return True
    if not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here: give --yes when you agree with what is shown")
    return click.confirm("Do that?", default=False, err=True)


def _pairs(option: str, texts: Iterable[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.UsageError(f"{option} takes NAME=VALUE, not `{text}`")
        found[name] = value
    return found


def _status(answer: DeployAnswer) -> ExitCode:
    if answer.stage == "declined":
        return ExitCode.DOES_NOT_HOLD
    if answer.is_settled is False and answer.verdict is Verdict.ALLOWED:
        return ExitCode.FAILED
    return exit_code(answer.verdict)
