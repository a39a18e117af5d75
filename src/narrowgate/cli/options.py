"""Options and arguments that several verbs share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from narrowgate.api.sources import TEMPLATE_SETTINGS, TemplateSettings
from narrowgate.cli.paths import SourcePath

F = TypeVar("F", bound=Callable[..., Any])


def _settle(context: click.Context, option: click.Parameter, value: Any) -> None:
    """Keep a template option for every source that this command reads, and for no other command."""
    if not value:
        return
    known = TEMPLATE_SETTINGS.get() or TemplateSettings()
    match option.name:
        case "parameters":
            pairs = [_pair(each) for each in value]
            known = msgspec.structs.replace(known, parameters={**known.parameters, **dict(pairs)})
        case "parameter_files":
            known = msgspec.structs.replace(known, parameter_files=tuple(value))
        case "account":
            known = msgspec.structs.replace(known, account=value)
        case "region":
            known = msgspec.structs.replace(known, region=value)
    token = TEMPLATE_SETTINGS.set(known)
    context.call_on_close(lambda: TEMPLATE_SETTINGS.reset(token))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"`{text[:60]}` is no NAME=VALUE")
    return name, value


def _settle_for_one(context: click.Context, option: click.Parameter, value: Any) -> None:
    """The same for the one source of a command: one that takes no such option is then an error."""
    _settle(context, option, value)
    known = TEMPLATE_SETTINGS.get()
    if value and known is not None:
        TEMPLATE_SETTINGS.set(msgspec.structs.replace(known, is_for_one=True))


def template_options(function: F, *, settle: Callable[[click.Context, click.Parameter, Any], None] = _settle) -> F:
    """What a template does not tell by itself: for every verb that reads a SOURCE."""
    for name, attribute, multiple, kind, metavar, help in (
        (
            "--region",
            "region",
            False,
            None,
            "REGION",
            "Region of templates and providers that do not tell theirs.",
        ),
        (
            "--account",
            "account",
            False,
            None,
            "ACCOUNT",
            "Account of templates and providers that do not tell theirs.",
        ),
        (
            "--parameters",
            "parameter_files",
            True,
            click.Path(path_type=Path),
            "FILE",
            "Parameters of templates, variables of Terraform folders; JSON or YAML (repeatable).",
        ),
        (
            "--parameter",
            "parameters",
            True,
            None,
            "NAME=VALUE",
            "A parameter of templates, a variable of Terraform folders (repeatable).",
        ),
    ):
        function = click.option(
            name,
            attribute,
            multiple=multiple,
            type=kind,
            metavar=metavar,
            help=help,
            callback=settle,
            expose_value=False,
        )(function)
    return function


def source_argument(function: F) -> F:
    """The SOURCE of a verb, with the options that templates need."""
    argument = click.argument("source", type=SourcePath(), metavar="SOURCE")
    return argument(template_options(function, settle=_settle_for_one))


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

markdown_format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Text for people, JSON for machines, Markdown for a pull request.",
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
