"""Load a SOURCE: told by content, read by the one adapter for its kind, always ending in a `Snapshot`."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.model.snapshot import Snapshot


class Kind(msgspec.Struct, frozen=True):
    """A kind of source: its name for messages, how it is recognised, and how it is read.

    Both functions import their adapter when they are called: a cold trace of a snapshot must not pay for YAML.
    """

    name: str
    recognises: Callable[[Path], bool]
    load: Callable[[Path, bool], Snapshot]
    load_with: Callable[[Path, bool, "TemplateSettings"], Snapshot] | None = None
    """The same with settings, for the kinds that take them."""


def _is_design(path: Path) -> bool:
    if not path.is_file():
        return False
    from narrowgate.api.designs import is_design

    return is_design(path)


def _load_design(path: Path, assume_complete: bool) -> Snapshot:
    from narrowgate.api.design_worlds import design_snapshot

    return design_snapshot(path)


def _is_terraform(path: Path) -> bool:
    if not path.is_file():
        return False
    from narrowgate.sources.terraform.recognise import is_terraform_file

    return is_terraform_file(path)


def _load_terraform(path: Path, assume_complete: bool, settings: "TemplateSettings | None" = None) -> Snapshot:
    from narrowgate.sources.terraform.load import load_terraform

    if settings is not None and settings.has_parameters:
        raise InputError(
            "takes no parameters: its variables have their values",
            where=str(path),
            help="give them to `terraform plan`, or name the folder in place of the plan",
        )
    with _stated(settings):
        return load_terraform(path, assume_complete=assume_complete)


@contextmanager
def _stated(settings: "TemplateSettings | None") -> Iterator[None]:
    """What the user states of Terraform's providers and variables, while its files are read.

    Raises:
        InputError: a file of parameters cannot be read.
    """
    from narrowgate.sources.terraform.stated import STATED, Stated, variable

    told = settings or TemplateSettings()
    variables = {name: variable(each) for name, each in told.every_parameter().items()}
    token = STATED.set(Stated(account=told.account, region=told.region, variables=variables))
    try:
        yield
    finally:
        STATED.reset(token)


def _is_terraform_folder(path: Path) -> bool:
    if not path.is_dir():
        return False
    return next(path.glob("*.tf"), None) is not None or next(path.glob("*.tf.json"), None) is not None


def _load_terraform_folder(
    path: Path, assume_complete: bool, settings: "TemplateSettings | None" = None
) -> Snapshot:
    from narrowgate.sources.terraform.folder import load_terraform_folder

    with _stated(settings):
        return load_terraform_folder(path, assume_complete=assume_complete)


def _is_folder(path: Path) -> bool:
    return not path.is_file()


def _load_folder(path: Path, assume_complete: bool) -> Snapshot:
    from narrowgate.sources.snapshot import load_snapshot

    return load_snapshot(path, assume_complete=assume_complete)


def _is_config(path: Path) -> bool:
    from narrowgate.sources.config.recognise import is_config

    return is_config(path)


def _load_config(path: Path, assume_complete: bool) -> Snapshot:
    from narrowgate.sources.config.load import load_config

    return load_config(path, assume_complete=assume_complete)


def _is_live(path: Path) -> bool:
    return str(path).startswith("aws:") and not path.exists()


def _load_live(path: Path, assume_complete: bool) -> Snapshot:
    import sys

    from narrowgate.sources.live.memory import live_snapshot

    snapshot = live_snapshot(str(path), assume_complete=assume_complete)
    sys.stderr.write(f"{path}: asked AWS {len(snapshot.calls)} calls; `narrowgate collect` keeps the answers\n")
    return snapshot


def _siblings(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir()) if path.parent.is_dir() else []


class TemplateSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a template, or a plan, does not tell by itself; None where nobody says."""

    account: str | None = None
    region: str | None = None
    parameters: Mapping[str, str] = {}
    parameter_files: tuple[Path, ...] = ()
    is_for_one: bool = False
    """True where they are meant for one source, which then has to take them."""

    @property
    def has_parameters(self) -> bool:
        """True where a parameter is given."""
        return bool(self.parameters or self.parameter_files)

    def every_parameter(self) -> dict[str, Any]:
        """All of them by name; one given alone wins over those of files.

        Raises:
            InputError: a file cannot be read.
        """
        if not self.has_parameters:
            return {}
        from narrowgate.sources.cloudformation.settings import read_parameters

        found: dict[str, Any] = {}
        for each in self.parameter_files:
            found |= read_parameters(each)
        return {**found, **self.parameters}


TEMPLATE_SETTINGS: ContextVar[TemplateSettings | None] = ContextVar("template_settings", default=None)
"""The settings of every template that is read in a context: what a command line tells for all its sources."""


def _is_cloudformation(path: Path) -> bool:
    from narrowgate.sources.cloudformation.recognise import is_cloudformation

    return is_cloudformation(path)


def _load_cloudformation(path: Path, assume_complete: bool, settings: TemplateSettings | None = None) -> Snapshot:
    from narrowgate.sources.cloudformation.load import load_templates
    from narrowgate.sources.cloudformation.settings import Settings

    settings = settings or TemplateSettings()
    told = Settings(account=settings.account, region=settings.region, parameters=settings.every_parameter())
    return load_templates(path, assume_complete=assume_complete, settings=told)


KINDS: tuple[Kind, ...] = (
    Kind("a live account as aws:PROFILE", _is_live, _load_live),
    Kind("a design file", _is_design, _load_design),
    Kind("a Terraform plan or state as JSON", _is_terraform, _load_terraform, _load_terraform),
    Kind("a Terraform folder", _is_terraform_folder, _load_terraform_folder, _load_terraform_folder),
    Kind("files of AWS Config, or a folder of them", _is_config, _load_config),
    Kind(
        "a CloudFormation or SAM template, a folder of them, or a CDK app's output",
        _is_cloudformation,
        _load_cloudformation,
        _load_cloudformation,
    ),
    Kind("a snapshot folder", _is_folder, _load_folder),
)
"""Asked in this order; the first that recognises a source reads it."""


def load(source: Path, *, assume_complete: bool = False, settings: TemplateSettings | None = None) -> Snapshot:
    """Read a SOURCE into a snapshot, whatever its kind.

    Args:
        source: a design, a folder of AWS API responses, a Terraform plan or state as JSON, a Terraform folder.
        assume_complete: take what the source does not tell as empty, not as unknown.
        settings: account, Region and parameters of templates; without it `TEMPLATE_SETTINGS` counts.

    Raises:
        InputError: the source is of no known kind, or cannot be read; with file, place and way out.
    """
    if not source.exists() and not _is_live(source):
        near = difflib.get_close_matches(source.name, _siblings(source), n=1)
        way_out = f"did you mean `{near[0]}`?" if near else ""
        raise InputError("no such file or folder", where=str(source), help=way_out)
    kind = _kind_of(source)
    if kind is not None:
        told = settings or TEMPLATE_SETTINGS.get()
        if told is not None and kind.load_with is not None:
            return kind.load_with(source, assume_complete, told)
        if told is not None and (settings is not None or told.is_for_one):
            raise _takes_none(source, kind)
        return kind.load(source, assume_complete)
    if source.is_file() and source.stat().st_size == 0:
        raise InputError(
            "is empty", where=str(source), help="`narrowgate init FILE` writes a design to start from"
        )
    raise InputError(
        "is no source that narrowgate knows",
        where=str(source),
        help="it reads " + ", ".join(each.name for each in KINDS[:-1]) + f", or {KINDS[-1].name}",
    )


def _kind_of(source: Path) -> Kind | None:
    return next((each for each in KINDS if each.recognises(source)), None)


def _takes_none(source: Path, kind: Kind) -> InputError:
    return InputError(
        "takes no account, Region or parameters",
        where=str(source),
        help=f"only templates and Terraform's files do; this is {kind.name}",
    )


def refuse_unused_settings(sources: Iterable[Path]) -> None:
    """Refuse settings that none of a command's sources can take.

    Raises:
        InputError: there are settings, and no source for them.
    """
    if TEMPLATE_SETTINGS.get() is None:
        return
    kinds = [(source, kind) for source in sources if (kind := _kind_of(source)) is not None]
    if kinds and all(kind.load_with is None for _, kind in kinds):
        raise _takes_none(*kinds[0])
