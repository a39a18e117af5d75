"""The `narrowgate` command."""

import difflib
import importlib
import os
import sys
from collections.abc import Sequence

import click

from narrowgate import __version__
from narrowgate.cli.exit_codes import ExitCode
from narrowgate.model.errors import NarrowgateError, OutsideError

# Verb -> one line of help. A verb's module is imported when the verb is called, not to print this list.
_COMMANDS = {
    "demo": "Show the whole job in seconds: compared, generated, read back, broken, mended.",
    "init": "Write a design file to start from, or take over what a snapshot holds.",
    "compare": "Which way to connect, and why? Every option of a design, judged by computation.",
    "cost": "What does a month cost, and who pays?",
    "generate": "Write a design as Terraform, CloudFormation, or a runbook.",
    "deploy": "Verify a design, deploy it, collect what is there, and verify that.",
    "check": "Does everything hold that a design promises?",
    "collect": "Collect live accounts into a snapshot folder. Reads only, and keeps nothing secret.",
    "fix": "What is the smallest change that mends it? Searched, and verified by the engine.",
    "trace": "Can this client call that URL? Name, packets, certificate, API, policies.",
    "probe": "Print a program that calls a private API from a client, step by step.",
    "reach": "Can this client open a socket to that target, there and back?",
    "resolve": "What does this client get when it asks for that name, and why?",
    "authorize": "Would policies let this request through?",
    "exposure": "What can a VPC resolve, reach and invoke? Complete lists, and what is meant of it.",
    "report": "Everything on one HTML page: verdicts, drawn calls, the estate, exposure, findings, costs.",
    "diff": "What does a change open, close and break?",
    "ask": "Answer many questions of these four kinds, one JSON line each.",
    "lab": "The same design with real packets, on this machine.",
    "explain": "Explain a rule, a reason code or a word.",
    "validate": "Check a policy document for private APIs.",
    "schema": "Print the JSON Schema of a verb's answer.",
}


def _with_examples(command: click.Command) -> click.Command:
    r"""Make the `\b` of a raw docstring click's own mark, so that examples keep their lines."""
    if command.help:
        command.help = command.help.replace("\\b\n", "\b\n")
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        _with_examples(each)
    return command


class LazyGroup(click.Group):
    """A group that imports a verb's module only when it is needed, and suggests the nearest verb."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order of a day's work."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's module; None for no verb."""
        if cmd_name not in _COMMANDS:
            return None
        command = importlib.import_module(f"narrowgate.cli.commands.{cmd_name}").command
        return _with_examples(command) if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; an unknown one names the nearest."""
        name = args[0] if args else ""
        if args and name not in _COMMANDS and not name.startswith("-"):
            near = difflib.get_close_matches(name, _COMMANDS, n=1)
            hint = f" Did you mean `{near[0]}`?" if near else ""
            raise click.UsageError(f"unknown command `{name}`.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


_EX_SOFTWARE = 70

_EPILOG = """\b
Examples:
  narrowgate demo
  narrowgate trace ./snapshot --from web-1 https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/orders
  narrowgate resolve ./snapshot --from subnet-0a1b2c3d api.internal.example.com
  narrowgate reach ./snapshot --from i-0a1b2c3d --to vpce-0a1b2c3d --port 443
  narrowgate explain KEY-01

\b
Exit codes: 0 holds, 1 does not hold, 2 bad usage or input, 3 undecided, 4 collection or deployment failed.
Shell completion: eval "$(_NARROWGATE_COMPLETE=bash_source narrowgate)"   (or zsh_source, fish_source)
"""


@click.group(cls=LazyGroup, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="narrowgate")
def cli() -> None:
    """Open one private API to one VPC, and nothing else.

    narrowgate answers whether a client in one VPC reaches a private API Gateway API in another, by which name,
    along which path, and, if not, which fact decides. A SOURCE is a folder of AWS API responses, as
    `aws ... --output json` prints them, a design, a Terraform plan, state or folder, a template, or `aws:PROFILE`.
    """


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line; never shows a stack trace for bad input."""
    try:
        status = cli.main(args=list(args) if args is not None else None, standalone_mode=False)
    except NarrowgateError as error:
        _complain(str(error.message), where=error.where, way_out=error.help)
        status = ExitCode.FAILED if isinstance(error, OutsideError) else ExitCode.BAD_INPUT
    except click.ClickException as error:
        error.show(sys.stderr)
        status = ExitCode.BAD_INPUT
    except click.exceptions.Exit as leaving:
        status = leaving.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        status = 130
    except BrokenPipeError:
        # The reader (`head`, a pager) went away: nothing is left to say, and nobody to say it to.
        sys.stderr.close()
        status = 0
    except Exception as error:
        if os.environ.get("NARROWGATE_DEBUG"):
            raise
        # A defect of ours: said as such, with a status of its own (sysexits' EX_SOFTWARE), never as bad input.
        _complain(
            f"internal error: {type(error).__name__}: {error}",
            where="",
            way_out="please report it; NARROWGATE_DEBUG=1 shows where it happened",
        )
        status = _EX_SOFTWARE
    sys.exit(int(status) if status is not None else 0)


def _complain(message: str, *, where: str, way_out: str) -> None:
    place = f"{where}: " if where else ""
    click.echo(click.style("error: ", fg="red") + printable(f"{place}{message}"), err=True)
    if way_out:
        click.echo("  " + printable(way_out), err=True)


def printable(text: str) -> str:
    """The text without control characters: names from an account must not steer a terminal."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
