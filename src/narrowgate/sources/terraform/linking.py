"""The values of every instance, with references where a value is known only after apply."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from narrowgate.model.resource import GetAtt, Ref, Unknown
from narrowgate.sources.terraform import special
from narrowgate.sources.terraform.choosing import Tidier
from narrowgate.sources.terraform.definitions import NO_TEXT, Definitions
from narrowgate.sources.terraform.document import Expressions
from narrowgate.sources.terraform.evaluate import Absent, Candidates, Handle, Scope, evaluate, pairs
from narrowgate.sources.terraform.hcl.functions import NotComputed, text
from narrowgate.sources.terraform.hcl.syntax import Block, Body
from narrowgate.sources.terraform.instances import Instance, Key, ModulePath
from narrowgate.sources.terraform.offers import OFFERED, SAME_AS, symbol
from narrowgate.sources.terraform.places import Places
from narrowgate.sources.terraform.shapes import agrees, has_unknown, looks_made_up, masked, only_known

_FILLED_BY_DYNAMIC = frozenset({"ingress", "egress", "route"})
"""Arguments that a `dynamic` block may fill without a trace of it in the plan's configuration."""


class Linker:
    """Answers what an attribute of an instance is; nothing is computed that nobody asks for."""

    def __init__(
        self,
        instances: Iterable[Instance],
        definitions: Definitions,
        places: Places,
        gone: Iterable[tuple[str, Mapping[str, Any]]] = (),
    ) -> None:
        """Take over the instances, what defines the names in their expressions, and where providers work.

        `gone` is what the plan changes or takes away, by type, with its values before that.
        """
        self.places = places
        self.gone = tuple(gone)
        self.instances_by_address = {each.address: each for each in instances}
        self.definitions = definitions
        definitions.world = self
        self._by_block: dict[tuple[ModulePath, str, str, str], list[Instance]] = {}
        self._by_type: dict[str, list[Instance]] = {}
        for each in self.instances_by_address.values():
            if each.mode == "managed":
                self._by_type.setdefault(each.type, []).append(each)
            self._by_block.setdefault((each.module, each.mode, each.type, each.name), []).append(each)
        self._symbols = dict(self._known_symbols())
        self._inside: re.Pattern[str] | None = None
        self._doubtful: re.Pattern[str] | None = None
        self._made: dict[str, Callable[[], Any]] = {}
        self._values: dict[tuple[str, str], Any] = {}
        self._busy: set[tuple[str, str]] = set()
        self._tidier = Tidier(self)

    def _known_symbols(self) -> Iterator[tuple[str, Ref | GetAtt]]:
        for each in self.instances_by_address.values():
            if each.mode == "managed":
                for name, offer in OFFERED.get(each.type, {}).items():
                    value = each.values.get(name)
                    if isinstance(value, str) and value:
                        yield value, symbol(each.address, offer)

    def instance_of(self, reference: Any) -> Instance | None:
        """The instance that a reference names."""
        if isinstance(reference, (Ref, GetAtt)):
            return self.instances_by_address.get(reference.logical_id)
        return None

    def of_type(self, kind: str) -> list[Instance]:
        """The instances of a resource type."""
        return self._by_type.get(kind, [])

    def where(self, instance: Instance) -> tuple[str, str]:
        """The account and Region that an instance is in."""
        return self.places.of(instance)

    def replace_inside(self, symbols: Mapping[str, Any], doubtful: Iterable[str] = ()) -> None:
        """Take these texts for references wherever they stand, also inside other text.

        A value with a `doubtful` text in it, which several resources share, is left to the text of its block.
        """
        words = [re.escape(each) for each in doubtful if each]
        if words:
            self._doubtful = re.compile("|".join(words))
        self._symbols |= symbols
        words = sorted((each for each in symbols if each), key=len, reverse=True)
        if words:
            self._inside = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(map(re.escape, words))})(?![A-Za-z0-9])")

    def replace_whole(self, values: Mapping[str, Callable[[], Any]]) -> None:
        """Take these texts for values that are made when somebody asks."""
        self._made = dict(values)

    def symbolised(self, value: Any) -> Any:
        """A known value with references to the resources that it names by id."""
        if isinstance(value, str):
            if value in self._made:
                return self._made[value]()
            if self._inside is not None and value not in self._symbols:
                pieces = self._inside.split(value)
                return text([self._symbols.get(each, each) if at % 2 else each for at, each in enumerate(pieces)])
            return self._symbols.get(value, value)
        if isinstance(value, Mapping):
            return {key: self.symbolised(each) for key, each in value.items()}
        return [self.symbolised(each) for each in value] if isinstance(value, list) else value

    def attribute(self, instance: Instance, name: str) -> Any:
        """An attribute; None where it is not set, `Unknown` where nobody can tell it."""
        key = (instance.address, name)
        if key in self._values:
            return self._values[key]
        if key in self._busy:
            return Unknown(f"`{instance.address}.{name}` leads back to itself")
        self._busy.add(key)
        try:
            value = self._attribute(instance, name)
        except NotComputed as problem:
            value = Unknown(f"`{instance.address}.{name}`: {problem}")
        finally:
            self._busy.discard(key)
        self._values[key] = value
        return value

    def value(self, instance: Instance, name: str) -> Any:
        """An attribute as an expression elsewhere names it: what nobody sets is not null before it is made.

        Raises:
            NotComputed: it is known only after apply.
        """
        found = self.attribute(instance, name)
        if found is not None:
            return found
        unknown = instance.unknown.get(name) if isinstance(instance.unknown, dict) else instance.unknown
        if unknown is True or (instance.is_made_up and name not in instance.values):
            raise NotComputed(f"`{instance.address}.{name}` is known only after apply")
        return None

    def _attribute(self, instance: Instance, name: str) -> Any:
        offer = OFFERED.get(instance.type, {}).get(name)
        if offer is not None and instance.mode == "managed":
            return symbol(instance.address, offer)
        same = SAME_AS.get(instance.type, {}).get(name)
        if same is not None and same != name:
            return self.attribute(instance, same)
        made = special.OFFERS.get((instance.mode, instance.type, name))
        if made is not None:
            found = made(self, instance)
            if found is not None:
                return found
        return self.told(instance, name)

    def told(self, instance: Instance, name: str) -> Any:
        """An attribute as the plan and the text tell it.

        Raises:
            NotComputed: nobody here can tell it.
        """
        unknown = instance.unknown.get(name) if isinstance(instance.unknown, dict) else instance.unknown
        known = masked(instance.values.get(name), _part(instance.sensitive, name), f"{instance.address}.{name}")
        if instance.is_made_up and self._is_doubtful(known):
            return self._filled(instance, name, None, True)
        if not has_unknown(unknown):
            return self.symbolised(known)
        return self._filled(instance, name, known, unknown)

    def _is_doubtful(self, known: Any) -> bool:
        """True where only the text tells what a mocked value stands for: null, or one of several resources."""
        if looks_made_up(known) and known not in self._symbols:
            return True
        return self._doubtful is not None and self._doubtful.search(str(known)) is not None

    def _filled(self, instance: Instance, name: str, known: Any, unknown: Any) -> Any:
        scope = Scope(module=instance.module, block=instance.block, key=instance.index)
        block = self.definitions.block(instance)
        if block is not None:
            return self._from_text(block.body, name, known, unknown, scope)
        if instance.config is None:
            return Unknown(f"`{instance.address}.{name}` is known only after apply")
        expression = instance.config.expressions.get(name)
        if expression is None and unknown is True and name in _FILLED_BY_DYNAMIC:
            return self._not_seen(instance, name)
        return self._from_config(expression, name, known, unknown, scope)

    def _not_seen(self, instance: Instance, name: str) -> Any:
        """A group's rules or a table's routes that the configuration does not show: none, or a `dynamic` block."""
        if special.has_separate_form(self, instance, name):
            return None
        return Unknown(
            f"the plan does not show whether a `dynamic` block gives `{instance.address}` its `{name}`: {NO_TEXT}"
        )

    # --- by the text

    def _from_text(self, body: Body, name: str, known: Any, unknown: Any, scope: Scope) -> Any:
        attribute = body.attributes.get(name)
        if attribute is not None:
            return self._tidier.tidy(evaluate(attribute.value, scope, self), name)
        written = [self._block_values(inner, inside) for inner, inside in self._blocks(body, name, scope)]
        if not written:
            return None
        return self._paired(written, known, unknown)

    def _blocks(self, body: Body, name: str, scope: Scope) -> Iterator[tuple[Body, Scope]]:
        for block in body.blocks:
            if block.type == name:
                yield block.body, scope
            elif block.type == "dynamic" and block.labels == (name,):
                yield from self._dynamic(block, name, scope)

    def _dynamic(self, block: Block, name: str, scope: Scope) -> Iterator[tuple[Body, Scope]]:
        content = next(block.body.of_type("content"), None)
        for_each = block.body.attributes.get("for_each")
        if content is None or for_each is None:
            raise NotComputed("a `dynamic` block without `for_each` and `content`")
        iterator = block.body.attributes.get("iterator")
        own = getattr(iterator.value, "name", name) if iterator else name
        for key, value in pairs(evaluate(for_each.value, scope, self)):
            yield content.body, scope.naming(**{own: {"key": key, "value": value}})

    def _block_values(self, body: Body, scope: Scope) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, attribute in body.attributes.items():
            try:
                found[name] = self._tidier.tidy(evaluate(attribute.value, scope, self), name)
            except NotComputed as problem:
                found[name] = Unknown(str(problem))
        names = dict.fromkeys(
            each.labels[0] if each.type == "dynamic" and each.labels else each.type for each in body.blocks
        )
        for name in names:
            found[name] = [self._block_values(inner, inside) for inner, inside in self._blocks(body, name, scope)]
        return found

    # --- by the plan's references alone

    def _from_config(self, expression: Any, name: str, known: Any, unknown: Any, scope: Scope) -> Any:
        if expression is None:
            return only_known(known, unknown, name)
        if isinstance(expression, list):
            written = [
                {key: self._element(each, key, scope) for key, each in element.items()} for element in expression
            ]
            return self._paired(written, known, unknown)
        return self._element(expression, name, scope)

    def _element(self, expression: Any, name: str, scope: Scope) -> Any:
        if isinstance(expression, list):
            return [{key: self._element(each, key, scope) for key, each in one.items()} for one in expression]
        if "constant_value" in expression:
            return self.symbolised(expression["constant_value"])
        try:
            return self._tidier.tidy(self.referred(expression, scope), name)
        except NotComputed as problem:
            return Unknown(str(problem))

    def referred(self, expression: Expressions, scope: Scope) -> Candidates:
        """What an expression's references lead to.

        Raises:
            NotComputed: it has none, or one of them cannot be followed.
        """
        return self.definitions.referred(expression, scope)

    # --- both

    def _paired(self, written: list[dict[str, Any]], known: Any, unknown: Any) -> list[dict[str, Any]]:
        """Blocks as written, each with what the plan knows of it (a set has an order of its own)."""
        if not isinstance(known, list) or not isinstance(unknown, list):
            return written
        left = list(written)
        found: list[dict[str, Any]] = []
        for position, element in enumerate(known):
            mask = unknown[position] if position < len(unknown) else {}
            if not isinstance(element, dict) or not isinstance(mask, dict):
                continue
            match = next((each for each in left if agrees(each, element, mask)), None)
            if match is not None:
                left.remove(match)
            found.append(self._merged(match, element, mask))
        return found

    def _merged(
        self, written: dict[str, Any] | None, known: dict[str, Any], mask: dict[str, Any]
    ) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for name in (*known, *(each for each in mask if each not in known)):
            if not has_unknown(mask.get(name)):
                merged[name] = self.symbolised(known.get(name))
            elif written is None:
                merged[name] = Unknown(f"`{name}` of a block that the plan does not show: {NO_TEXT}")
            elif isinstance(written.get(name), list) and isinstance(known.get(name), list):
                merged[name] = self._inner(written[name], known[name], mask[name])
            else:
                merged[name] = written.get(name)
        return merged

    def _inner(self, written: list[Any], known: list[Any], mask: Any) -> list[Any]:
        if all(isinstance(each, dict) for each in written) and any(isinstance(each, dict) for each in known):
            return self._paired(written, known, mask)
        return written

    # --- what expressions name

    def variable(self, module: ModulePath, name: str) -> Any:
        """`var.name`."""
        return self.definitions.variable(module, name)

    def local(self, module: ModulePath, name: str) -> Any:
        """`local.name`."""
        return self.definitions.local(module, name)

    def output(self, module: ModulePath, name: str) -> Any:
        """An output of a module."""
        return self.definitions.output(module, name)

    def modules(self, module: ModulePath, name: str) -> Any:
        """A module call."""
        return self.definitions.modules(module, name)

    def each_value(self, scope: Scope) -> Any:
        """`each.value`."""
        return self.definitions.each_value(scope)

    def instances(self, module: ModulePath, mode: str, kind: str, name: str) -> Any:
        """The instances of a block: one, a list by `count`, a map by `for_each`."""
        found = self._by_block.get((module, mode, kind, name))
        if not found:
            repeated = self.definitions.is_repeated(module, mode, kind, name)
            if repeated is None:
                raise Absent(f"`{kind}.{name}` is not in the plan")
            return {} if repeated == "for_each" else []
        return _by_key([(each.index, Handle(each)) for each in found])


def _by_key(found: list[tuple[Key, Any]]) -> Any:
    if found[0][0] is None:
        return found[0][1]
    if isinstance(found[0][0], int):
        return [value for _, value in sorted(found, key=lambda each: int(each[0] or 0))]
    return {str(key): value for key, value in found}


def _part(sensitive: Any, name: str) -> Any:
    return sensitive.get(name, False) if isinstance(sensitive, dict) else sensitive
