"""Where another option becomes cheaper, or no longer is: more consumer VPCs, more calls."""

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import msgspec

from narrowgate.cost.estimate import difference
from narrowgate.model.comparison import BreakEven, MonthlyCost, OptionAnswer
from narrowgate.model.design import Consumer, Design, Link, Subnet, Vpc
from narrowgate.model.resource import Resource
from narrowgate.options.compare.judge import Bench
from narrowgate.options.compare.rank import may_be_taken
from narrowgate.options.pricing import Price
from narrowgate.options.registry import find_option

_MOST_VPCS = 50
_MOST_REQUESTS = 10**13
_CENT = 0.005

Bill = Callable[[str, int], MonthlyCost | None]
"""An option's bill at a size: a number of consumer VPCs, or of calls; None where it cannot be built so."""


def find_break_even(bench: Bench, answers: Sequence[OptionAnswer], chosen: str) -> tuple[BreakEven, ...]:
    """For each other option that may be taken, the point where it becomes cheaper, or no longer is."""
    if bench.price is None:
        return ()
    by_vpcs, by_usage = _bills_by_vpcs(bench.plain, bench.price), _bills_by_usage(bench.plain, bench.price)
    others = [each.option for each in answers if each.option != chosen and may_be_taken(each)]
    return tuple(
        found
        for other in others
        for found in (*_by_vpcs(by_vpcs, chosen, other), *_by_usage(bench.plain, by_usage, chosen, other))
    )


def _by_vpcs(bill: Bill, chosen: str, other: str) -> Iterator[BreakEven]:
    now, then = _gap(bill, chosen, other, 1), _gap(bill, chosen, other, 2)
    if now is None or then is None or not _narrows(now, then):
        return
    # Bills grow evenly with the number of VPCs: a straight line says where they meet, the bills there prove it.
    count = 1 + int(-now / (then - now)) + 1
    gap = _gap(bill, chosen, other, count) if count <= _MOST_VPCS else None
    if gap is not None and abs(gap) > _CENT and (gap > 0) != (now > 0):
        yield _point(other, now, f"{count} consumer VPCs")


def _by_usage(design: Design, bill: Bill, chosen: str, other: str) -> Iterator[BreakEven]:
    """Prices have tiers, so the lines bend: the first crossing lies between two sizes, and is narrowed down."""
    low = design.usage.requests
    now = _gap(bill, chosen, other, low) if low else None
    if now is None or abs(now) < _CENT:
        return
    high = low
    while high <= _MOST_REQUESTS:
        high *= 2
        gap = _gap(bill, chosen, other, high)
        if gap is None:
            return
        if abs(gap) > _CENT and (gap > 0) != (now > 0):
            break
        low = high
    else:
        return
    # Two digits after the first are as much as anybody can plan with.
    while high - low > max(1, high // 1000):
        middle = (low + high) // 2
        gap = _gap(bill, chosen, other, middle)
        low, high = (low, middle) if gap is not None and (gap > 0) != (now > 0) else (middle, high)
    yield _point(other, now, f"{_rounded(high):,} calls a month", "; data and queries in proportion")


def _gap(bill: Bill, chosen: str, other: str, size: int) -> float | None:
    """How much dearer the other option is at a size."""
    mine, theirs = bill(chosen, size), bill(other, size)
    return None if mine is None or theirs is None else difference(theirs, mine)


def _narrows(now: float, then: float) -> bool:
    step = then - now
    return abs(now) > _CENT and abs(step) > _CENT and (now > 0) != (step > 0)


def _point(other: str, now: float, size: str, note: str = "") -> BreakEven:
    verb, is_now = ("cheaper", "dearer") if now > 0 else ("no longer cheaper", "cheaper")
    return BreakEven(option=other, text=f"{verb} from {size} on (now {abs(now):,.2f} dollars {is_now}{note})")


def _rounded(number: int) -> int:
    """Up to three digits that count."""
    unit: int = 10 ** max(0, len(str(number)) - 3)
    return int(-(-number // unit) * unit)


def _bills_by_vpcs(design: Design, price: Price) -> Bill:
    @cache
    def grown(count: int) -> Design:
        return with_consumer_vpcs(design, count)

    @cache
    def bill(option: str, count: int) -> MonthlyCost | None:
        found = find_option(option)
        if not found.applies(grown(count)).fits:
            return None
        return price(found, found.resources(grown(count)), grown(count))

    return bill


def _bills_by_usage(design: Design, price: Price) -> Bill:
    @cache
    def resources(option: str) -> tuple[Resource, ...]:
        return find_option(option).resources(design)

    @cache
    def bill(option: str, requests: int) -> MonthlyCost | None:
        return price(find_option(option), resources(option), _with_requests(design, requests))

    return bill


def _with_requests(design: Design, requests: int) -> Design:
    usage = design.usage
    factor = requests / usage.requests
    more = msgspec.structs.replace(
        usage,
        requests=requests,
        gigabytes=usage.gigabytes * factor,
        dns_queries=round(usage.dns_queries * factor),
    )
    return msgspec.structs.replace(design, usage=more)


def with_consumer_vpcs(design: Design, count: int) -> Design:
    """The same design with its first consumer VPC that many times, each with ranges and links of its own."""
    first = next((each for each in design.consumers if each.vpc is not None), None)
    if count < 2 or first is None:
        return design
    model = design.vpc(first.vpc or "")
    vpcs: list[Vpc] = list(design.vpcs)
    consumers: list[Consumer] = list(design.consumers)
    links: list[Link] = list(design.links)
    for number in range(2, count + 1):
        copy = _copy(model, number, vpcs)
        vpcs.append(copy)
        consumers.append(
            msgspec.structs.replace(first, name=f"{first.name}-{number}", vpc=copy.name, subnets=(), address=None)
        )
        links += [
            msgspec.structs.replace(
                each, vpcs=tuple(copy.name if name == model.name else name for name in each.vpcs), id=None
            )
            for each in design.links
            if model.name in each.vpcs and each.kind == "peering"
        ]
    links = [
        msgspec.structs.replace(each, vpcs=(*each.vpcs, *(vpc.name for vpc in vpcs[len(design.vpcs) :])))
        if each.kind == "transit_gateway" and model.name in each.vpcs
        else each
        for each in links
    ]
    return msgspec.structs.replace(design, vpcs=tuple(vpcs), consumers=tuple(consumers), links=tuple(links))


def _copy(model: Vpc, number: int, others: Sequence[Vpc]) -> Vpc:
    network = _free_range(others)
    name = f"{model.name}-{number}"
    zones = list(dict.fromkeys(subnet.az for subnet in model.subnets))
    blocks = list(network.subnets(new_prefix=24))
    subnets = tuple(
        Subnet(name=f"{name}-{zone}", cidr=str(blocks[at]), az=zone) for at, zone in enumerate(zones, start=1)
    )
    return msgspec.structs.replace(
        model, name=name, id=None, cidrs=(str(network),), subnets=subnets, private_zones=(), endpoints=()
    )


def _free_range(others: Sequence[Vpc]) -> ipaddress.IPv4Network:
    taken = [ipaddress.IPv4Network(block) for vpc in others for block in vpc.cidrs]
    for network in ipaddress.IPv4Network("10.0.0.0/8").subnets(new_prefix=16):
        if not any(network.overlaps(each) for each in taken):
            return network
    raise ValueError("no free range")
