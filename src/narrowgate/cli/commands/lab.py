"""`narrowgate lab`."""

import sys
from pathlib import Path

import click

from narrowgate.cli.exit_codes import ExitCode
from narrowgate.cli.lab_faults import break_, mend
from narrowgate.cli.lab_names import checked_name, complete_host, lab_option
from narrowgate.cli.options import assume_complete_option, format_option, source_argument, verbose_option
from narrowgate.cli.output import finish, terminal_style
from narrowgate.lab.state import find_host, find_lab, labs
from narrowgate.report.lab import render_lab

_MOST = 200


@click.group(name="lab")
def command() -> None:
    r"""The same design with real packets, on this machine, without root and without AWS.

    Every interface becomes a network namespace, every VPC a router with its route tables and packet filter and a
    DNS server; endpoints answer with TLS, route by Host as API Gateway does, and judge policies. Nothing leaves
    the lab's own namespaces, and nothing stays when it ends. Linux with `nft` is needed: `doctor` says what is
    missing.

    \b
    Examples:
      narrowgate lab test narrowgate.yaml                      does the engine say what packets do?
      narrowgate lab up narrowgate.yaml                        prints its hosts, and calls to try
      narrowgate lab shell web -- curl -sv https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/orders
      narrowgate lab break link pcx-0a1b2c3d                   and call again: what does the caller see?
      narrowgate lab flows                                     where were the packets lost?
      narrowgate lab mend
      narrowgate lab down
    Twelve exercises: docs/lab-exercises.md
    """


@command.command()
@source_argument
@click.option(
    "--name", default="lab", show_default=True, callback=checked_name, metavar="NAME", help="What it is called."
)
@click.option(
    "--principal", "principals", multiple=True, metavar="ARN", help="Who gets an access key (repeatable)."
)
@click.option(
    "--integration",
    "integrations",
    multiple=True,
    metavar="API=TARGET",
    help="What stands behind an API or one method of it: a Python function, or a web server of this machine's "
    "loopback (repeatable).",
)
@assume_complete_option
@verbose_option
def up(
    source: Path,
    *,
    name: str,
    principals: tuple[str, ...],
    integrations: tuple[str, ...],
    assume_complete: bool,
    verbose: bool,
) -> None:
    r"""Start a lab for a SOURCE, and leave it running.

    An API that no --integration names answers as a mock does, with what API Gateway saw of the call.

    \b
    Examples:
      narrowgate lab up narrowgate.yaml
      narrowgate lab up narrowgate.yaml --integration "orders GET /orders=handler.py:handler"
      narrowgate lab up narrowgate.yaml --integration "orders=http://127.0.0.1:8080/{proxy}"
    """
    from narrowgate.api.labs import start_lab
    from narrowgate.cli.lab_text import describe

    state = start_lab(
        source, name, principals=principals, integrations=integrations, assume_complete=assume_complete
    )
    click.echo(describe(state, terminal_style(), verbose=verbose), color=True)
    named = "" if state.name == "lab" else f" --name {state.name}"
    click.echo(
        f"\n`narrowgate lab break{named}` breaks something on purpose, `narrowgate lab down{named}` stops it all"
    )


@command.command()
@source_argument
@click.option(
    "--questions", type=click.Path(path_type=Path), metavar="FILE", help="Questions as `ask` takes them."
)
@click.option(
    "--most",
    type=click.IntRange(min=1),
    default=_MOST,
    show_default=True,
    help="Questions to ask at most, where they are made from an estate.",
)
@assume_complete_option
@format_option
@verbose_option
def test(
    source: Path,
    *,
    questions: Path | None,
    most: int,
    assume_complete: bool,
    output_format: str,
    verbose: bool,
) -> None:
    r"""Ask packets and the engine, and lay the answers side by side.

    The questions are the calls and expectations of a design; of any other source, every instance's calls of every
    private API. Status 0: packets and engine agree; 1: they differ; 3: the engine decides none of them.

    \b
    Examples:
      narrowgate lab test narrowgate.yaml
      narrowgate lab test ./snapshot --questions questions.jsonl
    """
    from narrowgate.api.labs import ask_packets

    answer = ask_packets(source, file=questions, most=most, assume_complete=assume_complete)
    finish(answer, render_lab(answer, terminal_style(), verbose=verbose), answer.verdict, output_format)


@command.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("client", metavar="CLIENT", shell_complete=complete_host)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
@click.option("--as", "principal", metavar="ARN", help="Whose access key the environment holds.")
@lab_option
def shell(client: str, arguments: tuple[str, ...], *, principal: str | None, name: str | None) -> None:
    r"""Enter a host of a running lab, or run a COMMAND there.

    The exit status is the command's. The host has its own addresses, routes, resolver, hosts file, name, and trust
    in the lab's certificates. Everything else is this machine's: your own dig, curl, Python.

    \b
    Examples:
      narrowgate lab shell web
      narrowgate lab shell web -- dig +short a1b2c3d4e5.execute-api.us-east-1.amazonaws.com
    """
    from narrowgate.lab.shell import default_shell, run_in

    state = find_lab(name)
    given = arguments[1:] if arguments[:1] == ("--",) else arguments
    sys.exit(run_in(state, find_host(state, client), given or default_shell(), principal=principal))


@command.command()
@lab_option
@verbose_option
def status(*, name: str | None, verbose: bool) -> None:
    r"""Say which labs run, and what they have.

    \b
    Example:
      narrowgate lab status
    """
    from narrowgate.cli.lab_text import describe

    states = (find_lab(name),) if name is not None else labs()
    if not states:
        click.echo("no lab is running")
    for each in states:
        click.echo(describe(each, terminal_style(), verbose=verbose), color=True)


@command.command()
@click.argument("client", metavar="CLIENT", shell_complete=complete_host)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The pcap file to write."
)
@click.option("--seconds", type=click.FloatRange(min=0.1), default=10.0, show_default=True, help="How long.")
@click.option("--packets", type=click.IntRange(min=1), default=10_000, show_default=True, help="How many at most.")
@lab_option
def capture(client: str, *, out: Path, seconds: float, packets: int, name: str | None) -> None:
    r"""Record what passes a host's interface, as a pcap file.

    \b
    Example:
      narrowgate lab capture web --out web.pcap --seconds 5
    """
    from narrowgate.lab.shell import capture as record

    state = find_lab(name)
    count = record(state, find_host(state, client), out, packets=packets, seconds=seconds)
    click.echo(f"{out}: {count} packets")


@command.command()
@lab_option
def flows(*, name: str | None) -> None:
    r"""Show where the last packets went, or were lost.

    \b
    Example:
      narrowgate lab flows
    """
    from narrowgate.lab.orders import send_order

    for line in send_order(find_lab(name), "flows"):
        click.echo(line)


@command.command()
@lab_option
@click.option("--all", "everything", is_flag=True, help="Every lab that runs.")
def down(*, name: str | None, everything: bool) -> None:
    r"""Stop a lab. Nothing of it stays.

    \b
    Examples:
      narrowgate lab down
      narrowgate lab down --all
    """
    from narrowgate.lab.process import stop

    running = labs()
    if not running and name is None:
        # Whoever wants nothing to run has it.
        click.echo("no lab is running")
        return
    for state in running if everything else (find_lab(name),):
        stop(state)
        click.echo(f"{state.name}: stopped")


@command.command()
def doctor() -> None:
    r"""Try what a lab needs here; say what is missing.

    \b
    Example:
      narrowgate lab doctor
    """
    from narrowgate.lab.doctor import examine

    findings = examine()
    for each in findings:
        mark = "ok     " if each.holds else "missing"
        click.echo(f"{mark} {each.name}{f': {each.text}' if each.text else ''}")
    missing = next((each for each in findings if not each.holds), None)
    if missing is not None:
        click.echo(f"To do: {missing.help}")
        sys.exit(int(ExitCode.DOES_NOT_HOLD))


command.add_command(break_)
command.add_command(mend)
