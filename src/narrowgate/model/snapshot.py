"""An AWS estate as it was learnt: every resource by id, and for every call whether it was made.

A snapshot never guesses. What no call told is *unknown* (`Snapshot.missing`), unless the caller said that absent
facts are empty. Indexes that an evaluator needs are functions marked `@index`, or `@keyed_index` where there is a
result for each key: each is computed at most once a snapshot, when the first question needs it.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import wraps
from typing import TypeVar

import msgspec

from narrowgate.model.answer import Evidence, Missing
from narrowgate.model.estate_facts import Call, Collections, Place
from narrowgate.model.keeping import Keeping
from narrowgate.model.outside import Outside
from narrowgate.model.spoken import Spoken

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

_REGION_OF_ZONE = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")


class Snapshot(Keeping):
    """Facts, where each was learnt, and which calls were made, refused or never tried."""

    def __init__(
        self,
        collections: Collections,
        *,
        places: Mapping[str, Place],
        calls: Iterable[Call] = (),
        refused: Mapping[Call, str] | None = None,
        untold: Mapping[Call, str] | None = None,
        assume_complete: bool = False,
        outside: Outside | None = None,
    ) -> None:
        """Take over what a source gathered.

        Args:
            collections: the facts.
            places: where each was learnt, by resource id.
            calls: the calls that were made and answered in full.
            refused: calls that AWS refused, with its words.
            untold: calls, and fields as `Fact.field` of a parent, that the source itself cannot tell, with why: a
                template's value that is known only after creation, or an answer whose last pages are missing.
            assume_complete: take what nobody collected as empty.
            outside: facts that no AWS API holds.
        """
        super().__init__()
        self.facts = collections
        self.places = places
        self.calls = frozenset(calls)
        self.refused = dict(refused or {})
        self.untold = dict(untold or {})
        self.assume_complete = assume_complete
        self.outside = outside
        self.contradictions: dict[str, tuple[str, ...]] = {}
        self.warnings: tuple[str, ...] = ()
        self.label = ""
        self.assumed: frozenset[str] = frozenset()
        """Addresses that stand for whichever one AWS will choose: no rule may be written for one of them."""
        self.parts: Mapping[tuple[str, str], Place] = {}
        """Where parts of a resource are written, by its id and a property, a destination or a rule's range."""
        self.spoken: Spoken | None = None
        """What the names of the design that it came from stand for."""
        self.stand_in_accounts: frozenset[str] = frozenset()
        """Accounts that stand for one that the source does not tell: nothing may be decided by which one it is."""
        self._asked = {(call.operation, call.parent, call.account, call.region) for call in self.calls}
        self._asked_of_parent = {(call.operation, call.parent) for call in self.calls}

    def was_collected(
        self, operation: str, account: str | None, region: str | None, parent: str | None = None
    ) -> bool:
        """True where the call was made for this account and Region (and parent).

        A file that does not say its account or Region speaks for every one; a parent's call is looked up by the
        parent's id alone where ids are unique, which they are for all calls made once per parent.
        """
        if parent is not None:
            return (operation, parent) in self._asked_of_parent
        asked = self._asked
        return any(
            (operation, None, an_account, a_region) in asked
            for an_account in {account, None}
            for a_region in {region, None, "global"}
        )

    def missing(
        self,
        operation: str,
        account: str | None,
        region: str | None,
        *,
        parent: str | None = None,
        resource: str | None = None,
    ) -> Missing | None:
        """The missing fact where a call was not made or was refused; None where its answer is complete.

        A refusal stays unknown even when absent facts count as empty: somebody looked and was turned away. So does
        what the source says that it cannot tell.
        """
        if self.was_collected(operation, account, region, parent):
            return None
        where = "/".join(part for part in (account, region) if part)
        fact = f"{operation} ({where})" if where else operation
        for call, words in self.refused.items():
            if (
                call.operation == operation
                and call.account in (account, None)
                and call.region in (region, None, "global")
                and call.parent in (parent, None)
            ):
                return Missing(fact=fact, resource=resource or parent, why=f"refused: {words}")
        for call, words in self.untold.items():
            if (
                call.operation == operation
                and call.account in (account, None)
                and call.region in (region, None, "global")
                and call.parent in (parent, None)
            ):
                return Missing(fact=fact, resource=resource or parent, why=words)
        if self.assume_complete:
            return None
        return Missing(fact=fact, resource=resource or parent, why="not collected")

    def untold_field(self, field: str, resource: str) -> Missing | None:
        """The missing fact where the source says that it cannot tell a resource's field (`RestApi.policy`)."""
        if not self.untold:
            return None
        words = next(
            (why for call, why in self.untold.items() if call.operation == field and call.parent == resource), None
        )
        return None if words is None else Missing(fact=field, resource=resource, why=words)

    def place(self, resource_id: str) -> Place:
        """Where a resource was learnt; an empty place for one that no call returned."""
        return self.places.get(resource_id, _NOWHERE)

    def place_of_part(self, resource_id: str, parts: Iterable[str]) -> Place:
        """Where the first of some parts of a resource that are written apart stands; else the resource's place."""
        found = (self.parts.get((resource_id, part)) for part in parts)
        return next((each for each in found if each is not None), self.place(resource_id))

    def account_of(self, resource_id: str) -> str | None:
        """The account that owns a resource: its own word (`OwnerId`), else the account that was asked."""
        for by_id in (
            self.facts.vpcs,
            self.facts.subnets,
            self.facts.network_interfaces,
            self.facts.vpc_endpoints,
        ):
            fact = by_id.get(resource_id)
            owner = getattr(fact, "owner_id", None)
            if isinstance(owner, str):
                return owner
        return self.place(resource_id).account

    def region_of(self, resource_id: str) -> str | None:
        """The Region of a resource: of the call that returned it, else read off an Availability Zone's name."""
        place = self.place(resource_id)
        if place.region and place.region != "global":
            return place.region
        return _regions_by_vpc(self).get(resource_id) or _only_region(self)

    def evidence(self, resource_id: str, field: str, value: object) -> Evidence:
        """A fact for an answer: resource, field, value and the file it was learnt from."""
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        return Evidence(resource=resource_id, field=field, value=text, source=self.place(resource_id).source)


_NOWHERE = Place(None, None, "")


def index(read: Callable[[Snapshot], T]) -> Callable[[Snapshot], T]:
    """Mark a function of a snapshot whose result is computed at most once and kept with the snapshot.

    A snapshot that follows another takes the result over where nothing that it was read from differs.
    """

    @wraps(read)
    def lookup(snapshot: Snapshot) -> T:
        try:
            # Asked millions of times, built once: a hit must cost no more than this.
            found: T = snapshot.kept[read]
        except KeyError:
            pass
        else:
            return found
        made: T = snapshot.result(read)
        return made

    return lookup


def keyed_index(read: Callable[[Snapshot, K], T]) -> Callable[[Snapshot, K], T]:
    """Mark a function of a snapshot and a key whose results are computed once for each key, and kept."""

    @wraps(read)
    def lookup(snapshot: Snapshot, key: K) -> T:
        try:
            found: T = snapshot.kept[read][key]
        except KeyError:
            pass
        else:
            return found
        made: T = snapshot.entry(read, key)
        return made

    return lookup


@index
def _regions_by_vpc(snapshot: Snapshot) -> dict[str, str]:
    """The Region of each VPC, subnet and interface whose Availability Zone is named."""
    regions: dict[str, str] = {}
    zoned: list[tuple[str, str | None, str | None]] = [
        (each.subnet_id, each.vpc_id, each.availability_zone) for each in snapshot.facts.subnets.values()
    ]
    zoned += [
        (each.network_interface_id, each.vpc_id, each.availability_zone)
        for each in snapshot.facts.network_interfaces.values()
    ]
    for own_id, vpc_id, zone_name in zoned:
        found = _REGION_OF_ZONE.match(zone_name or "")
        if found:
            regions[own_id] = found[0]
            if vpc_id:
                regions.setdefault(vpc_id, found[0])
    return regions


@index
def _only_region(snapshot: Snapshot) -> str | None:
    """The estate's Region where all that tells speaks of one."""
    regions = {place.region for place in snapshot.places.values() if place.region and place.region != "global"}
    regions |= set(_regions_by_vpc(snapshot).values())
    return next(iter(regions)) if len(regions) == 1 else None
