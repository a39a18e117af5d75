"""A VPC's route tables: which one a subnet or gateway uses, what AWS refuses in it (NET-01, NET-02, NET-06)."""

from collections.abc import Iterator

from narrowgate.engine.network.prefix_lists import prefix_list_blocks, prefix_list_family
from narrowgate.engine.network.route_lookup import Candidate, CompiledTable, Origin, UnreadList
from narrowgate.engine.network.route_targets import Target, TargetKind, target_of
from narrowgate.engine.network.steps import missing_field
from narrowgate.engine.network.vpcs import missing_of_vpc, subnet_blocks, subnets_by_vpc, vpc_blocks
from narrowgate.model.address import parse_cidr
from narrowgate.model.answer import Missing
from narrowgate.model.fact import UNSET
from narrowgate.model.routing import Route, RouteTableAssociation
from narrowgate.model.snapshot import Snapshot, index, keyed_index


@index
def _explicit_tables(snapshot: Snapshot) -> dict[str, str]:
    """Explicit tables by subnet."""
    return {each.subnet_id: own for own, _, each in _associated(snapshot) if each.subnet_id}


@index
def _main_tables(snapshot: Snapshot) -> dict[str, str]:
    """Main tables by VPC."""
    return {vpc_id: own for own, vpc_id, each in _associated(snapshot) if each.main and not each.subnet_id}


@index
def _unread_tables(snapshot: Snapshot) -> dict[str, str]:
    """VPCs with a table whose associations are unknown."""
    tables = snapshot.facts.route_tables.values()
    return {each.vpc_id: each.route_table_id for each in tables if each.associations is UNSET}


def _associated(snapshot: Snapshot) -> Iterator[tuple[str, str, RouteTableAssociation]]:
    """Tables with their VPCs and each of their associations that counts."""
    for table in snapshot.facts.route_tables.values():
        for each in table.associations if table.associations is not UNSET else ():
            if each.association_state.state in ("associated", "associating"):
                yield table.route_table_id, table.vpc_id, each


@keyed_index
def table_of_subnet(snapshot: Snapshot, subnet_id: str) -> CompiledTable | Missing:
    """The table that a subnet uses: its explicit one, else the VPC's main table (NET-01).

    An explicit association is definite; the main table is the answer only where the VPC owner's list of tables
    was collected, since another account may not see the association (SHR-01).
    """
    table_id = _explicit_tables(snapshot).get(subnet_id)
    if table_id is None:
        subnet = snapshot.facts.subnets.get(subnet_id)
        if subnet is None:
            return Missing(fact="ec2.describe_subnets", resource=subnet_id)
        missing = missing_of_vpc(snapshot, "ec2.describe_route_tables", subnet.vpc_id, subnet_id)
        if missing:
            return missing
        unread = _unread_tables(snapshot).get(subnet.vpc_id)
        if unread is not None and not snapshot.assume_complete:
            return missing_field("RouteTable", "Associations", unread)
        table_id = _main_tables(snapshot).get(subnet.vpc_id)
    if table_id is None:
        return Missing(
            fact="ec2.describe_route_tables", resource=subnet_id, why="no route table of the subnet is known"
        )
    return _table(snapshot, table_id)


@index
def _edge_tables(snapshot: Snapshot) -> dict[str, str]:
    """The tables that are attached to a gateway, by gateway."""
    return {
        each.gateway_id: table.route_table_id
        for table in snapshot.facts.route_tables.values()
        for each in (table.associations if table.associations is not UNSET else ())
        if each.gateway_id
    }


def table_of_gateway(snapshot: Snapshot, gateway_id: str) -> CompiledTable | Missing | None:
    """The table that steers what comes in by a gateway; None where it delivers directly (NET-12)."""
    table_id = _edge_tables(snapshot).get(gateway_id)
    return _table(snapshot, table_id) if table_id else None


@keyed_index
def _table(snapshot: Snapshot, table_id: str) -> CompiledTable | Missing:
    table = snapshot.facts.route_tables[table_id]
    blocks = vpc_blocks(snapshot, table.vpc_id)
    if blocks is None:
        return Missing(fact="ec2.describe_vpcs", resource=table.vpc_id)
    routes = table.routes
    if routes is UNSET:
        if not snapshot.assume_complete:
            return missing_field("RouteTable", "Routes", table.route_table_id)
        routes = ()
    candidates: list[Candidate] = []
    unread: list[UnreadList] = []
    for route in routes:
        target = target_of(route)
        state = _state(snapshot, route, target)
        text = route.destination_cidr_block or route.destination_ipv6_cidr_block
        if text:
            origin = Origin.PROPAGATED if route.origin == "EnableVgwRoutePropagation" else Origin.STATIC
            candidates.append(Candidate(parse_cidr(text), origin, target, state))
        elif route.destination_prefix_list_id:
            _expand(snapshot, route.destination_prefix_list_id, target, state, candidates, unread)
        else:
            gap = missing_field("Route", "DestinationCidrBlock", table.route_table_id)
            unread.append(UnreadList("a destination that is not told", None, target, gap))
    listed = {each.cidr for each in candidates if each.origin is Origin.STATIC}
    # NET-02: a local route for every block exists whatever the input shows; it can only be re-targeted.
    local = Target(TargetKind.LOCAL, "local")
    candidates += [Candidate(block, Origin.STATIC, local, "active") for block in blocks if block not in listed]
    return CompiledTable(table, candidates, unread, blocks)


def _state(snapshot: Snapshot, route: Route, target: Target) -> str | None:
    if route.state is not UNSET:
        return route.state
    return "active" if target.kind is TargetKind.LOCAL or snapshot.assume_complete else None


def _expand(
    snapshot: Snapshot,
    prefix_list: str,
    target: Target,
    state: str | None,
    candidates: list[Candidate],
    unread: list[UnreadList],
) -> None:
    """NET-08: one candidate for each entry of the list's current version."""
    blocks = prefix_list_blocks(snapshot, prefix_list)
    if isinstance(blocks, Missing):
        unread.append(UnreadList(prefix_list, prefix_list_family(snapshot, prefix_list), target, blocks))
        return
    candidates += [Candidate(block, Origin.PREFIX_LIST, target, state, prefix_list) for block in blocks]


def is_refused(snapshot: Snapshot, table: CompiledTable, candidate: Candidate) -> str | None:
    """Why AWS would refuse a route inside the VPC's own blocks; None where it would accept it (NET-06)."""
    if candidate.origin is Origin.PROPAGATED or candidate.target.kind is TargetKind.LOCAL:
        return None
    blocks = vpc_blocks(snapshot, table.vpc_id) or ()
    inside = next((block for block in blocks if block.covers(candidate.cidr)), None)
    if inside is None:
        return None
    middleboxes = (
        TargetKind.NAT_GATEWAY,
        TargetKind.NETWORK_INTERFACE,
        TargetKind.GATEWAY_LOAD_BALANCER_ENDPOINT,
    )
    if candidate.target.kind not in middleboxes:
        return f"inside the VPC's own {inside} a route may not lead to a {candidate.target.kind.value}"
    if candidate.cidr == inside:
        return None
    subnets = subnets_by_vpc(snapshot).get(table.vpc_id, ())
    if missing_of_vpc(snapshot, "ec2.describe_subnets", table.vpc_id):
        return None
    if any(candidate.cidr in subnet_blocks(subnet) for subnet in subnets):
        return None
    return f"inside the VPC's own {inside} a route must cover exactly one subnet"
