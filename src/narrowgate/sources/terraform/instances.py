"""The instances of a plan or state, each with what is known of it and the block that it is written in."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from narrowgate.sources.terraform.document import (
    ConfigModule,
    ConfigResource,
    Plan,
    State,
    StateModule,
    StateResource,
)

Key = str | int | None
Step = tuple[str, Key]
"""A module call's name and, with `count` or `for_each`, its key."""
ModulePath = tuple[Step, ...]

_STEP = re.compile(r'module\.([\w-]+)(?:\[(?:"((?:[^"\\]|\\.)*)"|(\d+))\])?\.?')
_LAST = re.compile(r'([\w-]+)\[(?:"((?:[^"\\]|\\.)*)"|(\d+))\]$')
_GONE = frozenset({("delete",), ("forget",)})


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """One instance of a resource or data source.

    `unknown` and `sensitive` have the shape of `after_unknown`: True where a whole value is.
    """

    address: str
    module: ModulePath
    mode: str
    type: str
    name: str
    index: Key
    provider: str
    values: dict[str, Any]
    unknown: Any = False
    sensitive: Any = False
    config: ConfigResource | None = None
    is_made_up: bool = False
    """True where its ids are not those that AWS gave, or will give."""

    @property
    def block(self) -> tuple[tuple[str, ...], str, str, str]:
        """The block that it comes from: the modules' names, mode, type and name."""
        return (tuple(name for name, _ in self.module), self.mode, self.type, self.name)


def module_path(address: str) -> ModulePath:
    """The module calls at the beginning of an address."""
    path: list[Step] = []
    at = 0
    while found := _STEP.match(address, at):
        text, number = found[2], found[3]
        key: Key = int(number) if number is not None else text
        if isinstance(key, str):
            key = re.sub(r"\\(.)", r"\1", key)
        path.append((found[1], key))
        at = found.end()
    return tuple(path)


def address_of(path: ModulePath, mode: str, kind: str, name: str, index: Key) -> str:
    """The address of an instance, as Terraform writes it."""
    steps = [f"module.{step}{_bracketed(key)}" for step, key in path]
    return ".".join([*steps, *(["data"] if mode == "data" else []), kind, f"{name}{_bracketed(index)}"])


def _bracketed(key: Key) -> str:
    if key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'


def instance_key(address: str) -> tuple[str, Key]:
    """The name of a block and the key of the instance at the end of an address."""
    found = _LAST.search(address)
    if found is None:
        return address.rpartition(".")[2], None
    if found[3] is not None:
        return found[1], int(found[3])
    return found[1], re.sub(r"\\(.)", r"\1", found[2])


def module_of(root: ConfigModule, path: Iterable[str]) -> ConfigModule | None:
    """The module behind a chain of calls; None for one that is not in the configuration."""
    found = root
    for name in path:
        call = found.module_calls.get(name)
        if call is None:
            return None
        found = call.module
    return found


def plan_instances(plan: Plan) -> list[Instance]:
    """What will be there once the plan is applied, and the data sources that were read for it."""
    blocks = _Blocks(plan.configuration.root_module)
    found: dict[str, Instance] = {}
    for each in _walk(plan.prior_state.values.root_module):
        if each.mode == "data":
            found[each.address] = _from_state(each, blocks)
    for change in plan.resource_changes:
        outcome = change.change
        if outcome.after is None or outcome.actions in _GONE:
            found.pop(change.address, None)
            continue
        path = module_path(change.address)
        config = blocks.find(path, change.mode, change.type, change.name)
        found[change.address] = Instance(
            address=change.address,
            module=path,
            mode=change.mode,
            type=change.type,
            name=change.name,
            index=change.index,
            provider=config.provider_config_key if config else change.provider_name,
            values=outcome.after,
            unknown=outcome.after_unknown,
            sensitive=outcome.after_sensitive,
            config=config,
        )
    return list(found.values())


def gone_from(plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    """What the plan changes or takes away: types and values as they are before it."""
    return [
        (each.type, each.change.before)
        for each in plan.resource_changes
        if each.mode == "managed" and each.change.before and set(each.change.actions) - {"no-op", "read", "create"}
    ]


def state_instances(state: State) -> list[Instance]:
    """What a state says is there."""
    blocks = _Blocks(ConfigModule())
    return [_from_state(each, blocks) for each in _walk(state.values.root_module)]


def _walk(module: StateModule) -> Iterator[StateResource]:
    yield from module.resources
    for child in module.child_modules:
        yield from _walk(child)


def _from_state(each: StateResource, blocks: "_Blocks") -> Instance:
    path = module_path(each.address)
    config = blocks.find(path, each.mode, each.type, each.name)
    return Instance(
        address=each.address,
        module=path,
        mode=each.mode,
        type=each.type,
        name=each.name,
        index=each.index,
        provider=config.provider_config_key if config else each.provider_name,
        values=each.values or {},
        sensitive=each.sensitive_values,
        config=config,
    )


class _Blocks:
    """Blocks by module and name; each module is indexed once."""

    def __init__(self, root: ConfigModule) -> None:
        self._root = root
        self._modules: dict[tuple[str, ...], dict[tuple[str, str, str], ConfigResource]] = {}

    def find(self, path: ModulePath, mode: str, kind: str, name: str) -> ConfigResource | None:
        names = tuple(step for step, _ in path)
        if names not in self._modules:
            module = module_of(self._root, names)
            resources = module.resources if module else ()
            self._modules[names] = {(each.mode, each.type, each.name): each for each in resources}
        return self._modules[names].get((mode, kind, name))
