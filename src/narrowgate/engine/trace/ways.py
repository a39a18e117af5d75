"""The ways of hosts to the addresses of one name, and which of them end alike.

A client is many hosts and a name many addresses, so one call has a score of ways; most end at the same few
interfaces in the same way. They are found once for all the names that lead there.
"""

from collections.abc import Iterable
from typing import NamedTuple

from narrowgate.engine.dns.resolve import asks_own_resolver
from narrowgate.engine.network.path import evaluate_path
from narrowgate.engine.trace.api_call import endpoint_of_interface
from narrowgate.engine.trace.load_balancer import find_balancer
from narrowgate.model.address import Address
from narrowgate.model.answer import ReachPath
from narrowgate.model.host import Host
from narrowgate.model.kept import Kept
from narrowgate.model.snapshot import Snapshot, index

Hosts = tuple[Host, ...]


class Places(NamedTuple):
    """Where ways end: those that end alike once, in the order in which hosts and their addresses meet them."""

    ways: tuple[ReachPath, ...]
    """One way to each place, the first."""

    first: tuple[tuple[int, int], ...]
    """The numbers of the host and of its address whose way that is."""

    of_host: tuple[tuple[int, ...], ...]
    """For each host the places that its addresses lead to, by number."""


class Ways(NamedTuple):
    """The ways of several hosts to the same addresses."""

    of_host: tuple[tuple[ReachPath, ...], ...]
    alike: Places
    """Ways that end at one endpoint, or one other interface, with one verdict."""

    by_source: Places
    """The same, told apart also by the address that the far end sees."""

    reached: frozenset[str]
    """The interfaces, or what else stands at the ends."""


@index
def _ways(snapshot: Snapshot) -> Kept[tuple[object, ...], Ways]:
    """By hosts, addresses and ports."""
    return Kept(4096)


def ways_to(
    snapshot: Snapshot, hosts: Hosts, addresses: tuple[Address, ...], port: int, client_ports: tuple[int, int]
) -> Ways:
    """The ways of hosts to addresses, over TCP to a port."""
    kept = _ways(snapshot)
    key = (hosts, addresses, port, client_ports)
    found = kept.get(key)
    return found or kept.keep(key, _find(snapshot, hosts, addresses, port, client_ports))


def _find(
    snapshot: Snapshot, hosts: Hosts, addresses: tuple[Address, ...], port: int, client_ports: tuple[int, int]
) -> Ways:
    of_host = tuple(
        tuple(
            evaluate_path(snapshot, host, each, protocol="tcp", port=port, client_ports=client_ports)
            for each in addresses
        )
        for host in hosts
    )
    return Ways(
        of_host,
        _places(of_host, [[(_who(snapshot, way), way.verdict) for way in own] for own in of_host]),
        _places(
            of_host, [[(_who(snapshot, way), way.verdict, way.arrives_from) for way in own] for own in of_host]
        ),
        frozenset(way.target for own in of_host for way in own),
    )


def _who(snapshot: Snapshot, way: ReachPath) -> str:
    """Who answers at the end of a way: an endpoint whatever interface of its it is, else what stands there."""
    endpoint = endpoint_of_interface(snapshot, way.target)
    if endpoint is None or find_balancer(snapshot, way.target) is not None:
        return way.target
    return endpoint.vpc_endpoint_id


def _places(of_host: tuple[tuple[ReachPath, ...], ...], keys: Iterable[Iterable[object]]) -> Places:
    numbers: dict[object, int] = {}
    ways: list[ReachPath] = []
    first: list[tuple[int, int]] = []
    placed: list[tuple[int, ...]] = []
    for host, own in enumerate(keys):
        mine: list[int] = []
        for address, key in enumerate(own):
            if key not in numbers:
                numbers[key] = len(ways)
                ways.append(of_host[host][address])
                first.append((host, address))
            mine.append(numbers[key])
        placed.append(tuple(mine))
    return Places(tuple(ways), tuple(first), tuple(placed))


@index
def _alike(snapshot: Snapshot) -> Kept[Hosts, tuple[Hosts, ...]]:
    """Filled as clients are asked for."""
    return Kept(20_000)


def hosts_that_ask_alike(snapshot: Snapshot, hosts: Hosts) -> tuple[Hosts, ...]:
    """Hosts in their order, those side by side together that get the same answer to every name.

    They ask nobody but the resolver of their one VPC, and have addresses of the same families.
    """
    kept = _alike(snapshot)
    found = kept.get(hosts)
    return kept.keep(hosts, tuple(_runs(snapshot, hosts))) if found is None else found


def _runs(snapshot: Snapshot, hosts: Hosts) -> Iterable[Hosts]:
    run: list[Host] = []
    for host in hosts:
        if run and not _is_alike(snapshot, run[0], host):
            yield tuple(run)
            run = []
        run.append(host)
    if run:
        yield tuple(run)


def _is_alike(snapshot: Snapshot, one: Host, other: Host) -> bool:
    same = one.vpc_id == other.vpc_id and (one.address(6) is None) is (other.address(6) is None)
    return same and asks_own_resolver(snapshot, one)
