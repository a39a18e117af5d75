"""A VPC's route tables: which one a subnet uses, which of its routes an address takes (NET-01 to NET-08)."""

from enum import Enum
from typing import NamedTuple

from narrowgate.engine.network.prefix_lists import prefix_list_blocks, prefix_list_family
from narrowgate.engine.network.steps import missing_field
from narrowgate.engine.network.vpcs import missing_of_vpc, subnet_blocks, subnets_by_vpc, vpc_blocks
from narrowgate.model.address import Address, Cidr, parse_cidr
from narrowgate.model.answer import Considered, Leg, Missing, Step
from narrowgate.model.fact import UNSET
from narrowgate.model.routing import Route, RouteTable
from narrowgate.model.snapshot import Snapshot, index


class TargetKind(Enum):
    """What a route leads to, in AWS's words."""

    LOCAL = "local"
    PEERING = "VPC peering connection"
    TRANSIT_GATEWAY = "transit gateway"
    INTERNET_GATEWAY = "internet gateway"
    EGRESS_ONLY_INTERNET_GATEWAY = "egress-only internet gateway"
    NAT_GATEWAY = "NAT gateway"
    GATEWAY_ENDPOINT = "gateway endpoint"
    GATEWAY_LOAD_BALANCER_ENDPOINT = "Gateway Load Balancer endpoint"
    NETWORK_INTERFACE = "network interface"
    VPN_GATEWAY = "virtual private gateway"
    CORE_NETWORK = "Cloud WAN core network"
    LOCAL_GATEWAY = "local gateway"
    CARRIER_GATEWAY = "carrier gateway"
    LATTICE = "VPC Lattice"
    OTHER = "target that is not modelled"


class Target(NamedTuple):
    """A route's target."""

    kind: TargetKind
    id: str


class Origin(Enum):
    """Where a route comes from; the order is AWS's priority among routes to one block (NET-04)."""

    STATIC = 0
    PREFIX_LIST = 1
    PROPAGATED = 2


class Candidate(NamedTuple):
    """One route to one block; a prefix-list route gives one candidate an entry. `state` is None where unknown."""

    cidr: Cidr
    origin: Origin
    target: Target
    state: str | None
    prefix_list: str | None = None

    def __str__(self) -> str:
        via = f" ({self.prefix_list})" if self.prefix_list else ""
        state = "" if self.state == "active" else f" [{self.state or 'state unknown'}]"
        return f"{self.cidr}{via} -> {self.target.id}{state}"


class UnreadList(NamedTuple):
    """A route by a prefix list whose entries nobody knows: it might match anything of its family."""

    prefix_list: str
    family: int | None
    target: Target
    missing: Missing


class Lookup(NamedTuple):
    """What a table says of an address.

    `chosen` has several members only where AWS picks one at random (NET-04); it is empty where no route covers
    the address. `rejected` are the matches that lost, best first. `unread` might have won.
    """

    chosen: tuple[Candidate, ...]
    rejected: tuple[Candidate, ...]
    unread: tuple[UnreadList, ...]

    def considered(self) -> tuple[Considered, ...]:
        """The matches as an answer shows them."""
        return (
            *(Considered(item=str(each), outcome="chosen", why="longest prefix") for each in self.chosen),
            *(Considered(item=str(each), outcome="rejected", why=self._why(each)) for each in self.rejected),
            *(
                Considered(item=f"{each.prefix_list} -> {each.target.id}", outcome="unknown", why=each.missing.why)
                for each in self.unread
            ),
        )

    def _why(self, lost: Candidate) -> str:
        if not self.chosen or lost.cidr.prefix_length > self.chosen[0].cidr.prefix_length:
            return "a propagated route loses to local"
        if lost.cidr.prefix_length < self.chosen[0].cidr.prefix_length:
            return "less specific"
        return "lower priority"


class CompiledTable:
    """A route table with its blocks parsed, its local routes completed and its prefix lists expanded."""

    __slots__ = ("_blocks", "_by_length", "_found", "table_id", "unread", "vpc_id", "written")

    def __init__(
        self, table: RouteTable, candidates: list[Candidate], unread: list[UnreadList], blocks: tuple[Cidr, ...]
    ) -> None:
        self.table_id = table.route_table_id
        self.vpc_id = table.vpc_id
        self.unread = tuple(unread)
        self._blocks = blocks
        by_length: dict[tuple[int, int], dict[int, list[Candidate]]] = {}
        for each in sorted(candidates, key=lambda each: each.origin.value):
            cidr = each.cidr
            by_length.setdefault((cidr.family, cidr.prefix_length), {}).setdefault(cidr.first, []).append(each)
        self._by_length = sorted(by_length.items(), reverse=True)
        self._found: dict[Address, Lookup] = {}
        self.written: dict[tuple[Leg, Address, Candidate], Step] = {}
        """Steps already written: the hosts of a subnet call the same few addresses."""

    def lookup(self, address: Address) -> Lookup:
        """Longest prefix, then static before prefix list before propagated (NET-03, NET-04, NET-07)."""
        found = self._found.get(address)
        if found is None:
            if len(self._found) > 8192:
                self._found.clear()
            found = self._found[address] = self._look(address)
        return found

    def candidates(self) -> tuple[Candidate, ...]:
        """Every route, longest prefix first."""
        return tuple(each for _, by_first in self._by_length for group in by_first.values() for each in group)

    def _look(self, address: Address) -> Lookup:
        matches: list[Candidate] = []
        for (family, length), by_first in self._by_length:
            if family == address.family:
                bits = (32 if family == 4 else 128) - length
                matches += by_first.get(address.value >> bits << bits, ())
        is_inside = any(block.holds(address) for block in self._blocks)
        # NET-07: what a VPN or Direct Connect propagates loses to local, however specific it is.
        propagated = [each for each in matches if is_inside and each.origin is Origin.PROPAGATED]
        matches = [each for each in matches if each not in propagated] if propagated else matches
        if not matches:
            return Lookup((), tuple(propagated), self._relevant(address, None))
        best = matches[0]
        equals = tuple(
            each
            for each in matches
            if each.cidr.prefix_length == best.cidr.prefix_length and each.origin is best.origin
        )
        chosen = (best, *(each for each in equals if each.target != best.target))
        rejected = tuple(each for each in matches if each not in equals)
        return Lookup(chosen, (*propagated, *rejected), self._relevant(address, best))

    def _relevant(self, address: Address, best: Candidate | None) -> tuple[UnreadList, ...]:
        """The unread lists that could have changed the choice."""
        whole = 32 if address.family == 4 else 128
        if best is not None and best.cidr.prefix_length == whole and best.origin is Origin.STATIC:
            return ()
        return tuple(
            each
            for each in self.unread
            if each.family in (None, address.family)
            and (best is None or each.target != best.target)
            and not (each.target.kind is TargetKind.GATEWAY_ENDPOINT and is_private(address))
        )


PRIVATE_BLOCKS = tuple(
    parse_cidr(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "fc00::/7",
        "fe80::/10",
    )
)


def is_private(address: Address) -> bool:
    """True for an address that the Internet does not route, so no service's public list holds it."""
    return any(block.holds(address) for block in PRIVATE_BLOCKS)


def target_of(route: Route) -> Target:
    """The target of a route, from whichever field names it."""
    for kind, own_id in (
        (TargetKind.NAT_GATEWAY, route.nat_gateway_id),
        (TargetKind.PEERING, route.vpc_peering_connection_id),
        (TargetKind.TRANSIT_GATEWAY, route.transit_gateway_id),
        (TargetKind.EGRESS_ONLY_INTERNET_GATEWAY, route.egress_only_internet_gateway_id),
        (TargetKind.LOCAL_GATEWAY, route.local_gateway_id),
        (TargetKind.CARRIER_GATEWAY, route.carrier_gateway_id),
        (TargetKind.CORE_NETWORK, route.core_network_arn),
    ):
        if own_id:
            return Target(kind, own_id)
    if route.gateway_id:
        return _gateway(route, route.gateway_id)
    if route.network_interface_id or route.instance_id:
        return Target(TargetKind.NETWORK_INTERFACE, route.network_interface_id or route.instance_id or "")
    return Target(TargetKind.OTHER, "an unnamed target")


def _gateway(route: Route, gateway_id: str) -> Target:
    """`GatewayId` holds many kinds; the id's prefix tells which."""
    if gateway_id == "local":
        return Target(TargetKind.LOCAL, "local")
    if gateway_id.startswith("vpce-"):
        # A gateway endpoint's route is always by prefix list, a Gateway Load Balancer endpoint's is not.
        is_gateway_endpoint = route.destination_prefix_list_id is not None
        kind = TargetKind.GATEWAY_ENDPOINT if is_gateway_endpoint else TargetKind.GATEWAY_LOAD_BALANCER_ENDPOINT
        return Target(kind, gateway_id)
    by_prefix = {
        "igw-": TargetKind.INTERNET_GATEWAY,
        "vgw-": TargetKind.VPN_GATEWAY,
        "eigw-": TargetKind.EGRESS_ONLY_INTERNET_GATEWAY,
        "nat-": TargetKind.NAT_GATEWAY,
        "pcx-": TargetKind.PEERING,
        "tgw-": TargetKind.TRANSIT_GATEWAY,
        "eni-": TargetKind.NETWORK_INTERFACE,
        "lgw-": TargetKind.LOCAL_GATEWAY,
        "cagw-": TargetKind.CARRIER_GATEWAY,
    }
    for prefix, kind in by_prefix.items():
        if gateway_id.startswith(prefix):
            return Target(kind, gateway_id)
    if gateway_id.lower() == "vpclattice":
        return Target(TargetKind.LATTICE, gateway_id)
    return Target(TargetKind.OTHER, gateway_id)


@index
def _compiled(snapshot: Snapshot) -> dict[str, CompiledTable | Missing]:
    """By table; filled as tables are asked for."""
    return {}


@index
def _by_subnet(snapshot: Snapshot) -> dict[str, CompiledTable | Missing]:
    """By subnet; filled as subnets are asked for."""
    return {}


@index
def _associations(snapshot: Snapshot) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Explicit tables by subnet, main tables by VPC, and VPCs with a table whose associations are unknown."""
    explicit: dict[str, str] = {}
    main: dict[str, str] = {}
    unread: dict[str, str] = {}
    for table in snapshot.facts.route_tables.values():
        if table.associations is UNSET:
            unread[table.vpc_id] = table.route_table_id
            continue
        for each in table.associations:
            if each.association_state.state not in ("associated", "associating"):
                continue
            if each.subnet_id:
                explicit[each.subnet_id] = table.route_table_id
            elif each.main:
                main[table.vpc_id] = table.route_table_id
    return explicit, main, unread


def table_of_subnet(snapshot: Snapshot, subnet_id: str) -> CompiledTable | Missing:
    """The table that a subnet uses: its explicit one, else the VPC's main table (NET-01).

    An explicit association is definite; the main table is the answer only where the VPC owner's list of tables
    was collected, since another account may not see the association (SHR-01).
    """
    cache = _by_subnet(snapshot)
    if subnet_id not in cache:
        cache[subnet_id] = _find(snapshot, subnet_id)
    return cache[subnet_id]


def _find(snapshot: Snapshot, subnet_id: str) -> CompiledTable | Missing:
    explicit, main, unread = _associations(snapshot)
    table_id = explicit.get(subnet_id)
    if table_id is None:
        subnet = snapshot.facts.subnets.get(subnet_id)
        if subnet is None:
            return Missing(fact="ec2.describe_subnets", resource=subnet_id)
        missing = missing_of_vpc(snapshot, "ec2.describe_route_tables", subnet.vpc_id, subnet_id)
        if missing:
            return missing
        if subnet.vpc_id in unread and not snapshot.assume_complete:
            return missing_field("RouteTable", "Associations", unread[subnet.vpc_id])
        table_id = main.get(subnet.vpc_id)
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


def _table(snapshot: Snapshot, table_id: str) -> CompiledTable | Missing:
    compiled = _compiled(snapshot)
    if table_id not in compiled:
        compiled[table_id] = _compile(snapshot, snapshot.facts.route_tables[table_id])
    return compiled[table_id]


def _compile(snapshot: Snapshot, table: RouteTable) -> CompiledTable | Missing:
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
