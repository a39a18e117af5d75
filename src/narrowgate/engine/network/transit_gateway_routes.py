"""A transit gateway's route tables: which one an attachment uses, where it sends an address (TGW-04, TGW-05)."""

import msgspec

from narrowgate.engine.network.prefix_lists import prefix_list_blocks
from narrowgate.engine.network.steps import missing_field
from narrowgate.engine.network.transit_gateway_table import GatewayLookup, GatewayRoute, GatewayTable
from narrowgate.engine.network.vpcs import vpc_blocks
from narrowgate.model.address import Address, Cidr, parse_address, parse_cidr
from narrowgate.model.answer import Missing
from narrowgate.model.errors import InputError
from narrowgate.model.estate_facts import TransitGatewayRouteQuery
from narrowgate.model.fact import UNSET
from narrowgate.model.snapshot import Snapshot, index, keyed_index
from narrowgate.model.transit import TransitGatewayRoute, TransitGatewayRouteAttachment

_STATES, _TYPES = ("active", "blackhole"), ("static", "propagated")


def look_up(snapshot: Snapshot, table_id: str, address: Address) -> GatewayLookup:
    """Longest prefix first, then TGW-05's order; blackholes compete like any route."""
    table = _table(snapshot, table_id)
    matches = table.matches(address)
    unread = table.missing
    if unread is None and table.queries and not _is_complete_for(table.queries, address):
        unread = Missing(
            fact="ec2.search_transit_gateway_routes",
            resource=table_id,
            why="the search was limited by its filters or cut short, so other routes may exist",
        )
    whole = 32 if address.family == 4 else 128
    if matches and unread and table.queries:
        best = matches[0]
        if best.cidr.prefix_length == whole and best.priority == (0, 0):
            unread = None
    return GatewayLookup(tuple(matches), unread)


@keyed_index
def _table(snapshot: Snapshot, table_id: str) -> GatewayTable:
    queries = snapshot.facts.transit_gateway_route_queries.get(table_id, ())
    if queries:
        routes = [route for query in queries for each in query.routes for route in _routes(snapshot, each)]
        if not all(_is_told(snapshot, each) for query in queries for each in query.routes):
            queries = tuple([msgspec.structs.replace(query, is_complete=False) for query in queries])
        return GatewayTable(tuple(dict.fromkeys(routes)), queries, None)
    place = snapshot.place(table_id)
    missing = snapshot.missing(
        "ec2.search_transit_gateway_routes", place.account, place.region, parent=table_id, resource=table_id
    )
    if missing is None:
        missing_propagations = snapshot.missing(
            "ec2.get_transit_gateway_route_table_propagations", place.account, place.region, parent=table_id
        )
        return GatewayTable(_propagated(snapshot, table_id), (), missing_propagations)
    return GatewayTable((), (), missing)


def all_routes(snapshot: Snapshot) -> tuple[GatewayRoute, ...]:
    """Every route of every collected gateway table."""
    tables = snapshot.facts.transit_gateway_route_queries
    return tuple(route for table_id in tables for route in _table(snapshot, table_id).routes)


def _routes(snapshot: Snapshot, fact: TransitGatewayRoute) -> list[GatewayRoute]:
    is_static = None if fact.type is UNSET else fact.type == "static"
    state = None if fact.state is UNSET else fact.state
    if snapshot.assume_complete:
        is_static = True if is_static is None else is_static
        state = state or "active"
    blocks: tuple[Cidr, ...] = ()
    if fact.destination_cidr_block:
        blocks = (parse_cidr(fact.destination_cidr_block),)
    elif fact.prefix_list_id:
        expanded = prefix_list_blocks(snapshot, fact.prefix_list_id)
        blocks = expanded if isinstance(expanded, tuple) else ()
    return [
        GatewayRoute(block, is_static, fact.prefix_list_id is not None, state, fact.transit_gateway_attachments)
        for block in blocks
    ]


def _is_told(snapshot: Snapshot, fact: TransitGatewayRoute) -> bool:
    """Whether the blocks of a route are known: else it may cover anything."""
    if fact.destination_cidr_block:
        return True
    listed = fact.prefix_list_id
    return bool(listed) and not isinstance(prefix_list_blocks(snapshot, listed or ""), Missing)


def _propagated(snapshot: Snapshot, table_id: str) -> tuple[GatewayRoute, ...]:
    """What propagation writes, where no search was collected and absent facts count as empty (TGW-04, TGW-06)."""
    routes: list[GatewayRoute] = []
    for each in snapshot.facts.transit_gateway_propagations.get(table_id, ()):
        state = each.state if each.state is not UNSET else "enabled"
        if each.resource_type not in (None, "vpc") or not each.resource_id or state != "enabled":
            continue
        attachment = TransitGatewayRouteAttachment(
            transit_gateway_attachment_id=each.transit_gateway_attachment_id,
            resource_id=each.resource_id,
            resource_type="vpc",
        )
        for block in vpc_blocks(snapshot, each.resource_id) or ():
            if not any(block.overlaps(other.cidr) for other in routes):
                routes.append(GatewayRoute(block, False, False, "active", (attachment,)))
    return tuple(routes)


def _is_complete_for(queries: tuple[TransitGatewayRouteQuery, ...], address: Address) -> bool:
    """True where the searches together return every route that could cover the address.

    A search returns what its filters admit: asking for `state=active` alone says nothing about blackholes.
    """
    seen: set[tuple[str, str]] = set()
    for query in queries:
        if not query.is_complete:
            continue
        states: tuple[str, ...] = _STATES
        types: tuple[str, ...] = _TYPES
        limited = False
        for name, values in query.filters:
            if name == "state":
                states = values
            elif name == "type":
                types = values
            elif not _admits(name, values, address):
                limited = True
        if not limited:
            seen |= {(state, kind) for state in states for kind in types}
    return all((state, kind) in seen for state in _STATES for kind in _TYPES)


def _admits(name: str, values: tuple[str, ...], address: Address) -> bool:
    """True where a filter leaves in every route that covers the address."""
    for value in values:
        try:
            if name == "route-search.longest-prefix-match" and parse_address(value.partition("/")[0]) == address:
                return True
            block = parse_cidr(value)
        except InputError:
            continue
        if name == "route-search.supernet-of-match" and block.first == block.last and block.holds(address):
            return True
        if name == "route-search.subnet-of-match" and block.prefix_length == 0 and block.holds(address):
            return True
    return False


@index
def _associated(snapshot: Snapshot) -> dict[tuple[str, str], str]:
    """Route table by gateway and attachment, from the tables' own lists."""
    facts = snapshot.facts
    found: dict[tuple[str, str], str] = {}
    for table_id, associations in facts.transit_gateway_associations.items():
        table = facts.transit_gateway_route_tables.get(table_id)
        gateway_id = (table and table.transit_gateway_id) or ""
        for each in associations:
            if each.state is UNSET or each.state == "associated":
                found[gateway_id, each.transit_gateway_attachment_id] = table_id
    return found


def associated_table(snapshot: Snapshot, gateway_id: str, attachment_id: str) -> str | Missing | None:
    """The table for traffic that comes from an attachment (TGW-04); None where it is known to have none."""
    facts = snapshot.facts
    listed = _associated(snapshot)
    table_id = listed.get((gateway_id, attachment_id)) or listed.get(("", attachment_id))
    if table_id:
        return table_id
    attachment = facts.transit_gateway_attachments.get(attachment_id)
    own_view = attachment.association if attachment and attachment.transit_gateway_id == gateway_id else None
    if own_view and own_view.transit_gateway_route_table_id and own_view.state in (None, "associated"):
        return own_view.transit_gateway_route_table_id
    return _why_unassociated(snapshot, gateway_id)


def _why_unassociated(snapshot: Snapshot, gateway_id: str) -> Missing | None:
    """None where every table of the gateway was asked and none holds the attachment."""
    gateway = snapshot.facts.transit_gateways.get(gateway_id)
    place = snapshot.place(gateway_id)
    owner = (gateway and gateway.owner_id) or place.account
    # Only the gateway's owner sees its tables: a participant's empty list says nothing.
    missing = snapshot.missing(
        "ec2.describe_transit_gateway_route_tables", owner, place.region, resource=gateway_id
    )
    if missing:
        return missing
    for table_id, table in snapshot.facts.transit_gateway_route_tables.items():
        if table.transit_gateway_id in (gateway_id, None):
            missing = snapshot.missing(
                "ec2.get_transit_gateway_route_table_associations",
                owner,
                place.region,
                parent=table_id,
                resource=table_id,
            )
            if missing:
                return missing
    return None


def missing_state(route: GatewayRoute, table_id: str) -> Missing | None:
    """The missing fact where the chosen route does not tell its state."""
    return missing_field("TransitGatewayRoute", "State", table_id) if route.state is None else None
