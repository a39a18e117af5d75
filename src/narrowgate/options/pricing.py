"""What an option costs a month: its new resources, and the way that its calls take over all of them."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from narrowgate.cost.demand import Demand
from narrowgate.cost.estimate import estimate
from narrowgate.cost.logs import log_demands
from narrowgate.cost.price_book import PriceBook
from narrowgate.cost.standing import standing_demands
from narrowgate.cost.traffic import Flow, Passage, Side, query_demands, traffic_demands
from narrowgate.model.comparison import MonthlyCost
from narrowgate.model.design import Api, Consumer, Design, Vpc
from narrowgate.model.resource import Resource
from narrowgate.options.option import Option
from narrowgate.options.parts.logs import with_logs
from narrowgate.options.parts.networks import EXECUTE_API, vpc_ref
from narrowgate.options.parts.paths import home_of

Price = Callable[[Option, Sequence[Resource], Design], MonthlyCost]
"""Prices an option, given its resources, for a month of the design's usage."""

_PEERING = "AWS::EC2::VPCPeeringConnection"
_ATTACHMENT = "AWS::EC2::TransitGatewayVpcAttachment"


def make_price(book: PriceBook) -> Price:
    """How options are priced by a book."""
    index = book.index()

    def price(option: Option, resources: Sequence[Resource], design: Design) -> MonthlyCost:
        return estimate(demands(option, resources, design), index)

    return price


def demands(option: Option, resources: Sequence[Resource], design: Design) -> Iterator[Demand]:
    """Everything that an option puts on somebody's bill.

    What exists already costs nothing more by standing there; what passes through it does.
    """
    watched = with_logs(design, resources)
    flows = flows_of(option, watched, design)
    yield from standing_demands(watched, design.usage.hours)
    yield from traffic_demands(flows, design.usage)
    resolvers = [each for each in resources if each.type == "AWS::Route53Resolver::ResolverEndpoint"]
    ways = [
        [Side(each.account, each.region) for each in resolvers if each.properties["Direction"] == direction]
        for direction in ("INBOUND", "OUTBOUND")
    ]
    yield from query_demands(ways, design.usage)
    if design.logs.enabled:
        yield from log_demands(flows, design.usage)


def flows_of(option: Option, resources: Sequence[Resource], design: Design) -> tuple[Flow, ...]:
    """The month's calls, spread evenly over every consumer and private API that it may call.

    Without an execute-api endpoint there is nothing that a call could come by (AGW-01), and no flow.
    """
    if not any(_is_api_endpoint(each) for each in resources):
        return ()
    pairs = [
        (consumer, design.api(permission.api))
        for consumer in design.consumers
        for permission in consumer.may_call
        if design.api(permission.api).is_private
    ]
    return tuple(_flow(option, resources, design, pair, Fraction(1, len(pairs))) for pair in pairs)


def _flow(
    option: Option, resources: Sequence[Resource], design: Design, pair: tuple[Consumer, Api], share: Fraction
) -> Flow:
    consumer, api = pair
    home, door = home_of(design, consumer), option.door_vpc(design, consumer, api)
    passages = tuple(_passages(resources, home, door, api))
    has_own_way = any(each.kind == "lattice-resource" for each in passages)
    return Flow(
        share=share,
        consumer=_side(home),
        api=Side(api.account, api.region),
        door=_side(door),
        path=None if has_own_way else _path(resources, home, door),
        passages=passages,
    )


def _passages(resources: Sequence[Resource], home: Vpc, door: Vpc, api: Api) -> Iterator[Passage]:
    kinds = {each.type for each in resources if not each.exists}
    if "AWS::VpcLattice::ResourceConfiguration" in kinds and home.name != door.name:
        yield Passage("lattice-resource", _side(home))
        yield Passage("lattice-gateway", _side(door))
    for each in resources:
        if each.type == "AWS::ElasticLoadBalancingV2::LoadBalancer" and each.region == door.region:
            yield Passage(f"{each.properties['Type']}-balancer", Side(each.account, each.region))
    yield Passage("interface-endpoint", _side(door))
    if "AWS::WAFv2::WebACL" in kinds:
        yield Passage("web-acl", Side(api.account, api.region))


def _path(resources: Sequence[Resource], home: Vpc, door: Vpc) -> str | None:
    if home.name == door.name:
        return None
    ends = {vpc_ref(home), vpc_ref(door)}
    for each in resources:
        if each.type == _PEERING and {each.properties["VpcId"], each.properties["PeerVpcId"]} == ends:
            return "peering"
    attached = {each.properties["VpcId"] for each in resources if each.type == _ATTACHMENT}
    return "transit-gateway" if ends <= attached else None


def _is_api_endpoint(resource: Resource) -> bool:
    if resource.type != "AWS::EC2::VPCEndpoint":
        return False
    return str(resource.properties.get("ServiceName", "")).endswith(f".{EXECUTE_API}")


def _side(vpc: Vpc) -> Side:
    return Side(vpc.account, vpc.region)
