"""`terraform show -json` as raw records: a plan, a state, and the file that a state is kept in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.sources.snapshot.decode import decode_json
from narrowgate.sources.terraform.statefile import STATE_FILE_VERSION, StateFile, from_state_file

_MAJOR = 1
"""The format of plans and states whose records stand below; a newer minor version only adds to it."""


class StateResource(msgspec.Struct, frozen=True, kw_only=True):
    """One instance in a state."""

    address: str
    mode: str = "managed"
    type: str = ""
    name: str = ""
    index: str | int | None = None
    provider_name: str = ""
    values: dict[str, Any] | None = None
    sensitive_values: Any = False


class StateModule(msgspec.Struct, frozen=True, kw_only=True):
    """A module's instances, and the modules below it."""

    address: str = ""
    resources: tuple[StateResource, ...] = ()
    child_modules: tuple["StateModule", ...] = ()


class StateValues(msgspec.Struct, frozen=True, kw_only=True):
    """What a state or a plan's outcome holds."""

    root_module: StateModule = StateModule()


class State(msgspec.Struct, frozen=True, kw_only=True):
    """`terraform show -json` of a state."""

    format_version: str = ""
    terraform_version: str = ""
    values: StateValues = StateValues()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to one instance: its values after it, and which of them nobody knows yet."""

    actions: tuple[str, ...] = ()
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    after_unknown: Any = False
    after_sensitive: Any = False


class ResourceChange(msgspec.Struct, frozen=True, kw_only=True):
    """One instance in a plan."""

    address: str
    mode: str = "managed"
    type: str = ""
    name: str = ""
    index: str | int | None = None
    provider_name: str = ""
    change: Change = Change()


Expressions = dict[str, Any]
"""By argument: `{"constant_value": …}`, `{"references": […]}`, or a list of nested blocks' expressions."""


class ConfigResource(msgspec.Struct, frozen=True, kw_only=True):
    """A `resource` or `data` block."""

    address: str
    mode: str = "managed"
    type: str = ""
    name: str = ""
    provider_config_key: str = ""
    expressions: Expressions = {}
    count_expression: Expressions | None = None
    for_each_expression: Expressions | None = None


class ConfigOutput(msgspec.Struct, frozen=True, kw_only=True):
    """An `output` block."""

    expression: Expressions = {}
    sensitive: bool = False


class ConfigVariable(msgspec.Struct, frozen=True, kw_only=True):
    """A `variable` block."""

    default: Any = None
    sensitive: bool = False


class ModuleCall(msgspec.Struct, frozen=True, kw_only=True):
    """A `module` block."""

    source: str = ""
    expressions: Expressions = {}
    count_expression: Expressions | None = None
    for_each_expression: Expressions | None = None
    module: "ConfigModule"


class ConfigModule(msgspec.Struct, frozen=True, kw_only=True):
    """A module as it is written."""

    resources: tuple[ConfigResource, ...] = ()
    module_calls: dict[str, ModuleCall] = {}
    outputs: dict[str, ConfigOutput] = {}
    variables: dict[str, ConfigVariable] = {}


class ProviderConfig(msgspec.Struct, frozen=True, kw_only=True):
    """A `provider` block."""

    name: str = ""
    full_name: str = ""
    alias: str = ""
    module_address: str = ""
    expressions: Expressions = {}


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan was made from."""

    provider_config: dict[str, ProviderConfig] = {}
    root_module: ConfigModule = ConfigModule()


class PlanVariable(msgspec.Struct, frozen=True, kw_only=True):
    """The value of a root variable."""

    value: Any = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`terraform show -json` of a plan."""

    format_version: str = ""
    terraform_version: str = ""
    variables: dict[str, PlanVariable] = {}
    resource_changes: tuple[ResourceChange, ...] = ()
    prior_state: State = State()
    configuration: Configuration = Configuration()
    errored: bool = False
    complete: bool = True


def read_document(path: Path) -> Plan | State:
    """Read a plan or a state.

    Raises:
        InputError: a binary plan, a newer format, a plan that failed, JSON of another kind or cut off.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None
    return decode_document(content, path)


def decode_document(content: bytes, path: Path) -> Plan | State:
    """The same of bytes that are read already; `path` for messages.

    Raises:
        InputError: as `read_document`.
    """
    if is_binary_plan(content):
        raise InputError(
            "is Terraform's binary plan, which only Terraform reads",
            where=str(path),
            help=f"run `terraform show -json {path.name} > plan.json` in its folder, and give that file",
        )
    top = decode_json(content, dict[str, msgspec.Raw], where=str(path))
    if is_state_file(top):
        return _state_file(content, top, path)
    _check_version(top, path)
    if "resource_changes" in top or "configuration" in top or "planned_values" in top:
        plan: Plan = decode_json(content, Plan, where=str(path))
        if plan.errored:
            raise InputError(
                "is a plan that failed: Terraform stopped before it had planned everything",
                where=str(path),
                help="mend what `terraform plan` complains of, and make the plan again",
            )
        return plan
    state: State = decode_json(content, State, where=str(path))
    return state


def is_binary_plan(head: bytes) -> bool:
    """True for a file that `terraform plan -out` wrote: an archive with `tfplan` in it."""
    return head.startswith(b"PK\x03\x04") and b"tfplan" in head[:512]


def is_state_file(top: Mapping[str, Any]) -> bool:
    """True for the top-level keys of a `terraform.tfstate`."""
    return "lineage" in top and "version" in top and "serial" in top


def is_shown(top: Mapping[str, Any]) -> bool:
    """True for the top-level keys of `terraform show -json`."""
    return "format_version" in top and bool(
        {"planned_values", "resource_changes", "configuration", "values", "terraform_version"} & set(top)
    )


def _check_version(top: Mapping[str, msgspec.Raw], path: Path) -> None:
    version = decode_json(top.get("format_version", msgspec.Raw(b'""')), str, where=str(path))
    major = version.partition(".")[0]
    if major.isdigit() and int(major) > _MAJOR:
        raise InputError(
            f"has format version `{version}`; narrowgate reads {_MAJOR}.x",
            where=str(path),
            help="a newer narrowgate may read it; or show the plan with Terraform 1.x",
        )
    if major != str(_MAJOR):
        raise InputError(
            f"has format version `{version}`; narrowgate reads {_MAJOR}.x",
            where=str(path),
            help="make it with `terraform show -json` of Terraform 1.0 or later",
        )


def _state_file(content: bytes, top: Mapping[str, msgspec.Raw], path: Path) -> State:
    version = decode_json(top["version"], int, where=str(path))
    if version != STATE_FILE_VERSION:
        raise InputError(
            f"is a state file of version {version}; narrowgate reads {STATE_FILE_VERSION}",
            where=str(path),
            help="run `terraform show -json > state.json`, and give that file",
        )
    file: StateFile = decode_json(content, StateFile, where=str(path))
    return State(
        format_version="1.0",
        terraform_version=file.terraform_version,
        values=StateValues(
            root_module=StateModule(
                resources=tuple(StateResource(**each) for each in from_state_file(file)),
            )
        ),
    )
