"""Which VPCs packets must pass between, and which of these pairs something joins already."""

import msgspec

from narrowgate.model.design import Consumer, Design, Link, Vpc


class Pair(msgspec.Struct, frozen=True):
    """Two VPCs that packets must pass between: a consumer's and an endpoint's."""

    consumer: str
    provider: str


def home_of(design: Design, consumer: Consumer) -> Vpc:
    """The VPC that a consumer's packets start in: its own, or the one that its network on premises ends in."""
    return design.vpc(consumer.vpc or design.network(consumer.on_premises or "").vpc)


def pairs_of(design: Design) -> tuple[Pair, ...]:
    """Every pair of a consumer's VPC and the VPC of an API that it may call, each once."""
    found: dict[Pair, None] = {}
    for consumer in design.consumers:
        for permission in consumer.may_call:
            api = design.api(permission.api)
            home = home_of(design, consumer)
            if api.is_private and api.vpc is not None and api.vpc != home.name:
                found[Pair(home.name, api.vpc)] = None
    return tuple(found)


def existing_link(design: Design, pair: Pair) -> Link | None:
    """The link that joins a pair already."""
    return next((each for each in design.links if {pair.consumer, pair.provider} <= set(each.vpcs)), None)


def missing_pairs(design: Design) -> tuple[Pair, ...]:
    """The pairs that nothing joins yet."""
    return tuple(pair for pair in pairs_of(design) if existing_link(design, pair) is None)


def overlapping_pair(design: Design) -> tuple[Vpc, Vpc] | None:
    """A pair whose ranges overlap, so that neither peering nor a transit gateway can join it (PCX-04, TGW-06)."""
    for pair in pairs_of(design):
        one, other = design.vpc(pair.consumer), design.vpc(pair.provider)
        if any(a.overlaps(b) for a in one.blocks() for b in other.blocks()):
            return one, other
    return None
