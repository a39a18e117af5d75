"""`lattice`: a VPC Lattice resource configuration for the endpoint, a resource endpoint at the consumer."""

from narrowgate.model.design import Api, Consumer, Design, Vpc
from narrowgate.model.resource import GetAtt, Ref, Resource
from narrowgate.options.central import check_endpoint, check_private_apis
from narrowgate.options.option import FITS, Call, Fit, Limit, Option, refused
from narrowgate.options.parts.base import base_resources
from narrowgate.options.parts.endpoints import central_doors, central_endpoints, central_users, own_name
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.networks import endpoint_ref, one_a_zone, subnet_ref, vpc_ref
from narrowgate.options.parts.paths import home_of
from narrowgate.options.parts.policies import api_ref, sources_of
from narrowgate.options.parts.resource_list import Because, ResourceList, place_of, tags
from narrowgate.options.parts.rest_apis import api_resources
from narrowgate.options.parts.security_groups import HTTPS, Group, add_group, admit


class Lattice(Option):
    """A resource gateway beside the endpoint, shared, and consumed by a resource endpoint; overlap is harmless."""

    name = "lattice"
    title = "VPC Lattice: a resource gateway at the endpoint, a resource endpoint at the consumer"
    when = (
        "Lattice joins the networks already, ranges overlap, and consumers may not make endpoints for API "
        "Gateway. Try it in a test account first: nobody has shown it end to end."
    )
    client_change = (
        "every call carries the header `x-apigw-api-id`, and trusts a name that AWS's certificate lacks"
    )

    def applies(self, design: Design) -> Fit:
        """Refused without a VPC for the endpoint, and over Regions."""
        refusal = check_private_apis(design) or check_endpoint(design)
        if refusal is not None:
            return refusal
        for consumer in design.consumers:
            for permission in consumer.may_call:
                api, home = design.api(permission.api), home_of(design, consumer)
                if api.is_private and home.region != api.region:
                    return refused("LAT-01", f"`{home.name}` is in another Region than `{api.name}`")
                if api.is_private and consumer.vpc is None:
                    return refused("LAT-02", f"`{consumer.name}` is in no VPC, where a resource endpoint serves")
        return FITS

    def resources(self, design: Design) -> tuple[Resource, ...]:
        """The endpoint admits the gateway; the gateway's configuration is shared and consumed."""
        found = ResourceList()
        found.extend(base_resources(design))
        behind = {name: [subnet.cidr for subnet in one_a_zone(design.vpc(name))] for name in central_users(design)}
        found.extend(central_endpoints(design, private_dns=False, behind=behind))
        found.extend(api_resources(design, central_doors(design, behind=())))
        for name in central_users(design):
            _provider(found, design.vpc(name))
            for home in _homes(design, name):
                _consumer(found, design, home, design.vpc(name))
            others = sorted({home.account for home in _homes(design, name)} - {design.vpc(name).account})
            if others:
                configuration = logical_id(name, "lattice-configuration")
                found.add(
                    logical_id(configuration, "share"),
                    "AWS::RAM::ResourceShare",
                    place_of(design.vpc(name)),
                    {
                        "Name": configuration,
                        "ResourceArns": [GetAtt(configuration, "Arn")],
                        "Principals": others,
                    },
                    Because("other accounts consume the configuration", "LAT-01"),
                )
        return found.all()

    def call(self, design: Design, consumer: Consumer, api: Api) -> Call:
        """By the resource endpoint's name, with the API's id in a header."""
        host = own_name(Ref(_consumer_name(home_of(design, consumer), design.vpc(api.vpc or ""))))
        return Call(host=host, path=f"/{api.stage}", headers=(("x-apigw-api-id", api_ref(api)),))

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """Nobody has shown it end to end."""
        return (
            Limit(rule="LAT-03", text="not verified end to end for private APIs: experimental"),
            Limit(rule="LAT-03", text="the API sees the gateway's address: consumers cannot be told apart"),
            Limit(rule="AGW-12", text="the name that clients call is not on the endpoint's certificate"),
        )


def _homes(design: Design, provider: str) -> list[Vpc]:
    names = dict.fromkeys(
        home_of(design, consumer).name
        for consumer in design.consumers
        for permission in consumer.may_call
        if design.api(permission.api).is_private and design.api(permission.api).vpc == provider
    )
    return [design.vpc(name) for name in names if name != provider]


def _provider(found: ResourceList, vpc: Vpc) -> None:
    place = place_of(vpc)
    because = Because(f"takes connections for the endpoint in `{vpc.name}`", "LAT-01")
    subnets = one_a_zone(vpc)
    group = add_group(
        found,
        logical_id(vpc.name, "lattice-group"),
        Group(
            vpc=vpc,
            name=f"{vpc.name}-lattice",
            ingress=[],
            egress=admit("tcp", HTTPS, [subnet.cidr for subnet in subnets], "the endpoint"),
            because=because,
        ),
    )
    gateway = found.add(
        logical_id(vpc.name, "lattice-gateway"),
        "AWS::VpcLattice::ResourceGateway",
        place,
        {
            "Name": f"{vpc.name}-apis",
            "VpcIdentifier": vpc_ref(vpc),
            "SubnetIds": [subnet_ref(vpc, subnet) for subnet in subnets],
            "SecurityGroupIds": [group],
            "Tags": tags(vpc.name),
        },
        because,
    )
    found.add(
        logical_id(vpc.name, "lattice-configuration"),
        "AWS::VpcLattice::ResourceConfiguration",
        place,
        {
            "Name": f"{vpc.name}-execute-api",
            "ResourceConfigurationType": "SINGLE",
            "ResourceGatewayId": gateway,
            "ProtocolType": "TCP",
            "PortRanges": ["443"],
            "ResourceConfigurationDefinition": {
                "DnsResource": {"DomainName": own_name(endpoint_ref(vpc)), "IpAddressType": "IPV4"}
            },
        },
        Because("what consumers may connect to: the endpoint's name, port 443", "LAT-01"),
    )


def _consumer_name(home: Vpc, provider: Vpc) -> str:
    return logical_id(home.name, "lattice-endpoint", provider.name)


def _consumer(found: ResourceList, design: Design, home: Vpc, provider: Vpc) -> None:
    callers = [each for each in design.consumers if each.vpc == home.name]
    because = Because(f"connects `{home.name}` to the resource", "LAT-01")
    group = add_group(
        found,
        logical_id(home.name, "lattice-endpoint-group"),
        Group(
            vpc=home,
            name=f"{home.name}-lattice",
            ingress=admit(
                "tcp",
                HTTPS,
                [block for each in callers for block in sources_of(design, each)],
                "calls of private APIs",
            ),
            because=because,
        ),
    )
    found.add(
        _consumer_name(home, provider),
        "AWS::EC2::VPCEndpoint",
        place_of(home),
        {
            "VpcEndpointType": "Resource",
            "ResourceConfigurationArn": GetAtt(logical_id(provider.name, "lattice-configuration"), "Arn"),
            "VpcId": vpc_ref(home),
            "SubnetIds": [subnet_ref(home, subnet) for subnet in one_a_zone(home)],
            "SecurityGroupIds": [group],
            "PrivateDnsEnabled": False,
            "Tags": tags(f"{home.name}-lattice"),
        },
        because,
    )
