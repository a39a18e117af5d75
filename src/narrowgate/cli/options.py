"""Options and arguments that several verbs share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

source_argument = click.argument("source", type=click.Path(path_type=Path), metavar="SOURCE")

client_option = click.option(
    "--from",
    "client",
    required=True,
    metavar="CLIENT",
    help="Who asks: an interface, instance, Lambda function, subnet, VPC, address or `internet`; "
    "by id, ARN or Name tag.",
)

security_group_option = click.option(
    "--security-group",
    "security_groups",
    multiple=True,
    metavar="GROUP",
    help="Group of a host that could be started in the subnet (repeatable); without it one that lets all out.",
)

assume_complete_option = click.option(
    "--assume-complete",
    is_flag=True,
    help="Take what the source does not tell as empty, not as unknown.",
)

format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for people, JSON for machines.",
)

prices_option = click.option(
    "--prices",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A price book of your own in place of the built-in one.",
)

verbose_option = click.option("-v", "--verbose", is_flag=True, help="Show everything that was considered.")


def question_options(function: F) -> F:
    """The options of every verb that asks one question of a source."""
    for decorate in (verbose_option, format_option, assume_complete_option, security_group_option, client_option):
        function = decorate(function)
    return function
