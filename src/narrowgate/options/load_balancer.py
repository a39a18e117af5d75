"""`load-balancer`: an internal Application Load Balancer in front of the endpoint, with one's own certificate."""

from collections.abc import Sequence

from narrowgate.model.design import Api, Consumer, Design, Vpc
from narrowgate.model.resource import GetAtt, Ref, Resource
from narrowgate.options.central import CentralOption
from narrowgate.options.custom_domain import check_custom_domains
from narrowgate.options.option import Call, Fit, Limit
from narrowgate.options.parts.domains import add_certificate
from narrowgate.options.parts.endpoints import (
    addresses,
    callers_of,
    central_doors,
    central_endpoints,
    central_users,
)
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.networks import endpoint_ref, one_a_zone, subnet_ref, vpc_ref
from narrowgate.options.parts.policies import api_ref, sources_of
from narrowgate.options.parts.resource_list import Because, ResourceList, place_of, tags
from narrowgate.options.parts.rest_apis import api_resources
from narrowgate.options.parts.security_groups import HTTPS, Group, add_group, admit
from narrowgate.options.parts.zones import add_alias, add_zone, check_dns_attributes, consumer_vpcs

_ELB = "AWS::ElasticLoadBalancingV2::"


class LoadBalancer(CentralOption):
    """Peering, a balancer beside the endpoint, a name of one's own, and a header that names the API."""

    name = "load-balancer"
    title = "an internal load balancer in front of the endpoint, a name and certificate of one's own"
    when = (
        "A name and certificate of your own are wanted, callers can send a header, and API and consumers need "
        "not be told apart by address."
    )
    client_change = "every call carries the header `x-apigw-api-id`"

    def check(self, design: Design) -> Fit | None:
        """A balancer's certificate needs a name."""
        return check_custom_domains(design) or check_dns_attributes(design)

    def door_resources(self, design: Design) -> tuple[Resource, ...]:
        """The endpoint admits the balancer, whose addresses are any of its subnets'."""
        behind = {name: [subnet.cidr for subnet in one_a_zone(design.vpc(name))] for name in central_users(design)}
        doors = central_doors(design, behind=())
        return (
            *central_endpoints(design, private_dns=False, behind=behind),
            *api_resources(design, doors),
        )

    def naming_resources(self, design: Design) -> tuple[Resource, ...]:
        """The balancer of each API's VPC, and zones that lead to it."""
        found = ResourceList()
        for name in central_users(design):
            _balancer(found, design, design.vpc(name))
        for api in design.private_apis:
            balancer = logical_id(api.vpc or "", "balancer")
            target = (GetAtt(balancer, "DNSName"), GetAtt(balancer, "CanonicalHostedZoneID"))
            by_account: dict[str, list[Vpc]] = {}
            for vpc in consumer_vpcs(design, api):
                by_account.setdefault(vpc.account, []).append(vpc)
            for vpcs in by_account.values():
                zone = add_zone(found, api, api.custom_domain or "", vpcs)
                add_alias(found, zone, api.custom_domain or "", target, place_of(vpcs[0]))
        return found.all()

    def call(self, design: Design, consumer: Consumer, api: Api) -> Call:
        """By the own name; the balancer passes the header on."""
        return Call(
            host=api.custom_domain or "", path=f"/{api.stage}", headers=(("x-apigw-api-id", api_ref(api)),)
        )

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """What a balancer hides."""
        return (
            Limit(rule="VPCE-06", text="the API sees the balancer's address: consumers cannot be told apart"),
            Limit(rule="AGW-10", text="the endpoint's addresses are targets, and have to be kept up by hand"),
        )


def _balancer(found: ResourceList, design: Design, vpc: Vpc) -> None:
    apis: Sequence[Api] = [api for api in design.private_apis if api.vpc == vpc.name]
    place = place_of(vpc)
    because = Because(f"takes calls in `{vpc.name}` and passes them to the endpoint", "ALT-01")
    callers = {consumer.name: consumer for api in apis for consumer in callers_of(design, api)}
    sources = [block for consumer in callers.values() for block in sources_of(design, consumer)]
    subnets = one_a_zone(vpc)
    group = add_group(
        found,
        logical_id(vpc.name, "balancer-group"),
        Group(
            vpc=vpc,
            name=f"{vpc.name}-balancer",
            ingress=admit("tcp", HTTPS, sources, "calls of private APIs"),
            egress=admit("tcp", HTTPS, [subnet.cidr for subnet in subnets], "the endpoint"),
            because=because,
        ),
    )
    balancer = found.add(
        logical_id(vpc.name, "balancer"),
        _ELB + "LoadBalancer",
        place,
        {
            "Name": f"{vpc.name}-balancer"[:32].rstrip("-"),
            "Type": "application",
            "Scheme": "internal",
            "Subnets": [subnet_ref(vpc, subnet) for subnet in subnets],
            "SecurityGroups": [group],
            "LoadBalancerAttributes": [
                {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true"}
            ],
            "Tags": tags(f"{vpc.name}-balancer"),
        },
        because,
    )
    targets = _targets(found, vpc)
    _listener(found, vpc, (balancer, targets), [add_certificate(found, api) for api in apis])


def _targets(found: ResourceList, vpc: Vpc) -> Ref:
    return found.add(
        logical_id(vpc.name, "balancer", "targets"),
        _ELB + "TargetGroup",
        place_of(vpc),
        {
            "Name": f"{vpc.name}-endpoint"[:32].rstrip("-"),
            "TargetType": "ip",
            "Protocol": "HTTPS",
            "Port": HTTPS,
            "VpcId": vpc_ref(vpc),
            "HealthCheckPath": "/ping",
            "Matcher": {"HttpCode": "200"},
            "Targets": [{"Id": each, "Port": HTTPS} for each in addresses(vpc, endpoint_ref(vpc))],
        },
        Because("the endpoint's addresses; `/ping` is its own health check", "AGW-10"),
    )


def _listener(found: ResourceList, vpc: Vpc, between: tuple[Ref, Ref], certificates: Sequence[Ref]) -> None:
    balancer, targets = between
    found.add(
        logical_id(vpc.name, "balancer", "listener"),
        _ELB + "Listener",
        place_of(vpc),
        {
            "LoadBalancerArn": balancer,
            "Port": HTTPS,
            "Protocol": "HTTPS",
            "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "Certificates": [{"CertificateArn": each} for each in certificates],
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": targets}],
        },
        Because("ends TLS with the own certificate", "AGW-12"),
    )
