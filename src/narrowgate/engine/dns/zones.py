"""What a hosted zone holds under a name: exact records, wildcards, names that exist without records (PHZ-07)."""

from typing import NamedTuple

from narrowgate.model.answer import Missing
from narrowgate.model.domain import is_in_domain, normalise
from narrowgate.model.route53 import ResourceRecordSet
from narrowgate.model.snapshot import Snapshot, keyed_index

WILDCARD = "*"

RecordSets = dict[str, tuple[ResourceRecordSet, ...]]
"""Record sets of one name, by type."""


class Zone(NamedTuple):
    """A hosted zone, ready to be asked; `nodes` has every name that exists, with records or without."""

    zone_id: str
    domain: str
    nodes: dict[str, RecordSets]


class Found(NamedTuple):
    """What a zone says of a name: the records at it, and the wildcard that stood in for it."""

    records: RecordSets
    owner: str


@keyed_index
def zone_contents(snapshot: Snapshot, zone_id: str) -> Zone | Missing:
    """The zone's records, or the fact that nobody collected them."""
    zone = snapshot.facts.hosted_zones[zone_id]
    record_sets = snapshot.facts.record_sets.get(zone_id)
    if record_sets is None:
        gap = snapshot.missing(
            "route53.list_resource_record_sets", snapshot.account_of(zone_id), "global", parent=zone_id
        )
        if gap is not None:
            return gap
    return build_zone(zone_id, normalise(zone.name), record_sets or ())


def build_zone(zone_id: str, domain: str, record_sets: tuple[ResourceRecordSet, ...]) -> Zone:
    """Index record sets by name and type; every name between a record and the apex exists too (RFC 4592)."""
    nodes: dict[str, RecordSets] = {domain: {}}
    for record_set in record_sets:
        name = normalise(record_set.name)
        if not is_in_domain(name, domain):
            continue
        by_type = nodes.setdefault(name, {})
        by_type[record_set.type] = (*by_type.get(record_set.type, ()), record_set)
        while name != domain:
            name = name.partition(".")[2]
            if name in nodes:
                break
            nodes[name] = {}
    return Zone(zone_id, domain, nodes)


def find_in_zone(zone: Zone, name: str) -> Found | None:
    """The records at a name of the zone's domain; None where the name does not exist (NXDOMAIN).

    A wildcard stands in only for names whose closest existing ancestor is its own parent (RFC 4592): a name that
    exists, though it has no records of its own, is not covered, nor is anything below it.
    """
    exact = zone.nodes.get(name)
    if exact is not None:
        return Found(exact, name)
    encloser = name
    while encloser not in zone.nodes:
        encloser = encloser.partition(".")[2]
    owner = f"{WILDCARD}.{encloser}" if encloser else WILDCARD
    covering = zone.nodes.get(owner)
    return None if covering is None else Found(covering, owner)


class Delegation(NamedTuple):
    """NS records below a zone's apex: the domain, its name servers, and their addresses in the zone (glue)."""

    domain: str
    servers: tuple[str, ...]
    glue: dict[str, tuple[str, ...]]


def delegation_of(zone: Zone, name: str) -> Delegation | None:
    """The delegation that a name lies under; the zone's own apex is none."""
    while name != zone.domain:
        servers = zone.nodes.get(name, {}).get("NS")
        if servers:
            names = tuple(normalise(value) for value in _values(servers))
            glue = {each: _values(zone.nodes.get(each, {}).get("A", ())) for each in names}
            return Delegation(name, names, glue)
        name = name.partition(".")[2]
    return None


def _values(record_sets: tuple[ResourceRecordSet, ...]) -> tuple[str, ...]:
    return tuple(record.value for record_set in record_sets for record in record_set.resource_records)
