"""What names in expressions are defined as: by the text where it is there, else by the plan's configuration."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from narrowgate.model.resource import Unknown
from narrowgate.sources.terraform.document import ConfigModule, ConfigResource, Expressions, ModuleCall, Plan
from narrowgate.sources.terraform.evaluate import Absent, Candidates, Handle, ModuleHandle, Scope, World, evaluate
from narrowgate.sources.terraform.hcl.functions import NotComputed
from narrowgate.sources.terraform.hcl.parse import parse_expression
from narrowgate.sources.terraform.hcl.scan import SyntaxProblem
from narrowgate.sources.terraform.hcl.syntax import Block, Expression
from narrowgate.sources.terraform.instances import Instance, Key, ModulePath, module_of
from narrowgate.sources.terraform.text import Texts

NO_TEXT = "put the plan beside its `.tf` files, or give the folder"


class Definitions:
    """Variables, locals, outputs, module calls and `for_each`, of a plan and of the text beside it."""

    def __init__(self, plan: Plan, texts: Texts | None = None) -> None:
        """A state has no configuration: give an empty plan."""
        self.world: World | None = None
        self._plan = plan
        self._root = plan.configuration.root_module
        self._texts = texts
        self._known: dict[tuple[str, ModulePath, str], Any] = {}
        self._busy: set[tuple[str, ModulePath, str]] = set()
        self._keys: dict[tuple[ModulePath, str], list[Key]] = {}

    def use(self, instances: Iterable[Instance]) -> None:
        """Learn from instances which keys each module call has."""
        for path in dict.fromkeys(each.module for each in instances):
            for depth in range(len(path)):
                name, key = path[depth]
                keys = self._keys.setdefault((path[:depth], name), [])
                if key not in keys:
                    keys.append(key)

    def block(self, instance: Instance) -> Block | None:
        """The text of the block that an instance comes from."""
        if self._texts is None:
            return None
        modules, mode, kind, name = instance.block
        return self._texts.block(modules, mode, kind, name)

    def is_repeated(self, module: ModulePath, mode: str, kind: str, name: str) -> str | None:
        """`count` or `for_each` where a block has one; None where it has none, or is not there."""
        names = _names(module)
        block = self._texts.block(names, mode, kind, name) if self._texts else None
        if block is not None:
            return next((word for word in ("for_each", "count") if word in block.body.attributes), None)
        config = self._resource(names, mode, kind, name)
        if config is None:
            return None
        return "for_each" if config.for_each_expression else "count" if config.count_expression else None

    def variable(self, module: ModulePath, name: str) -> Any:
        """`var.name`: the call's argument, the plan's value, or the default."""
        return self._once("var", module, name, self._variable)

    def local(self, module: ModulePath, name: str) -> Any:
        """`local.name`, which only the text tells."""
        return self._once("local", module, name, self._local)

    def output(self, module: ModulePath, name: str) -> Any:
        """An output of a module."""
        return self._once("output", module, name, self._output)

    def _once(self, kind: str, module: ModulePath, name: str, find: Any) -> Any:
        key = (kind, module, name)
        if key in self._known:
            return self._known[key]
        if key in self._busy:
            raise NotComputed(f"`{kind}.{name}` leads back to itself")
        self._busy.add(key)
        try:
            found = find(module, name)
        finally:
            self._busy.discard(key)
        self._known[key] = found
        return found

    def _variable(self, module: ModulePath, name: str) -> Any:
        config = self._config(_names(module))
        declared = config.variables.get(name) if config else None
        if not module:
            if declared is not None and declared.sensitive:
                return Unknown(f"`var.{name}` is marked sensitive, and is not read")
            given = self._plan.variables.get(name)
            if given is not None:
                return given.value
            written = self._texts.values.get(name) if self._texts else None
            if written is not None:
                return written if isinstance(written, str) else self.computed(written, Scope(module=()))
        else:
            argument = self._argument(module, name)
            if argument is not _NOTHING:
                return argument
        block = self._text_block(module, "variable", name)
        if block is not None and "default" in block.body.attributes:
            return self.computed(block.body.attributes["default"].value, Scope(module=module))
        if declared is not None:
            return declared.default
        raise NotComputed(f"`var.{name}` has no value in the plan")

    def _argument(self, module: ModulePath, name: str) -> Any:
        parent, (call_name, key) = module[:-1], module[-1]
        scope = Scope(module=parent, block=(_names(parent), "module", "", call_name), key=key)
        block = self._text_block(parent, "module", call_name)
        if block is not None:
            written = block.body.attributes.get(name)
            return _NOTHING if written is None else self.computed(written.value, scope)
        call = self._call(parent, call_name)
        expression = call.expressions.get(name) if call else None
        return _NOTHING if expression is None else self.defined(expression, scope)

    def _local(self, module: ModulePath, name: str) -> Any:
        text = self._texts.module(_names(module)) if self._texts else None
        if text is None:
            raise NotComputed(f"`local.{name}` stands in no plan: {NO_TEXT}")
        attribute = text.locals.get(name)
        if attribute is None:
            raise NotComputed(f"`local.{name}` is in no file that is understood")
        return self.computed(attribute.value, Scope(module=module))

    def _output(self, module: ModulePath, name: str) -> Any:
        block = self._text_block(module, "output", name)
        if block is not None and "value" in block.body.attributes:
            return self.computed(block.body.attributes["value"].value, Scope(module=module))
        config = self._config(_names(module))
        output = config.outputs.get(name) if config else None
        if output is None:
            raise Absent(f"the module has no output `{name}`")
        return self.defined(output.expression, Scope(module=module))

    def modules(self, module: ModulePath, name: str) -> Any:
        """A module call: one, a list by `count`, a map by `for_each`."""
        keys = self._keys.get((module, name), [None])
        handles = {key: ModuleHandle((*module, (name, key))) for key in keys}
        if None in handles:
            return handles[None]
        if all(isinstance(key, int) for key in handles):
            return [handles[key] for key in sorted(handles, key=lambda each: int(each or 0))]
        return {str(key): handle for key, handle in handles.items()}

    def each_value(self, scope: Scope) -> Any:
        """`each.value`: what `for_each` holds under the instance's key."""
        if scope.block is None or scope.key is None:
            raise NotComputed("`each.value` outside a block with `for_each`")
        names, mode, kind, name = scope.block
        outside = Scope(module=scope.module)
        if mode == "module":
            block = self._text_block(scope.module, "module", name)
            call = self._call(scope.module, name)
            expression = call.for_each_expression if call else None
        else:
            block = self._texts.block(names, mode, kind, name) if self._texts else None
            config = self._resource(names, mode, kind, name)
            expression = config.for_each_expression if config else None
        written = block.body.attributes.get("for_each") if block else None
        if written is not None:
            return _under(self.computed(written.value, outside), scope.key)
        if expression is None:
            raise NotComputed("`each.value` without `for_each`")
        return _under(self.defined(expression, outside), scope.key)

    def defined(self, expression: Expressions, scope: Scope) -> Any:
        """What the plan's configuration says of an expression: a constant, or what it refers to."""
        if "constant_value" in expression:
            return expression["constant_value"]
        return self.referred(expression, scope)

    def referred(self, expression: Expressions, scope: Scope) -> Candidates:
        """What an expression's references lead to.

        Raises:
            NotComputed: it has none, or one of them cannot be followed.
        """
        references = [str(each) for each in expression.get("references", ())]
        if not references:
            raise NotComputed(f"the plan does not hold its text: {NO_TEXT}")
        is_keyed = any(each.startswith(("each.", "count.")) for each in references)
        found: list[Any] = []
        for each in _most_specific(references):
            if each in ("each.key", "count.index"):
                continue
            value = self.computed(_parsed(each), scope)
            found.append(_under(value, scope.key) if is_keyed and _is_collection(value) else value)
        return Candidates(tuple(found))

    def computed(self, expression: Expression, scope: Scope) -> Any:
        """The value of an expression.

        Raises:
            NotComputed: nobody here can tell it.
        """
        assert self.world is not None  # noqa: S101
        return evaluate(expression, scope, self.world)

    def _text_block(self, module: ModulePath, kind: str, name: str) -> Block | None:
        text = self._texts.module(_names(module)) if self._texts else None
        return text.named(kind, name) if text else None

    def _config(self, names: tuple[str, ...]) -> ConfigModule | None:
        return module_of(self._root, names)

    def _call(self, module: ModulePath, name: str) -> ModuleCall | None:
        config = self._config(_names(module))
        return config.module_calls.get(name) if config else None

    def _resource(self, names: tuple[str, ...], mode: str, kind: str, name: str) -> ConfigResource | None:
        config = self._config(names)
        wanted = (mode, kind, name)
        resources = config.resources if config else ()
        return next((each for each in resources if (each.mode, each.type, each.name) == wanted), None)


_NOTHING = object()


def _names(module: ModulePath) -> tuple[str, ...]:
    return tuple(name for name, _ in module)


def _parsed(reference: str) -> Expression:
    try:
        return parse_expression(reference)
    except SyntaxProblem:
        raise NotComputed(f"the reference `{reference}` is not understood") from None


def _most_specific(references: list[str]) -> Iterator[str]:
    """The references without those that only begin another one."""
    for each in dict.fromkeys(references):
        if not any(other != each and other.startswith((f"{each}.", f"{each}[")) for other in references):
            yield each


def _is_collection(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(each, Handle) for each in value.values())
    return isinstance(value, list) and all(isinstance(each, Handle) for each in value)


def _under(value: Any, key: Key) -> Any:
    """What stands in a `for_each` collection under a key; a set's element is its own key."""
    if isinstance(value, Candidates):
        return Candidates(tuple(_under(each, key) for each in value.values))
    if isinstance(value, Mapping):
        if str(key) not in value:
            raise Absent(f"there is no `{key}`")
        return value[str(key)]
    if isinstance(value, list) and isinstance(key, int):
        if key >= len(value):
            raise Absent(f"there is no element {key}")
        return value[key]
    return key if isinstance(value, list) else value
