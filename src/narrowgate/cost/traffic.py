"""What a month's calls cost on their way: requests, data through each thing that they pass, queries (COST-04)."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

import msgspec

from narrowgate.cost.demand import Demand, Factor, counted
from narrowgate.model.design import Usage

# One unit of an Application Load Balancer's capacity: 25 new connections a second, or a gigabyte an hour.
_CONNECTIONS_A_UNIT = 25 * 3600
_HALF = Fraction(1, 2)


class Side(msgspec.Struct, frozen=True):
    """An account and the Region that something is in."""

    account: str
    region: str


class Passage(msgspec.Struct, frozen=True):
    """Something with a price that packets pass; `kind` is `interface-endpoint`, `lattice-resource`, and so on."""

    kind: str
    owner: Side


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """A share of a month's calls and their way: from a side over a path to the API's, through passages.

    `path` is None where both ends are in one network, else `peering` or `transit-gateway`.
    """

    share: Fraction
    consumer: Side
    api: Side
    door: Side
    """Where the endpoint stands."""
    path: str | None
    passages: tuple[Passage, ...]


def traffic_demands(flows: Sequence[Flow], usage: Usage) -> Iterator[Demand]:
    """What the calls of all flows use."""
    for flow in flows:
        calls, gigabytes = flow.share * usage.requests, flow.share * Fraction(str(usage.gigabytes))
        yield _use("api-requests", flow.api, calls, "call")
        for passage in flow.passages:
            yield from _passage(passage, calls, gigabytes)
        yield from _path(flow, gigabytes, usage)


def query_demands(ways: Iterable[Sequence[Side]], usage: Usage) -> Iterator[Demand]:
    """Queries at Resolver endpoints: each passes one of the outbound and one of the inbound, and both count it.

    Args:
        ways: the owners of the endpoints of each direction; queries are spread evenly over them.
        usage: how many queries.
    """
    passed: dict[Side, Fraction] = {}
    for owners in ways:
        for owner in owners:
            passed[owner] = passed.get(owner, Fraction(0)) + Fraction(1, len(owners))
    for owner, times in passed.items():
        demand = _use("resolver-queries", owner, Fraction(usage.dns_queries), "DNS queries")
        factor = Factor(times, counted(times, "endpoint"))
        yield msgspec.structs.replace(demand, factors=(factor,))


def _passage(passage: Passage, calls: Fraction, gigabytes: Fraction) -> Iterator[Demand]:
    kind, owner = passage.kind, passage.owner
    if kind == "interface-endpoint":
        yield _use("interface-endpoint-data", owner, gigabytes, "GB")
    elif kind == "lattice-resource":
        yield _use("lattice-resource-data", owner, gigabytes, "GB")
    elif kind == "lattice-gateway":
        yield _use("lattice-provider-data", owner, gigabytes, "GB")
    elif kind == "lattice-service":
        yield _use("lattice-service-data", owner, gigabytes, "GB")
    elif kind == "network-balancer":
        yield _use("network-balancer-units", owner, gigabytes, "NLCU-hours (GB)")
    elif kind == "application-balancer":
        units = max(gigabytes, calls / _CONNECTIONS_A_UNIT)
        word = "LCU-hours (GB)" if units == gigabytes else "LCU-hours (a new connection for each call)"
        yield _use("application-balancer-units", owner, units, word)
    elif kind == "web-acl":
        yield msgspec.structs.replace(_use("web-acl-requests", owner, calls, "call"), is_apart=True)
    else:
        raise ValueError(f"no such passage: {kind}")


def _path(flow: Flow, gigabytes: Fraction, usage: Usage) -> Iterator[Demand]:
    """Each side pays its half of a peering's transfer, and the sender what a gateway processes (COST-09)."""
    one, other = flow.consumer, flow.door
    if flow.path == "transit-gateway":
        for sender in (one, other):
            yield _use("transit-gateway-data", sender, gigabytes * _HALF, "GB")
    elif flow.path == "peering" and one.region != other.region:
        # COST-07: the sender pays by its Region's rate; how much goes each way nobody told: half of it.
        for sender, receiver in ((one, other), (other, one)):
            demand = _use("region-transfer", sender, gigabytes * _HALF, "GB")
            yield msgspec.structs.replace(demand, to=receiver.region)
    elif flow.path == "peering":
        share = Fraction(str(usage.cross_az_percent)) / 100
        across = Factor(share, f"{usage.cross_az_percent:g} % across zones")
        for side in (one, other):
            demand = _use("zone-transfer", side, gigabytes, "GB sent and received")
            yield msgspec.structs.replace(demand, factors=(across,))


def _use(item: str, owner: Side, count: Fraction, word: str) -> Demand:
    return Demand(item=item, region=owner.region, payer=owner.account, count=count, word=word)
