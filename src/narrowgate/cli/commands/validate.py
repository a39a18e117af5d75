"""`narrowgate validate`."""

from pathlib import Path

import click

from narrowgate import api
from narrowgate.cli.exit_codes import ExitCode
from narrowgate.cli.output import terminal_style
from narrowgate.engine.policy.request import AuthorizationType
from narrowgate.model.policy import Severity
from narrowgate.report.json import to_json
from narrowgate.report.validate import render_findings

_GRAVITY = list(Severity)


@click.command(name="validate")
@click.argument("policy", type=click.Path(path_type=Path), metavar="POLICY")
@click.option(
    "--kind",
    type=click.Choice(api.POLICY_KINDS),
    default="resource",
    show_default=True,
    help="What the policy is attached to.",
)
@click.option(
    "--authorization",
    "authorization_types",
    multiple=True,
    type=click.Choice(["NONE", "AWS_IAM", "COGNITO_USER_POOLS", "CUSTOM"]),
    help="Authorization type of the API's methods (repeatable).",
)
@click.option(
    "--fail-on",
    type=click.Choice([each.value for each in _GRAVITY]),
    default="security_warning",
    show_default=True,
    help="Leave with status 1 for findings as grave as this, or graver.",
)
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    policy: Path,
    *,
    kind: str,
    authorization_types: tuple[AuthorizationType, ...],
    fail_on: str,
    output_format: str,
) -> None:
    r"""Check a policy document for what private APIs get wrong.

    \b
    Examples:
      narrowgate validate policy.json
      narrowgate validate endpoint.json --kind endpoint
    """
    findings = api.validate(api.Document.read(policy), kind=kind, authorization_types=authorization_types)
    if output_format == "json":
        click.echo(to_json({"schema": "narrowgate.validate/1", "findings": findings}))
    else:
        click.echo(render_findings(findings, terminal_style()))
    grave = _GRAVITY[: _GRAVITY.index(Severity(fail_on)) + 1]
    fails = any(each.severity in grave for each in findings)
    raise click.exceptions.Exit(int(ExitCode.DOES_NOT_HOLD if fails else ExitCode.HOLDS))
