"""What is due every hour or month for resources that stand, whether anybody calls or not (COST-01, COST-03)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from narrowgate.cost.demand import Demand, Factor, hours
from narrowgate.cost.price_book import GLOBAL
from narrowgate.model.resource import Resource

FREE = frozenset(
    {
        "AWS::ApiGateway::Account",
        "AWS::ApiGateway::Authorizer",
        "AWS::ApiGateway::BasePathMappingV2",
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::DomainNameAccessAssociation",
        "AWS::ApiGateway::DomainNameV2",
        "AWS::ApiGateway::Method",
        "AWS::ApiGateway::Resource",
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::Stage",
        "AWS::CertificateManager::Certificate",
        "AWS::EC2::DHCPOptions",
        "AWS::EC2::FlowLog",
        "AWS::EC2::Route",
        "AWS::EC2::RouteTable",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::Subnet",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::TransitGateway",
        "AWS::EC2::TransitGatewayRoute",
        "AWS::EC2::TransitGatewayRouteTable",
        "AWS::EC2::TransitGatewayRouteTableAssociation",
        "AWS::EC2::TransitGatewayRouteTablePropagation",
        "AWS::EC2::VPC",
        "AWS::EC2::VPCCidrBlock",
        "AWS::EC2::VPCDHCPOptionsAssociation",
        "AWS::EC2::VPCEndpointService",
        "AWS::EC2::VPCEndpointServicePermissions",
        "AWS::EC2::VPCPeeringConnection",
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::KMS::Alias",
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
        "AWS::Logs::ResourcePolicy",
        "AWS::RAM::ResourceShare",
        "AWS::Route53::RecordSet",
        "AWS::Route53Profiles::ProfileAssociation",
        "AWS::Route53Profiles::ProfileResourceAssociation",
        "AWS::Route53Resolver::ResolverQueryLoggingConfig",
        "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
        "AWS::Route53Resolver::ResolverRule",
        "AWS::Route53Resolver::ResolverRuleAssociation",
        "AWS::VpcLattice::ResourceConfiguration",
        "AWS::VpcLattice::ResourceGateway",
        "AWS::WAFv2::WebACLAssociation",
    }
)
"""Types without a charge of their own (COST-01); what passes them or fills them is counted with the traffic."""


def standing_demands(resources: Iterable[Resource], month: int) -> Iterator[Demand]:
    """What each new resource costs by itself; a type that nobody knows is an item without a price.

    Args:
        resources: what is made; what exists is on somebody's bill already.
        month: the hours of a month; partial hours are billed as full ones (COST-05).
    """
    for each in resources:
        if each.exists or each.type in FREE or each.type.startswith("Custom::"):
            continue
        demand = _DEMANDS.get(each.type)
        if demand is None:
            yield _one(each, each.type, "", (), count=1)
        else:
            yield from demand(each, month)


def _one(
    each: Resource,
    item: str,
    word: str,
    factors: tuple[Factor, ...],
    *,
    count: int,
    region: str = "",
    is_apart: bool = False,
) -> Demand:
    return Demand(
        item=item,
        region=region or each.region,
        payer=each.account,
        count=Fraction(count),
        word=word or each.type,
        factors=factors,
        is_fixed=True,
        is_apart=is_apart,
        parts=(each.logical_id,),
    )


def _endpoint(each: Resource, month: int) -> Iterator[Demand]:
    """An interface endpoint is billed for each zone, a resource endpoint as a whole (doubt 4 of the rule book)."""
    kind = each.properties.get("VpcEndpointType", "Gateway")
    if kind == "Interface":
        zones = len(each.properties["SubnetIds"])
        yield _one(each, "interface-endpoint-hours", "zone", (hours(month),), count=zones)
    elif kind == "Resource":
        yield _one(each, "lattice-resource-hours", "endpoint", (hours(month),), count=1)
    elif kind != "Gateway":
        yield _one(each, f"{each.type} ({kind})", "", (), count=1)


def _resolver_endpoint(each: Resource, month: int) -> Iterator[Demand]:
    """By address, never by endpoint (COST-03)."""
    count = len(each.properties["IpAddresses"])
    yield _one(each, "resolver-endpoint-hours", "address", (hours(month),), count=count)


def _balancer(each: Resource, month: int) -> Iterator[Demand]:
    kind = str(each.properties.get("Type", "application"))
    yield _one(each, f"{kind}-balancer-hours", "balancer", (hours(month),), count=1)


def _instance(each: Resource, month: int) -> Iterator[Demand]:
    """An instance's hours; its volume is a fact of an image that the design does not name."""
    kind = each.properties.get("InstanceType")
    yield _one(each, f"instance-hours:{kind}", "instance", (hours(month),), count=1)
    yield _one(each, "volumes of instances", "volume", (), count=1)


def _web_acl(each: Resource, month: int) -> Iterator[Demand]:
    rules: Sequence[object] = each.properties.get("Rules", ())
    yield _one(each, "web-acl", "web-ACL", (), count=1, is_apart=True)
    yield _one(each, "web-acl-rule", "rule", (), count=len(rules), is_apart=True)


def _hourly(item: str, word: str) -> Callable[[Resource, int], Iterator[Demand]]:
    def found(each: Resource, month: int) -> Iterator[Demand]:
        yield _one(each, item, word, (hours(month),), count=1)

    return found


def _monthly(
    item: str, word: str, *, region: str = "", is_apart: bool = False
) -> Callable[[Resource, int], Iterator[Demand]]:
    def found(each: Resource, month: int) -> Iterator[Demand]:
        yield _one(each, item, word, (), count=1, region=region, is_apart=is_apart)

    return found


_DEMANDS: Mapping[str, Callable[[Resource, int], Iterator[Demand]]] = {
    "AWS::CloudWatch::Alarm": _monthly("alarm", "alarm", is_apart=True),
    "AWS::EC2::Instance": _instance,
    "AWS::EC2::NatGateway": _hourly("nat-gateway-hours", "gateway"),
    "AWS::EC2::TransitGatewayVpcAttachment": _hourly("transit-gateway-hours", "attachment"),
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
    "AWS::KMS::Key": _monthly("kms-key", "key", is_apart=True),
    "AWS::Route53::HostedZone": _monthly("hosted-zone", "zone", region=GLOBAL),
    "AWS::Route53Profiles::Profile": _hourly("profile-hours", "Profile"),
    "AWS::Route53Resolver::ResolverEndpoint": _resolver_endpoint,
    "AWS::VpcLattice::Service": _hourly("lattice-service-hours", "service"),
    "AWS::WAFv2::WebACL": _web_acl,
}
