"""The command line's reference page, made from the commands themselves: `python -m narrowgate.cli.reference`."""

import sys
from collections.abc import Iterator

import click

from narrowgate.cli.main import cli

_WIDTH = 100


def reference() -> str:
    """Every verb's help, as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    # With the settings of the command itself: without them the first who asks for help decides how it is called.
    width = {"terminal_width": _WIDTH, "max_content_width": _WIDTH}
    root = click.Context(cli, info_name="narrowgate", **{**cli.context_settings, **width})
    yield "# The command line"
    yield ""
    yield "Made from `narrowgate --help` by `python -m narrowgate.cli.reference > docs/cli.md`."
    yield ""
    yield "| status | meaning |"
    yield "| --- | --- |"
    yield "| 0 | holds (`allowed`) |"
    yield "| 1 | does not hold (`denied`, `partial`, `invalid`) |"
    yield "| 2 | bad usage or input |"
    yield "| 3 | undecided (`unknown`, `indeterminate`) |"
    yield "| 4 | collection or deployment failed |"
    yield "| 70 | a defect of narrowgate itself; `NARROWGATE_DEBUG=1` shows where |"
    yield ""
    yield "Results go to standard output, diagnostics and progress to standard error. Colour appears on a terminal"
    yield "only, and never with `NO_COLOR` set."
    yield from _section("narrowgate", cli.get_help(root))
    for name in cli.list_commands(root):
        command = cli.get_command(root, name)
        if command is not None:
            context = click.Context(
                command, info_name=name, parent=root, terminal_width=_WIDTH, max_content_width=_WIDTH
            )
            yield from _section(f"narrowgate {name}", command.get_help(context))
            yield from _below(command, context, f"narrowgate {name}")


def _below(command: click.Command, parent: click.Context, title: str) -> Iterator[str]:
    """The commands of a verb that has some."""
    for name, each in command.commands.items() if isinstance(command, click.Group) else ():
        context = click.Context(
            each, info_name=name, parent=parent, terminal_width=_WIDTH, max_content_width=_WIDTH
        )
        yield from _section(f"{title} {name}", each.get_help(context))


def _section(title: str, text: str) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield "```text"
    yield from (line.rstrip() for line in text.splitlines())
    yield "```"


if __name__ == "__main__":
    sys.stdout.write(reference())
