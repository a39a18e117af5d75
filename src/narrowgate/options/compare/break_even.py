"""Where another option becomes cheaper: more consumer VPCs, more calls."""

import ipaddress
from collections.abc import Iterator, Sequence

import msgspec

from narrowgate.model.comparison import BreakEven, OptionAnswer
from narrowgate.model.design import Consumer, Design, Link, Subnet, Vpc
from narrowgate.options.compare.judge import Bench
from narrowgate.options.compare.rank import may_be_taken
from narrowgate.options.registry import find_option

_MOST_VPCS = 50
_MOST_USAGE = 10_000


def find_break_even(bench: Bench, answers: Sequence[OptionAnswer], chosen: str) -> tuple[BreakEven, ...]:
    """For each other option that may be taken, the point where it becomes cheaper, or no longer is."""
    return tuple(
        found
        for each in answers
        if each.option != chosen and may_be_taken(each)
        for found in (*_by_vpcs(bench, chosen, each.option), *_by_usage(bench, chosen, each.option))
    )


def _by_vpcs(bench: Bench, chosen: str, other: str) -> Iterator[BreakEven]:
    costs = {count: (_cost(bench, chosen, count), _cost(bench, other, count)) for count in (1, 2)}
    (mine, theirs), (mine_2, theirs_2) = costs[1], costs[2]
    if None in (mine, theirs, mine_2, theirs_2):
        return
    gap, step = theirs - mine, (theirs_2 - mine_2) - (theirs - mine)  # type: ignore[operator]
    if abs(step) < 0.005 or gap == 0 or (gap > 0) == (step > 0):
        return
    count = 1 + int(-gap / step) + 1
    if count <= _MOST_VPCS:
        is_cheaper = gap > 0
        text = (
            f"cheaper from {count} consumer VPCs on"
            if is_cheaper
            else f"no longer cheaper from {count} consumer VPCs on"
        )
        yield BreakEven(
            option=other, text=f"{text} (now {abs(gap):.2f} dollars {'dearer' if is_cheaper else 'cheaper'})"
        )


def _by_usage(bench: Bench, chosen: str, other: str) -> Iterator[BreakEven]:
    """Both bills grow in a straight line with usage: where the lines cross is the point."""
    mine, theirs, mine_2, theirs_2 = (
        _cost(bench, option, 1, usage=usage) for usage in (1, 2) for option in (chosen, other)
    )
    if None in (mine, theirs, mine_2, theirs_2):
        return
    gap, step = theirs - mine, (theirs_2 - mine_2) - (theirs - mine)  # type: ignore[operator]
    if abs(step) < 0.005 or gap == 0 or (gap > 0) == (step > 0):
        return
    factor = 1 + -gap / step
    if factor <= _MOST_USAGE:
        requests = round(bench.plain.usage.requests * factor)
        verb = "cheaper" if gap > 0 else "no longer cheaper"
        yield BreakEven(option=other, text=f"{verb} from {requests:,} calls a month on, all else in proportion")


def _cost(bench: Bench, option: str, vpcs: int, *, usage: int = 1) -> float | None:
    if bench.price is None:
        return None
    design = _with_usage(with_consumer_vpcs(bench.plain, vpcs), usage)
    found = find_option(option)
    if not found.applies(design).fits:
        return None
    return bench.price(found.resources(design), design).total


def _with_usage(design: Design, factor: int) -> Design:
    usage = design.usage
    more = msgspec.structs.replace(
        usage,
        requests=usage.requests * factor,
        gigabytes=usage.gigabytes * factor,
        dns_queries=usage.dns_queries * factor,
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
