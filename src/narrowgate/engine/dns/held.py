"""What a view can answer a name with, where that is certain without asking: its own zone has it, or has it not."""

from collections.abc import Set

from narrowgate.engine.dns.choice import levels
from narrowgate.engine.dns.endpoint_names import holds_name
from narrowgate.engine.dns.outcome import Query
from narrowgate.engine.dns.view import Candidate, Kind, View
from narrowgate.engine.dns.zones import find_in_zone, zone_contents
from narrowgate.model.answer import Missing
from narrowgate.model.snapshot import Snapshot

_NOTHING: frozenset[str] = frozenset()


def held_types(snapshot: Snapshot, view: View, name: str) -> Set[str] | None:
    """The record types that a name of a view's own zones has: for all others it gets no answer (RSLV-05).

    Args:
        snapshot: the estate.
        view: the view that is asked from inside.
        name: a canonical name.

    Returns:
        The types; one that is `CNAME` stands in for every other. None where only asking tells.
    """
    if view.support is not True or view.firewall.groups or view.firewall.missing or view.delegations:
        return None
    if view.missing_rules or view.missing_zones or view.missing_endpoints:
        return None
    every = levels(Query(snapshot, name, "A"), view)
    if not every or len(every[0].candidates) != 1:
        return None
    return _held(snapshot, every[0].candidates[0], name)


def _held(snapshot: Snapshot, only: Candidate, name: str) -> Set[str] | None:
    if only.doubts or only.inbound_only:
        return None
    if only.kind is Kind.MANAGED:
        return None if holds_name(snapshot.facts.vpc_endpoints[only.resource_id], only.domain, name) else _NOTHING
    zone = zone_contents(snapshot, only.resource_id) if only.kind is Kind.ZONE else None
    if zone is None or isinstance(zone, Missing):
        return None
    found = find_in_zone(zone, name)
    return found.records.keys() if found is not None else _NOTHING
