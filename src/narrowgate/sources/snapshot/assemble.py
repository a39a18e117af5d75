"""Responses into one snapshot: decode each element, join pages and the views of several accounts."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.model.estate_facts import Call, Place
from narrowgate.model.outside import Outside
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.vpc import Reservation
from narrowgate.sources.snapshot import special
from narrowgate.sources.snapshot.decode import convert, decode_json
from narrowgate.sources.snapshot.gathered import Gathered
from narrowgate.sources.snapshot.merge import merge_views
from narrowgate.sources.snapshot.operation import Operation
from narrowgate.sources.snapshot.operations import OPERATIONS
from narrowgate.sources.snapshot.pages import unfinished
from narrowgate.sources.snapshot.response import Response


def snapshot_from_responses(
    responses: Iterable[Response],
    *,
    refused: Mapping[Call, str] | None = None,
    untold: Mapping[Call, str] | None = None,
    assume_complete: bool = False,
    outside: Outside | None = None,
    warnings: Iterable[str] = (),
) -> Snapshot:
    """Join responses into a snapshot.

    Args:
        responses: what AWS answered.
        refused: calls that AWS refused, with its words.
        untold: calls and fields that the source cannot tell, with why.
        assume_complete: take what no response tells as empty.
        outside: facts that no AWS API holds.
        warnings: what was set aside before.

    Raises:
        InputError: a response of the wrong shape, or one id twice in one response with different content.
    """
    assembly = Assembly(list(warnings))
    for response in responses:
        assembly.add(response)
    assembly.drop_parts()
    snapshot = Snapshot(
        assembly.collections,
        places=assembly.places,
        calls=assembly.calls,
        refused=refused,
        untold={**(untold or {}), **assembly.unfinished},
        assume_complete=assume_complete,
        outside=outside,
    )
    snapshot.contradictions = {key: tuple(sorted(fields)) for key, fields in assembly.contradictions.items()}
    snapshot.warnings = tuple(assembly.warnings)
    return snapshot


class Assembly(Gathered):
    """Takes in one response after the other."""

    def __init__(self, warnings: list[str]) -> None:
        """Start empty; `warnings` collects what was set aside."""
        super().__init__(warnings)
        self.unfinished: dict[Call, str] = {}
        self.parts: list[tuple[Call, str]] = []
        self.contradictions: dict[str, set[str]] = {}

    def add(self, response: Response) -> None:
        """Take one response in.

        Raises:
            InputError: the response has the wrong shape.
        """
        operation = OPERATIONS[response.operation]
        region = _region_of(response)
        place = Place(response.account, region, response.source or operation.name)
        parent = self._parent(response, operation)
        call = Call(response.account, region, operation.name, parent)
        mark = unfinished(response.body)
        if mark is not None:
            # What stands here counts; what the other pages hold nobody knows.
            self.unfinished[call] = f"only a part of the answer was kept: `{mark}` names a further page"
        elif response.is_whole:
            # A per-parent file without any element says that there was no parent to ask for.
            self.calls.add(call)
        if response.body is None:
            return
        reader = special.READERS.get(operation.name)
        if reader is not None:
            reader(self, response, parent, place)
            return
        elements = self.elements(response, operation)
        target = getattr(self.collections, operation.into)
        if operation.name == "ec2.describe_instances":
            self._instances(elements, place)
        elif operation.parent is not None:
            self._children(target, elements, operation, parent, place, is_whole=mark is None)
        elif isinstance(target, list):
            seen = set(target)
            target.extend(element for element in elements if element not in seen)
        else:
            self._by_id(target, elements, operation, place)

    def drop_parts(self) -> None:
        """Forget what stands under a parent of whose answer the last page never came: all of it is unknown."""
        for call, into in self.parts:
            if call not in self.calls:
                getattr(self.collections, into).pop(call.parent, None)

    def elements(self, response: Response, operation: Operation) -> tuple[Any, ...]:
        """The facts of one response.

        Raises:
            InputError: wrong JSON or types.
        """
        kind = tuple[operation.fact, ...]  # type: ignore[name-defined]
        where = response.source or operation.name
        if not isinstance(response.body, msgspec.Raw):
            body = response.body if isinstance(response.body, dict) else {operation.key: response.body}
            return convert(body.get(operation.key) or (), kind, where=where, pointer=f".{operation.key}")  # type: ignore[no-any-return]
        content = decode_json(response.body, dict[str, msgspec.Raw], where=where)
        raw = content.get(operation.key)
        if raw is None and operation.key == "item":
            raw = content.get("items")
        if raw is None:
            if content and not set(content) & {"NextToken", "ResponseMetadata", "position"}:
                raise InputError(f"has no `{operation.key}`, which `{operation.name}` answers with", where=where)
            return ()
        return decode_json(raw, kind, where=where, pointer=f".{operation.key}") or ()

    def _parent(self, response: Response, operation: Operation) -> str | None:
        if operation.parent is None:
            return None
        parameters = response.parameters or {}
        # A private domain's mappings are told apart by its id: its name need not be unique (AGW-08).
        value = parameters.get("domainNameId") if operation.parent == "domainName" else None
        value = value or parameters.get(operation.parent)
        if isinstance(value, str):
            return special.bare_zone_id(value)
        return None

    def _instances(self, reservations: tuple[Reservation, ...], place: Place) -> None:
        for reservation in reservations:
            for instance in reservation.instances:
                self.collections.instances[instance.instance_id] = instance
                self.places[instance.instance_id] = Place(
                    reservation.owner_id or place.account, place.region, place.source
                )

    def _children(
        self,
        target: dict[str, tuple[Any, ...]],
        elements: tuple[Any, ...],
        operation: Operation,
        parent: str | None,
        place: Place,
        *,
        is_whole: bool,
    ) -> None:
        groups: dict[str, list[Any]] = {}
        if parent is not None:
            groups[parent] = list(elements)
        elif operation.parent_field is not None:
            for element in elements:
                own = getattr(element, operation.parent_field)
                if own is not None:
                    groups.setdefault(own, []).append(element)
        if parent is None and elements and not groups:
            self.warnings.append(
                f"{place.source}: set aside: nothing says which `{operation.parent}` it was asked for"
            )
        for own, members in groups.items():
            call = Call(place.account, place.region, operation.name, own)
            if is_whole:
                self.calls.add(call)
            else:
                self.parts.append((call, operation.into))
            known = target.get(own, ())
            if tuple(members) != known:
                target[own] = (*known, *(member for member in members if member not in known))

    def _by_id(
        self, target: dict[str, Any], elements: tuple[Any, ...], operation: Operation, place: Place
    ) -> None:
        identity = operation.identity
        in_this_response: dict[str, Any] = {}
        for position, element in enumerate(elements):
            key = (
                special.identity_of(element)
                if identity is None
                else special.bare_zone_id(getattr(element, identity))
            )
            first = in_this_response.setdefault(key, element)
            if first is not element and first != element:
                raise InputError(
                    f"the id `{key}` stands here a second time with other content",
                    where=f"{place.source}: .{operation.key}[{position}]",
                    help="one response names each resource once",
                )
            known = target.get(key)
            if known is None:
                target[key] = element
                self.places[key] = place
            elif known != element:
                self._merge(target, key, element, place)

    def _merge(self, target: dict[str, Any], key: str, element: Any, place: Place) -> None:
        merged, takes_place, contradictions = merge_views(
            target[key], self.places[key].account, element, place.account
        )
        target[key] = merged
        if contradictions:
            self.contradictions.setdefault(key, set()).update(contradictions)
            self.warnings.append(
                f"`{key}`: {self.places[key].source} and {place.source} contradict each other on "
                + ", ".join(contradictions)
            )
        if takes_place:
            self.places[key] = place


def _region_of(response: Response) -> str | None:
    """Where an answer counts: Route 53 has no Region, wherever its file lies."""
    if response.region is not None and response.operation.startswith("route53."):
        return "global"
    return response.region
