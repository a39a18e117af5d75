"""What each resolver and each DNS server answers privately: once for the estate, whoever asks."""

from collections.abc import Callable, Iterable
from functools import partial

from narrowgate.engine.dns.held import held_types
from narrowgate.engine.dns.outcome import Outcome, Query
from narrowgate.engine.dns.resolver import ASK, ask_resolver
from narrowgate.engine.dns.servers import Door, answer_behind, endpoint_state, server_at
from narrowgate.engine.dns.view import view_of
from narrowgate.engine.dns.zones import zone_contents
from narrowgate.engine.network.interfaces import Interface
from narrowgate.exposure.names.cells import Answered, Held, Oracle, not_known, private_cells
from narrowgate.exposure.names.ec2 import ec2_names
from narrowgate.exposure.names.points import points_of_server, points_of_view
from narrowgate.model.address import Address
from narrowgate.model.answer import Missing
from narrowgate.model.domain import normalise, parents
from narrowgate.model.exposure import ExposedName
from narrowgate.model.fact import UnsetType
from narrowgate.model.snapshot import Snapshot, index

_ADDRESS_TYPES = frozenset({"A", "AAAA", "CNAME", "NS", "SOA"})


def names_of_resolver(snapshot: Snapshot, vpc_id: str) -> tuple[ExposedName, ...]:
    """Every name that the resolver of a VPC answers privately to the hosts of that VPC; nothing of it is kept."""
    ask, held = partial(_ask_resolver, snapshot, vpc_id), partial(held_types, snapshot, view_of(snapshot, vpc_id))
    return _names(snapshot, vpc_id, points_of_view(snapshot, vpc_id), ask, held)


@index
def _of_servers(snapshot: Snapshot) -> dict[tuple[Address, str | None] | str, tuple[ExposedName, ...]]:
    """By address and VPC, or by endpoint; filled as servers are asked."""
    return {}


def names_of_server(snapshot: Snapshot, address: Address, known: Interface | None) -> tuple[ExposedName, ...]:
    """Every name that whatever listens at an address answers privately (IN-01, CUST-01)."""
    kept = _of_servers(snapshot)
    key = _likeness(snapshot, address, known)
    if key not in kept:
        ask = asker(snapshot, address, known)
        view_vpc, points = _points_at(snapshot, address, known)
        kept[key] = _names(snapshot, view_vpc, points, ask)
    return kept[key]


def _likeness(snapshot: Snapshot, address: Address, known: Interface | None) -> tuple[Address, str | None] | str:
    """What an address has in common with all that answer alike: an endpoint that works there (IN-01)."""
    endpoint = snapshot.facts.resolver_endpoints.get((known.resolver_endpoint_id if known else None) or "")
    if endpoint is not None and endpoint_state(snapshot, endpoint, address, "IN-01") is None:
        return endpoint.id
    return (address, known.vpc_id if known else None)


def asker(snapshot: Snapshot, address: Address, known: Interface | None) -> Callable[[str, str], Outcome]:
    """Asks whatever listens at an address."""
    return partial(_ask_server, snapshot, Door(address), known)


def _points_at(snapshot: Snapshot, address: Address, known: Interface | None) -> tuple[str | None, Iterable[str]]:
    endpoint = snapshot.facts.resolver_endpoints.get((known.resolver_endpoint_id if known else None) or "")
    if endpoint is not None:
        if isinstance(endpoint.host_vpc_id, UnsetType):
            return None, ("",)
        return endpoint.host_vpc_id, points_of_view(snapshot, endpoint.host_vpc_id)
    server = server_at(snapshot, address, known.vpc_id if known else None)
    # What answers at another address no source tells: every name is in question.
    return None, ("", *points_of_server(snapshot, server)) if server is not None else ("",)


def _ask_resolver(snapshot: Snapshot, vpc_id: str, name: str, kind: str) -> Outcome:
    return ask_resolver(Query(snapshot, name, kind), vpc_id, for_once=True)


def _ask_server(snapshot: Snapshot, door: Door, known: Interface | None, name: str, kind: str) -> Outcome:
    return answer_behind(Query(snapshot, name, kind), door, known, ASK)


def _names(
    snapshot: Snapshot, vpc_id: str | None, points: Iterable[str], ask: Oracle, held: Held = not_known
) -> tuple[ExposedName, ...]:
    cells = private_cells(points, ask, partial(_more_types, snapshot), held)
    found = [_entry(each) for each in cells]
    if vpc_id is not None:
        found += ec2_names(snapshot, vpc_id, ask)
    return tuple(found)


@index
def _types(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """Record types, beside addresses, that any zone or server holds under a name; `*.x` for a wildcard."""
    found: dict[str, set[str]] = {}
    for zone_id in snapshot.facts.hosted_zones:
        zone = zone_contents(snapshot, zone_id)
        for name, held in () if isinstance(zone, Missing) else zone.nodes.items():
            found.setdefault(name, set()).update(set(held) - _ADDRESS_TYPES)
    for server in snapshot.outside.dns_servers if snapshot.outside else ():
        for record in server.answers:
            found.setdefault(normalise(record.name), set()).update({record.type.upper()} - _ADDRESS_TYPES)
    return {name: frozenset(types) for name, types in found.items() if types}


def _more_types(snapshot: Snapshot, name: str) -> tuple[str, ...]:
    """The types that a name may hold: its own, and those of wildcards that may stand in, whoever answers."""
    types = _types(snapshot)
    if not types:
        return ()
    found = set(types.get(name, ()))
    for parent in parents(name):
        found.update(types.get(f"*.{parent}" if parent else "*", ()))
    return tuple(sorted(found))


def _entry(answered: Answered) -> ExposedName:
    return ExposedName(
        name=str(answered.cell),
        types=answered.types,
        state=answered.state,
        target=answered.target,
        addresses=answered.addresses,
        via=answered.answered_by or "",
        because=answered.because,
        unknowns=answered.unknowns,
        but_not=answered.but_not,
    )
