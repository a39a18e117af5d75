"""An estate in the making out of declared resources: ids first, then what AWS would answer, gaps named."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from narrowgate.model.estate_facts import Call
from narrowgate.model.resource import GetAtt, Join, Origin, Ref, Resource, Unknown
from narrowgate.sources.declared.addresses import Addresses
from narrowgate.sources.declared.attributes import attribute_of
from narrowgate.sources.declared.ids import id_of, reference_of
from narrowgate.sources.synthetic.calls import GLOBAL
from narrowgate.sources.synthetic.estate import Estate
from narrowgate.sources.synthetic.ledger import Ledger, Where

Properties = dict[str, Any]
Attribute = Any


class Declared:
    """What has been declared so far, and what could not be told.

    Ids are settled before anything is built, so references may lead in any direction and in circles.
    """

    def __init__(self, resources: Iterable[Resource]) -> None:
        """Settle every id; nothing is built yet."""
        self.resources = {each.logical_id: each for each in resources}
        self.ledger = Ledger()
        self.ids = {name: id_of(each) for name, each in self.resources.items()}
        self._by_id = {self.ids[name]: each for name, each in self.resources.items()}
        self._by_type: dict[str, list[Resource]] = {}
        for each in self.resources.values():
            self._by_type.setdefault(each.type, []).append(each)
        self._named_by: dict[tuple[str, str], dict[str | None, list[Resource]]] = {}
        self.addresses = Addresses(self)
        self.untold: dict[Call, str] = {}
        self.warnings: dict[str, None] = {}
        self.origins: dict[str, Origin] = {}
        self.parts: dict[tuple[str, str], Origin] = {}
        self._resolved: dict[str, Properties] = {}
        self._visiting: set[tuple[str, str]] = set()
        for account, region in {(each.account, each.region): None for each in self.resources.values()}:
            Estate(account, region, ledger=self.ledger)

    # Where and what

    def estate(self, resource: Resource) -> Estate:
        """The builder for a resource's account and Region."""
        return Estate(resource.account, resource.region, ledger=self.ledger)

    def where(self, resource: Resource, call: str = "") -> Where:
        """The account and Region that a call about a resource is made for."""
        return Where(resource.account, GLOBAL if call.startswith("route53.") else resource.region)

    def own_id(self, resource: Resource) -> str:
        """The id of a resource of the list."""
        return self.ids[resource.logical_id]

    def named(self, own_id: object) -> Resource | None:
        """The resource of the list with that id, or None: it is outside."""
        return self._by_id.get(own_id) if isinstance(own_id, str) else None

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of some types, type by type, in the order of the list."""
        return (each for kind in types for each in self._by_type.get(kind, ()))

    def users(self, kind: str, field: str, own_id: str) -> Sequence[Resource]:
        """The resources of a type whose property, followed, is an id."""
        return self._users(kind, field).get(own_id, ())

    def maybe_users(self, kind: str, field: str) -> Sequence[Resource]:
        """The resources of a type whose property nobody knows: it could be any id."""
        return self._users(kind, field).get(None, ())

    def _users(self, kind: str, field: str) -> Mapping[str | None, Sequence[Resource]]:
        found = self._named_by.get((kind, field))
        if found is None:
            found = self._named_by[kind, field] = {}
            for each in self.of_type(kind):
                value = self.properties(each).get(field)
                if isinstance(value, (str, Unknown)):
                    found.setdefault(value if isinstance(value, str) else None, []).append(each)
        return found

    def properties(self, resource: Resource) -> Properties:
        """A resource's properties with every reference in them followed; `Unknown` stays where it stands."""
        name = resource.logical_id
        found = self._resolved.get(name)
        if found is None:
            found = self._resolved[name] = {
                key: self.resolved(value) for key, value in resource.properties.items()
            }
        return found

    def property(self, resource: Resource, name: str) -> Any:
        """One property, followed without following the others: attributes ask for it in the middle of that."""
        done = self._resolved.get(resource.logical_id)
        return done.get(name) if done is not None else self.resolved(resource.properties.get(name))

    # References

    def resolved(self, value: Any) -> Any:
        """A value with every reference in it followed."""
        match value:
            case Ref(logical_id=own):
                target = self.resources.get(own)
                return reference_of(self, target) if target else Unknown(f"`{own}` is not in the list")
            case GetAtt(logical_id=own, attribute=attribute):
                return self.attribute(own, attribute)
            case Join(parts=parts):
                texts = [self.resolved(part) for part in parts]
                gap = next((each for each in texts if isinstance(each, Unknown)), None)
                return gap or "".join(str(each) for each in texts)
            case dict():
                return {key: self.resolved(each) for key, each in value.items()}
            case list() | tuple():
                return [self.resolved(each) for each in value]
            case _:
                return value

    def attribute(self, logical_id: str, name: str) -> Attribute:
        """An attribute of a resource of the list, or why nobody can tell it yet."""
        resource = self.resources.get(logical_id)
        if resource is None:
            return Unknown(f"`{logical_id}` is not in the list")
        key = (logical_id, name)
        if key in self._visiting:
            return Unknown(f"`{logical_id}.{name}` leads back to itself")
        self._visiting.add(key)
        try:
            return attribute_of(self, resource, name)
        finally:
            self._visiting.discard(key)

    # What AWS would answer

    def add(self, resource: Resource, call: str, element: dict[str, Any], own_id: str | None = None) -> None:
        """Put an element into a call's answer, without the fields that nobody knows; one id stands there once."""
        if (
            own_id is not None
            and own_id in self.ledger.by_id
            and self.ledger.home[own_id] == self.where(resource, call)
        ):
            self.warn(resource, f"{own_id} is declared twice; the first one counts")
            return
        kept = self.known_only(resource, element)
        self.ledger.add(self.where(resource, call), call, kept, own_id)
        if own_id is not None:
            self.mark(own_id, resource)

    def ask(self, resource: Resource, call: str, parent: str, parameter: str, body: dict[str, Any]) -> None:
        """Answer a call that is made once per parent."""
        kept = self.known_only(resource, body)
        self.ledger.ask(self.where(resource, call), call, parent, {parameter: parent}, kept)

    def mark(self, own_id: str, resource: Resource) -> None:
        """Remember where an id is written."""
        if resource.origin is not None:
            self.origins.setdefault(own_id, resource.origin)
        for name, origin in resource.written.items():
            self.parts.setdefault((own_id, name), origin)

    def mark_part(self, own_id: str, part: str, resource: Resource) -> None:
        """Remember where a part of something is written that is a resource of its own."""
        if resource.origin is not None:
            self.parts.setdefault((own_id, part), resource.origin)

    def known_only(self, resource: Resource, element: dict[str, Any], at: str = "") -> dict[str, Any]:
        """An element without what nobody knows: a field that is left out is unknown to the engine."""
        kept: dict[str, Any] = {}
        for key, value in element.items():
            gap = unknown_in(value) if not isinstance(value, dict) else None
            if gap is not None:
                self.note(resource, f"{at}{key}", gap)
            elif isinstance(value, dict):
                kept[key] = self.known_only(resource, value, f"{at}{key}.")
            else:
                kept[key] = value
        return kept

    # What nobody can tell

    def note(self, resource: Resource, what: str, gap: Unknown) -> None:
        """Tell the user of a value that stays unknown."""
        self.warn(resource, f"`{what}` is not known: {gap.why}")

    def warn(self, resource: Resource, text: str) -> None:
        """A warning with the place and name of a resource."""
        where = f"{resource.origin}: " if resource.origin else ""
        named = (resource.origin.address if resource.origin else "") or resource.logical_id
        self.warnings[f"{where}{named} ({resource.type}): {text}"] = None

    def withhold(self, resource: Resource, call: str, why: str, parent: str | None = None) -> None:
        """Leave a call unanswered in a resource's account and Region: its list could hold more than is known."""
        where = self.where(resource, call)
        self.ledger.forgotten.add((where, call, parent))
        self.untold.setdefault(Call(where.account, where.region, call, parent), why)

    def needed(self, resource: Resource, name: str, call: str) -> str | None:
        """A property without which a resource cannot be placed; else None, and the call stays unanswered."""
        value = self.properties(resource).get(name)
        if isinstance(value, str) and value:
            return value
        why = value.why if isinstance(value, Unknown) else "is not given"
        named = (resource.origin.address if resource.origin else "") or resource.logical_id
        self.warn(resource, f"`{name}` is not known: {why}; what `{call}` would list is unknown")
        self.withhold(resource, call, f"`{name}` of {named}: {why}")
        return None


def unknown_in(value: Any) -> Unknown | None:
    """The first unknown part of a value, or None where all of it is known."""
    match value:
        case Unknown():
            return value
        case dict():
            found = (unknown_in(each) for each in value.values())
        case list() | tuple():
            found = (unknown_in(each) for each in value)
        case _:
            return None
    return next((each for each in found if each is not None), None)
