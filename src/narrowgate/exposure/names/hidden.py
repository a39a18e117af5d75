"""Public names that the resolver of a VPC answers otherwise than public DNS, or not at all.

Names are asked by the domain that they lie directly in, their *parent*. What is hidden of a parent's names is the
same in all views that decide alike about them, and where a view answers them itself, one name speaks for all that
are no points of the view (see `points.py`).
"""

from collections.abc import Iterable
from typing import NamedTuple

from narrowgate.engine.dns.choice import levels
from narrowgate.engine.dns.firewall import UNAVAILABLE
from narrowgate.engine.dns.outcome import PUBLIC, Query
from narrowgate.engine.dns.resolver import ask_resolver
from narrowgate.engine.dns.view import Candidate, Kind, View, view_of
from narrowgate.exposure.names.cells import WITNESS
from narrowgate.exposure.names.families import (
    asked_name,
    families_of,
    listed_by,
    parent_of,
    parents_inside,
    reserved_parents,
)
from narrowgate.exposure.names.points import points_of_view
from narrowgate.exposure.names.public import public_entries
from narrowgate.model.answer import Verdict
from narrowgate.model.domain import parents
from narrowgate.model.exposure import ExposedName
from narrowgate.model.fact import UnsetType
from narrowgate.model.snapshot import Snapshot, index

_NONE: frozenset[str] = frozenset()


def public_entries_of(snapshot: Snapshot, vpc_id: str) -> tuple[ExposedName, ...]:
    """Public names as the hosts of a VPC see them: what its view or firewall answers instead is left out."""
    hidden = hidden_from(snapshot, vpc_id)
    every = public_entries(snapshot)
    return tuple(each for each in every if each.name not in hidden) if hidden else every


def hidden_from(snapshot: Snapshot, vpc_id: str) -> frozenset[str]:
    """Public names that the resolver of a VPC answers otherwise, or not at all."""
    view, families, inside = view_of(snapshot, vpc_id), families_of(snapshot), parents_inside(snapshot)
    if view.firewall.missing and view.support is not False and not _is_down(snapshot, view):
        # FW-01: of no name it is known whether it passes.
        return _NONE
    listed = listed_by(snapshot, view.firewall)
    near = {parent for domain in view.candidates if domain for parent in inside.get(domain, ())}
    alone = {
        name: families[parent_of(name)].by_name.get(name, ())
        for name in (listed or _NONE).union(view.candidates)
        if parent_of(name) in families and parent_of(name) not in near
    }
    found: list[frozenset[str]] = []
    if listed is None or view.support is not True or "" in view.candidates:
        near |= {parent_of(name) for name in alone} | reserved_parents(snapshot)
        found.append(_of_others(snapshot, view, frozenset(near), listed))
        alone = {}
    found += (_of_family(snapshot, view, parent, listed).names for parent in sorted(near))
    found += (_asked(snapshot, vpc_id, entries).names for entries in alone.values())
    return _one(snapshot, [each for each in found if each])


def _one(snapshot: Snapshot, found: list[frozenset[str]]) -> frozenset[str]:
    """All of them; equal sets are one object."""
    if len(found) < 2:
        return found[0] if found else _NONE
    whole = _NONE.union(*found)
    return _sets(snapshot).setdefault(whole, whole)


@index
def _sets(snapshot: Snapshot) -> dict[frozenset[str], frozenset[str]]:
    """Filled as VPCs are asked for."""
    return {}


@index
def _kept(snapshot: Snapshot) -> dict[tuple[object, ...], frozenset[str]]:
    """What is hidden of a parent's names, or of many parents', by what decides about them."""
    return {}


class _Hidden(NamedTuple):
    """Hidden names, and whether they are so for every view that decides alike."""

    names: frozenset[str]
    is_shared: bool


def _of_family(snapshot: Snapshot, view: View, parent: str, listed: frozenset[str] | None) -> _Hidden:
    kept = _kept(snapshot)
    key = _deciding(snapshot, view, parent, listed)
    if key is None:
        return _Hidden(_read(snapshot, view, parent, listed).names, False)
    if key not in kept:
        read = _read(snapshot, view, parent, listed)
        if not read.is_shared:
            return read
        kept[key] = read.names
    return _Hidden(kept[key], True)


def _of_others(
    snapshot: Snapshot, view: View, near: frozenset[str], listed: frozenset[str] | None
) -> frozenset[str]:
    """Where a view decides about every name: those that nothing nearer than the root tells apart, at once."""
    kept = _kept(snapshot)
    alike = _alike(snapshot, view, (view.candidates.get("", ()),), is_judged=listed is None)
    key = (near, alike)
    if alike is None or key not in kept:
        read = [_of_family(snapshot, view, each, listed) for each in families_of(snapshot) if each not in near]
        found = _one(snapshot, [each.names for each in read if each.names])
        if alike is None or not all(each.is_shared for each in read):
            return found
        kept[key] = found
    return kept[key]


def _read(snapshot: Snapshot, view: View, parent: str, listed: frozenset[str] | None) -> _Hidden:
    family = families_of(snapshot)[parent]
    addresses = None if listed is None else _answer_for_all(snapshot, view, parent)
    if addresses is None or listed is None:
        return _asked(snapshot, view.vpc_id, family.entries)
    points = points_of_view(snapshot, view.vpc_id)
    own = [each for name, every in family.by_name.items() if name in points or name in listed for each in every]
    alone = _asked(snapshot, view.vpc_id, own)
    seen = {name for address in addresses for name in family.by_address.get(address, ())}
    names = (family.names - seen - {each.name for each in own}) | alone.names
    return _Hidden(family.names if names == family.names else _one(snapshot, [names, names]), alone.is_shared)


def _asked(snapshot: Snapshot, vpc_id: str, entries: Iterable[ExposedName]) -> _Hidden:
    """Each name by itself."""
    hidden, is_shared = set(), True
    for entry in entries:
        outcome = ask_resolver(Query(snapshot, asked_name(entry), "A"), vpc_id, for_once=True)
        if outcome.chain or outcome.is_provisional:
            is_shared = False
        if outcome.verdict is not Verdict.UNKNOWN and not set(entry.addresses) & set(outcome.addresses):
            hidden.add(entry.name)
    return _Hidden(frozenset(hidden), is_shared)


def _answer_for_all(snapshot: Snapshot, view: View, parent: str) -> tuple[str, ...] | None:
    """The addresses of all names below a parent but points, where a zone of the view itself answers them."""
    gaps = (view.missing_rules, view.missing_zones, view.missing_endpoints, view.delegations)
    query = Query(snapshot, f"{WITNESS}.{parent}" if parent else WITNESS, "A")
    every = levels(query, view)
    if any(gaps) or not every or families_of(snapshot)[parent].is_reserved or _is_down(snapshot, view):
        return None
    first = every[0].candidates
    if any(each.kind not in (Kind.ZONE, Kind.MANAGED) or each.doubts or each.inbound_only for each in first):
        return None
    outcome = ask_resolver(query, view.vpc_id, for_once=True)
    is_own = outcome.verdict is Verdict.ALLOWED and outcome.target != PUBLIC
    return outcome.addresses if is_own and not outcome.chain and not outcome.is_provisional else None


@index
def _hosts_of_inbound(snapshot: Snapshot) -> frozenset[str]:
    """VPCs with inbound Resolver endpoints."""
    endpoints = snapshot.facts.resolver_endpoints.values()
    hosts = (each.host_vpc_id for each in endpoints if each.direction.startswith("INBOUND"))
    return frozenset(each for each in hosts if not isinstance(each, UnsetType))


def _is_down(snapshot: Snapshot, view: View) -> bool:
    """Whether an outage of its firewall decides, and the VPC's own setting with it (FW-06)."""
    unavailable = snapshot.outside.unavailable if snapshot.outside else ()
    return UNAVAILABLE in unavailable and bool(view.firewall.groups)


def _deciding(
    snapshot: Snapshot, view: View, parent: str, listed: frozenset[str] | None
) -> tuple[object, ...] | None:
    """What of a view decides about the names of a parent; None where more may count.

    A firewall whose lists hold none of the names lets them pass.
    """
    family = families_of(snapshot)[parent]
    within = tuple(name for name in view.candidates if name in family.asked)
    candidates = tuple(view.candidates.get(each, ()) for each in (*parents(parent), *within))
    is_judged = listed is None or not listed.isdisjoint(family.asked)
    alike = None if family.is_reserved else _alike(snapshot, view, candidates, is_judged=is_judged)
    return (parent, within, alike) if alike is not None else None


def _alike(
    snapshot: Snapshot, view: View, candidates: tuple[tuple[Candidate, ...], ...], *, is_judged: bool
) -> tuple[object, ...] | None:
    """What views that hide the same names have in common, by the candidates for them; None where more may count.

    Of what nobody collected it matters only that it is missing: no name is hidden for certain then.
    """
    every = [each for found in candidates for each in found]
    if view.delegations or _is_down(snapshot, view) or any(each.inbound_only for each in every):
        return None
    if view.vpc_id in _hosts_of_inbound(snapshot) and any(each.kind is Kind.FORWARD for each in every):
        # RSLV-15: its own inbound endpoint may be the target.
        return None
    return (
        view.region,
        view.support if isinstance(view.support, bool) else None,
        view.attributes if isinstance(view.attributes, bool) else None,
        view.firewall.groups if is_judged else (),
        bool(view.firewall.missing),
        bool(view.missing_rules),
        bool(view.missing_zones),
        bool(view.missing_endpoints),
        candidates,
    )
