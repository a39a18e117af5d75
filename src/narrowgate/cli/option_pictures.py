"""What stands in the picture of an option: its resources by the ids that the engine's steps carry."""

from collections.abc import Mapping, Sequence

from narrowgate.model.design import Consumer, Design
from narrowgate.model.resource import Ref, Resource
from narrowgate.model.trace import TraceAnswer
from narrowgate.options.compare.ask import ask_call
from narrowgate.options.compare.clients import client_of
from narrowgate.options.option import Option
from narrowgate.options.parts.networks import vpc_ref
from narrowgate.options.parts.paths import home_of
from narrowgate.options.world import World
from narrowgate.report.mermaid import Part, Scene, render_mermaid
from narrowgate.sources.resources.build import build_world

_KINDS: Mapping[str, str] = {
    "AWS::ApiGateway::DomainNameV2": "custom domain name",
    "AWS::ApiGateway::RestApi": "private API",
    "AWS::EC2::Instance": "own DNS server",
    "AWS::EC2::TransitGateway": "transit gateway",
    "AWS::EC2::VPCEndpoint": "execute-api endpoint",
    "AWS::EC2::VPCPeeringConnection": "peering",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "load balancer",
    "AWS::Route53::HostedZone": "private hosted zone",
    "AWS::Route53Profiles::Profile": "Route 53 Profile",
    "AWS::Route53Resolver::ResolverEndpoint": "Resolver endpoint",
    "AWS::Route53Resolver::ResolverRule": "forwarding rule",
}
_NAMES = (
    "execute-api endpoint",
    "forwarding rule",
    "load balancer",
    "own DNS server",
    "private hosted zone",
    "public DNS",
    "Resolver endpoint",
    "Route 53 Profile",
)
_PACKETS = ("peering", "transit gateway", "load balancer", "execute-api endpoint", "private API")


def draw(option: Option, design: Design) -> str:
    """The first consumer's first call of a private API by an option, traced, as a Mermaid flowchart."""
    resources = option.resources(design)
    world = build_world(resources)
    consumer = design.consumers[0]
    scene = Scene(
        client=consumer.name,
        client_network=home_of(design, consumer).name,
        parts=_parts(resources, world, design, consumer),
        names=_NAMES,
        packets=_PACKETS,
    )
    return render_mermaid(trace_first(option, design, world), scene)


def trace_first(option: Option, design: Design, world: World) -> TraceAnswer:
    """That call."""
    consumer = design.consumers[0]
    permission = next(each for each in consumer.may_call if design.api(each.api).is_private)
    call = option.call(design, consumer, design.api(permission.api))
    return ask_call(world, client_of(world, design, consumer), call, permission.routes[0])


def _parts(resources: Sequence[Resource], world: World, design: Design, consumer: Consumer) -> dict[str, Part]:
    vpcs = {vpc_ref(vpc).logical_id: vpc.name for vpc in design.vpcs}
    homes = {each.logical_id: _ref(each.properties.get("VpcId")) for each in resources}
    found = {"public": Part(kind="public DNS", label="public DNS")}
    for each in resources:
        kind = _KINDS.get(each.type)
        if kind is None:
            continue
        home = _ref(each.properties.get("VpcId"))
        if each.type == "AWS::Route53Resolver::ResolverEndpoint":
            home = homes.get(_ref(each.properties["IpAddresses"][0]["SubnetId"]) or "")
        elif each.type == "AWS::ElasticLoadBalancingV2::LoadBalancer":
            home = homes.get(_ref(each.properties["Subnets"][0]) or "")
        elif each.type == "AWS::EC2::Instance":
            home = homes.get(_ref(each.properties["SubnetId"]) or "")
        elif each.type == "AWS::Route53::HostedZone":
            home = _ref(each.properties["VPCs"][0]["VPCId"])
        elif each.type == "AWS::EC2::VPCPeeringConnection":
            home = None
        network = vpcs.get(home or "")
        if each.type == "AWS::Route53Resolver::ResolverRule":
            network = home_of(design, consumer).name
        part = Part(kind=kind, label=each.logical_id, network=network)
        found[world.ids.get(each.logical_id, each.logical_id)] = part
        address = each.properties.get("PrivateIpAddress")
        if address:
            found[str(address)] = part
        if each.type == "AWS::ElasticLoadBalancingV2::LoadBalancer":
            # Packets meet a balancer at its group: its interfaces have no name of their own.
            found |= {world.text(group): part for group in each.properties["SecurityGroups"]}
    return found


def _ref(value: object) -> str | None:
    return value.logical_id if isinstance(value, Ref) else None
