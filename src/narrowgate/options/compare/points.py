"""Facts that a list of resources tells by itself: what is new, who acts, what stands in one zone only."""

from collections.abc import Iterable, Iterator, Sequence

from narrowgate.model.resource import Ref, Resource


def added(resources: Iterable[Resource], before: Iterable[Resource]) -> tuple[Resource, ...]:
    """What the option makes beyond the networks and APIs that every option has."""
    old = {each.logical_id for each in before}
    return tuple(each for each in resources if not each.exists and each.logical_id not in old)


def acting_accounts(resources: Iterable[Resource]) -> tuple[str, ...]:
    """The accounts in which somebody makes something."""
    return tuple(sorted({each.account for each in resources}))


def single_points_of_failure(resources: Sequence[Resource]) -> tuple[str, ...]:
    """What stands in one Availability Zone while its users stand in several, or has no second of its kind."""
    return tuple(dict.fromkeys(_single(resources)))


def _single(resources: Sequence[Resource]) -> Iterator[str]:
    by_id = {each.logical_id: each for each in resources}
    for each in resources:
        subnets = _subnets(each)
        zones = {str(by_id[ref.logical_id].properties["AvailabilityZone"]) for ref in subnets}
        if subnets and len(zones) < 2:
            yield f"{each.logical_id} stands in {next(iter(zones))} only (VPCE-02)"
    servers = [each for each in resources if each.type == "AWS::EC2::Instance" and not each.exists]
    if len(servers) == 1:
        yield f"{servers[0].logical_id} is the only server"


def _subnets(resource: Resource) -> list[Ref]:
    """The subnets that a new part with interfaces stands in."""
    if resource.exists:
        return []
    if resource.type == "AWS::Route53Resolver::ResolverEndpoint":
        found = [each["SubnetId"] for each in resource.properties["IpAddresses"]]
    elif resource.type in ("AWS::EC2::VPCEndpoint", "AWS::EC2::TransitGatewayVpcAttachment"):
        found = resource.properties["SubnetIds"]
    elif resource.type == "AWS::ElasticLoadBalancingV2::LoadBalancer":
        found = resource.properties["Subnets"]
    else:
        return []
    return [each for each in found if isinstance(each, Ref)]


def configures_route53(resources: Iterable[Resource]) -> bool:
    """True where somebody makes a zone, a record, a rule, a Resolver endpoint or a Profile."""
    return any(each.type.startswith("AWS::Route53") for each in resources)
