"""The execute-api endpoints that hosts of a VPC reach, directly or through a load balancer, as whom (AGW-14)."""

from collections.abc import Iterator
from typing import NamedTuple

from narrowgate.engine.network.flow import TCP, Flow
from narrowgate.engine.network.interfaces import Interface, interface
from narrowgate.engine.network.load_balancers import forward
from narrowgate.exposure.sockets.classes import TargetClass
from narrowgate.exposure.sockets.pieces import Chosen, Members, Socket, Sockets
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Missing
from narrowgate.model.exposure import Because, sureness
from narrowgate.model.fact import UnsetType
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot, index

_HTTPS = 443


class Door(NamedTuple):
    """An endpoint in reach: how surely, from which addresses as it sees them, and by which way."""

    endpoint_id: str
    state: str
    sources: IntervalSet
    hosts: IntervalSet
    """The addresses that the hosts themselves have."""
    is_ipv4: bool
    via: str
    because: tuple[Because, ...]
    unknowns: tuple[Missing, ...]


def is_execute_api(endpoint: VpcEndpoint | None) -> bool:
    """True for an interface endpoint of execute-api."""
    if endpoint is None or isinstance(endpoint.service_name, UnsetType):
        return False
    return endpoint.service_name.rsplit(".", 1)[-1] == "execute-api"


@index
def doorways(snapshot: Snapshot) -> frozenset[str]:
    """Endpoints that are, or may be, of execute-api."""
    return frozenset(
        own
        for own, each in snapshot.facts.vpc_endpoints.items()
        if isinstance(each.service_name, UnsetType) or is_execute_api(each)
    )


@index
def _leading_on(snapshot: Snapshot) -> Chosen:
    """Targets of which some member may be a door, or lead to one."""
    known = doorways(snapshot)

    def leads_on(target: TargetClass) -> bool:
        return any(True for _ in _doorways_of(known, target.every_member))

    return Chosen(leads_on)


def doors_of(snapshot: Snapshot, sockets: Sockets) -> list[Door]:
    """Each endpoint once for each state and way."""
    found: dict[tuple[str, str, str, bool], list[Door]] = {}
    for each in sockets.to(_leading_on(snapshot)):
        if each.protocol != TCP:
            continue
        for target, address in _doorways_of(doorways(snapshot), each.targets):
            for door in _door(snapshot, each, target, address):
                found.setdefault((door.endpoint_id, door.state, door.via, door.is_ipv4), []).append(door)
    joined = [_joined(every) for every in found.values()]
    return sorted(joined, key=lambda door: (door.endpoint_id, -sureness(door.state), door.via))


def _joined(every: list[Door]) -> Door:
    """One way of many senders."""
    if len(every) == 1:
        return every[0]
    return every[0]._replace(
        sources=IntervalSet(pair for each in every for pair in each.sources),
        hosts=IntervalSet(pair for each in every for pair in each.hosts),
    )


def _doorways_of(known: frozenset[str], targets: Members) -> Iterator[tuple[Interface, Address]]:
    """What of the targets of a socket may be a door or lead to one, each once; most are none."""
    told: set[str] = set()
    for target, address in targets:
        own = target.vpc_endpoint_id or target.load_balancer_arn
        key = f"{own} {address.family}"
        if own is not None and key not in told:
            told.add(key)
            if own in known or target.load_balancer_arn:
                yield target, address


def _door(snapshot: Snapshot, socket: Socket, target: Interface, address: Address) -> Iterator[Door]:
    opening = socket.opening
    endpoint = snapshot.facts.vpc_endpoints.get(target.vpc_endpoint_id or "")
    if endpoint is not None:
        may_be = is_execute_api(endpoint) or isinstance(endpoint.service_name, UnsetType)
        if may_be and _HTTPS in opening.ports:
            seen = opening.seen_as
            own = IntervalSet(pair for each in socket.senders for pair in each.addresses)
            sources = IntervalSet([(seen.value, seen.value)]) if seen else own
            yield Door(
                endpoint.vpc_endpoint_id,
                opening.state,
                sources,
                own,
                address.family == 4,
                opening.via,
                opening.because,
                opening.unknowns,
            )
    elif target.load_balancer_arn:
        yield from _behind_balancer(snapshot, socket, target, address)


def _behind_balancer(snapshot: Snapshot, socket: Socket, target: Interface, address: Address) -> Iterator[Door]:
    """ALT-01: the endpoint sees the balancer's node; the caller sees the balancer's certificate."""
    opening, arn = socket.opening, target.load_balancer_arn or ""
    for first, last in opening.ports:
        for port in range(first, min(last, first + 64) + 1):
            for each in forward(snapshot, arn, Flow(TCP, port)).targets:
                known = interface(snapshot, each.interface_id) if each.interface_id else None
                endpoint = snapshot.facts.vpc_endpoints.get((known.vpc_endpoint_id if known else None) or "")
                if endpoint is not None and is_execute_api(endpoint):
                    node = next((own for own in target.addresses if own.family == 4), address)
                    yield Door(
                        endpoint.vpc_endpoint_id,
                        opening.state,
                        IntervalSet([(node.value, node.value)]),
                        IntervalSet(pair for one in socket.senders for pair in one.addresses),
                        node.family == 4,
                        f"load balancer {arn.rpartition('loadbalancer/')[2]} port {port}",
                        opening.because,
                        opening.unknowns,
                    )
