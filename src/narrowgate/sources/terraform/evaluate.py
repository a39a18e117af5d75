"""What an expression comes to, with references in place of what is known only after apply."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from narrowgate.model.resource import GetAtt, Join, Ref, Unknown
from narrowgate.sources.terraform.hcl import functions
from narrowgate.sources.terraform.hcl.functions import JsonText, NotComputed, plain
from narrowgate.sources.terraform.hcl.operators import operated
from narrowgate.sources.terraform.hcl.syntax import (
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    GetAttr,
    Index,
    Literal,
    Object,
    Splat,
    Template,
    Tuple,
    Unary,
    Unsupported,
    Variable,
)
from narrowgate.sources.terraform.instances import Instance, Key, ModulePath


class Absent(NotComputed):
    """An attribute or element that is not there: what `try` steps over."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Where an expression stands: its module, the instance's key, and the names of `for` and `dynamic`."""

    module: ModulePath
    block: tuple[tuple[str, ...], str, str, str] | None = None
    """The block with `for_each`, for `each.value`; a module call's block has type `module`."""
    key: Key = None
    names: Mapping[str, Any] = {}

    def naming(self, **names: Any) -> "Scope":
        """The same place with further names."""
        return msgspec.structs.replace(self, names={**self.names, **names})


class Handle(msgspec.Struct, frozen=True):
    """An instance as a value: its attributes are looked up when they are named."""

    instance: Instance


class ModuleHandle(msgspec.Struct, frozen=True):
    """A module as a value: its outputs are looked up when they are named."""

    path: ModulePath


class Candidates(msgspec.Struct, frozen=True):
    """What a definition refers to, where the plan keeps only its references: one of these, or all of them."""

    values: tuple[Any, ...]


class World(Protocol):
    """What expressions name."""

    def value(self, instance: Instance, name: str) -> Any:
        """An attribute of an instance, as an expression elsewhere names it."""

    def variable(self, module: ModulePath, name: str) -> Any:
        """`var.name`."""

    def local(self, module: ModulePath, name: str) -> Any:
        """`local.name`."""

    def output(self, module: ModulePath, name: str) -> Any:
        """An output of a module."""

    def instances(self, module: ModulePath, mode: str, kind: str, name: str) -> Any:
        """The instances of a block: one, a list by `count`, a map by `for_each`."""

    def modules(self, module: ModulePath, name: str) -> Any:
        """The same for a module call."""

    def each_value(self, scope: Scope) -> Any:
        """`each.value`."""


def evaluate(expression: Expression, scope: Scope, world: World) -> Any:
    """The value of an expression.

    Raises:
        NotComputed: nobody here can tell it; the text says why.
    """
    return _Evaluation(world).of(expression, scope)


def get(value: Any, key: Any, world: World) -> Any:
    """An attribute or element of a value.

    Raises:
        Absent: there is none.
        NotComputed: the value is known only after apply.
    """
    if isinstance(value, Handle):
        return world.value(value.instance, str(key))
    if isinstance(value, ModuleHandle):
        return world.output(value.path, str(key))
    if isinstance(value, Candidates):
        return Candidates(tuple(_within(value.values, key, world)))
    if isinstance(value, Unknown):
        return value
    if isinstance(value, (Ref, GetAtt, Join, JsonText)):
        raise NotComputed(f"`{key}` of a value that is known only after apply")
    if isinstance(value, Mapping):
        if key in value:
            return value[key]
        if str(key) in value:
            return value[str(key)]
        raise Absent(f"there is no `{key}`")
    if isinstance(value, (list, tuple)):
        if not str(key).isdigit() or int(key) >= len(value):
            raise Absent(f"there is no element `{key}`")
        return value[int(key)]
    raise Absent(f"there is no `{key}`")


def _within(values: Iterable[Any], key: Any, world: World) -> Iterator[Any]:
    """The attribute of each candidate; one that is a plain value may be what the attribute was made of."""
    for each in values:
        if isinstance(each, (Handle, ModuleHandle, Candidates)):
            yield get(each, key, world)
        elif isinstance(each, (Mapping, list, tuple)):
            try:
                yield get(each, key, world)
            except Absent:
                continue
        else:
            yield each


class _Evaluation:
    def __init__(self, world: World) -> None:
        self.world = world
        self._trying = 0

    def of(self, expression: Expression, scope: Scope) -> Any:
        match expression:
            case Literal(value=value):
                return value
            case Template(parts=parts):
                return functions.text([self.of(each, scope) for each in parts])
            case Variable() | GetAttr():
                return self._named(expression, scope)
            case Index(of=of, key=key):
                return get(self.of(of, scope), plain(self.of(key, scope)), self.world)
            case Splat(of=of, each=each):
                return self._splat(of, each, scope)
            case Call():
                return self._call(expression, scope)
            case Unary(operator=operator, of=of):
                value = plain(self.of(of, scope))
                return not value if operator == "!" else -value
            case Binary():
                return self._binary(expression, scope)
            case Conditional(condition=condition, yes=yes, no=no):
                return self._conditional(condition, yes, no, scope)
            case Tuple(items=items):
                return [self._part(each, scope) for each in items]
            case Object(items=items):
                return {str(plain(self.of(key, scope))): self._part(each, scope) for key, each in items}
            case For():
                return self._for(expression, scope)
            case Unsupported(what=what):
                raise NotComputed(what)

    def _named(self, expression: Variable | GetAttr, scope: Scope) -> Any:
        world, module = self.world, scope.module
        match expression:
            case Variable(name=name) if name in scope.names:
                return scope.names[name]
            case GetAttr(of=Variable(name=root)) if root in scope.names:
                pass
            case GetAttr(of=Variable(name="var"), name=name):
                return world.variable(module, name)
            case GetAttr(of=Variable(name="local"), name=name):
                return world.local(module, name)
            case GetAttr(of=Variable(name="module"), name=name):
                return world.modules(module, name)
            case GetAttr(of=Variable(name="each"), name="key") | GetAttr(of=Variable(name="count"), name="index"):
                return scope.key
            case GetAttr(of=Variable(name="each"), name="value"):
                return world.each_value(scope)
            case GetAttr(of=Variable(name="path" | "terraform" | "self" as root), name=name):
                raise NotComputed(f"`{root}.{name}` is not computed here")
            case GetAttr(of=GetAttr(of=Variable(name="data"), name=kind), name=name):
                return world.instances(module, "data", kind, name)
            case GetAttr(of=Variable(name=kind), name=name) if kind != "data":
                return world.instances(module, "managed", kind, name)
            case Variable(name=name):
                raise NotComputed(f"`{name}` alone is no value")
        return get(self.of(expression.of, scope), expression.name, world)

    def _part(self, expression: Expression, scope: Scope) -> Any:
        """An element of a list or map: one that nobody can tell does not hide the others."""
        try:
            return self.of(expression, scope)
        except NotComputed as problem:
            if self._trying and isinstance(problem, Absent):
                raise
            return Unknown(str(problem))

    def _splat(self, of: Expression, each: Expression, scope: Scope) -> list[Any]:
        value = self.of(of, scope)
        if value is None:
            return []
        elements = value if isinstance(value, (list, tuple)) else [plain(value)]
        return [self.of(each, scope.naming(**{"*": element})) for element in elements]

    def _call(self, expression: Call, scope: Scope) -> Any:
        if expression.name == "try":
            return self._try(expression.arguments, scope)
        if expression.name == "can":
            return self._can(expression.arguments, scope)
        arguments = [self.of(each, scope) for each in expression.arguments]
        if expression.expands:
            arguments[-1:] = functions.items(arguments[-1])
        return functions.call(expression.name, arguments)

    def _try(self, arguments: Iterable[Expression], scope: Scope) -> Any:
        for each in arguments:
            self._trying += 1
            try:
                return self.of(each, scope)
            except Absent:
                continue
            finally:
                self._trying -= 1
        raise Absent("no argument of `try` has a value")

    def _can(self, arguments: Iterable[Expression], scope: Scope) -> bool:
        try:
            found = self._try(arguments, scope)
        except Absent:
            return False
        if isinstance(found, Unknown):
            raise NotComputed(found.why)
        return True

    def _conditional(self, condition: Expression, yes: Expression, no: Expression, scope: Scope) -> Any:
        try:
            return self.of(yes if plain(self.of(condition, scope)) in (True, "true") else no, scope)
        except NotComputed as problem:
            raise NotComputed(f"it depends on a condition: {problem}") from None

    def _binary(self, expression: Binary, scope: Scope) -> Any:
        left = self.of(expression.left, scope)
        if expression.operator in ("&&", "||"):
            decided = plain(left) is (expression.operator == "||")
            return left if decided else plain(self.of(expression.right, scope))
        right = self.of(expression.right, scope)
        if expression.operator in ("==", "!=") and None in (left, right):
            # What is known only after apply is a value all the same: a reference is never null.
            if isinstance(left, Unknown) or isinstance(right, Unknown):
                raise NotComputed("a comparison with a value that is unknown")
            return (left == right) is (expression.operator == "==")
        return operated(expression.operator, plain(left), plain(right))

    def _for(self, expression: For, scope: Scope) -> Any:
        listed: list[Any] = []
        mapped: dict[str, Any] = {}
        for key, value in pairs(self.of(expression.of, scope)):
            names = {expression.value_name: value}
            if expression.key_name:
                names[expression.key_name] = key
            inner = scope.naming(**names)
            if expression.condition is not None and not plain(self.of(expression.condition, inner)):
                continue
            found = self._part(expression.value, inner)
            if expression.key is None:
                listed.append(found)
                continue
            own = str(plain(self.of(expression.key, inner)))
            if expression.groups:
                mapped.setdefault(own, []).append(found)
            else:
                mapped[own] = found
        return listed if expression.key is None else mapped


def pairs(value: Any) -> Iterator[tuple[Any, Any]]:
    """Keys and values of a map, or places and elements of a list.

    Raises:
        NotComputed: it is no collection that is known.
    """
    value = plain(value)
    if isinstance(value, Mapping):
        return iter(sorted(value.items()))
    if isinstance(value, (list, tuple)):
        return iter(enumerate(value))
    raise NotComputed("a value that is no collection")
