"""VPCs with subnets and route tables, and what stands in them already."""

from narrowgate.model.design import Design, ServiceEndpoint, Subnet, Vpc
from narrowgate.model.resource import Ref, Resource
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.resource_list import Because, ResourceList, place_of, tags

EXECUTE_API = "execute-api"


def vpc_ref(vpc: Vpc) -> Ref:
    """A VPC's id."""
    return Ref(logical_id(vpc.name, "vpc"))


def subnet_ref(vpc: Vpc, subnet: Subnet) -> Ref:
    """A subnet's id."""
    return Ref(logical_id(vpc.name, "subnet", subnet.name.removeprefix(f"{vpc.name}-")))


def route_tables(vpc: Vpc) -> dict[str | None, Ref]:
    """The route tables of a VPC's subnets, by their ids: each needs every route (PCX-05)."""
    ids = sorted({subnet.route_table for subnet in vpc.subnets}, key=str)
    if len(ids) == 1:
        return {ids[0]: Ref(logical_id(vpc.name, "route-table"))}
    return {own_id: Ref(logical_id(vpc.name, "route-table", own_id or "other")) for own_id in ids}


def endpoint_ref(vpc: Vpc, service: str = EXECUTE_API) -> Ref:
    """The interface endpoint of a service in a VPC, existing or to be made."""
    return Ref(logical_id(vpc.name, service, "endpoint"))


def endpoint_group_ref(vpc: Vpc, service: str = EXECUTE_API) -> Ref:
    """The security group of that endpoint."""
    return Ref(logical_id(vpc.name, service, "endpoint-group"))


def one_a_zone(vpc: Vpc) -> tuple[Subnet, ...]:
    """The first subnet of each Availability Zone: an endpoint takes one a zone (VPCE-01)."""
    zones: dict[str, Subnet] = {}
    for subnet in vpc.subnets:
        zones.setdefault(subnet.az, subnet)
    return tuple(zones.values())


def network_resources(design: Design) -> tuple[Resource, ...]:
    """Every VPC of a design with its subnets, tables, private zones and the endpoints that it has already."""
    found = ResourceList()
    for vpc in design.vpcs:
        own = found.as_existing(exists=vpc.id is not None)
        _vpc(own, vpc)
        _subnets(own, vpc)
        _tables(own, vpc)
        for service in vpc.endpoints:
            _endpoint(found.as_existing(), vpc, service)
        _zones(found.as_existing(), vpc)
    return found.all()


def _vpc(found: ResourceList, vpc: Vpc) -> None:
    attributes = {"EnableDnsSupport": vpc.dns_support, "EnableDnsHostnames": vpc.dns_hostnames}
    own = found.add(
        vpc_ref(vpc).logical_id,
        "AWS::EC2::VPC",
        place_of(vpc),
        {"CidrBlock": vpc.cidrs[0], **attributes, "Tags": tags(vpc.name)},
        Because(f"the network `{vpc.name}`", "DNS-05"),
        own_id=vpc.id,
    )
    for number, block in enumerate(vpc.cidrs[1:], start=2):
        found.add(
            logical_id(vpc.name, "range", str(number)),
            "AWS::EC2::VPCCidrBlock",
            place_of(vpc),
            {"VpcId": own, "CidrBlock": block},
            Because(f"a further range of `{vpc.name}`"),
        )


def _subnets(found: ResourceList, vpc: Vpc) -> None:
    for subnet in vpc.subnets:
        found.add(
            subnet_ref(vpc, subnet).logical_id,
            "AWS::EC2::Subnet",
            place_of(vpc),
            {
                "VpcId": vpc_ref(vpc),
                "CidrBlock": subnet.cidr,
                "AvailabilityZone": f"{vpc.region}{subnet.az}",
                "Tags": tags(subnet.name),
            },
            Because(f"one Availability Zone of `{vpc.name}`", "VPCE-02"),
            own_id=subnet.id,
        )


def _tables(found: ResourceList, vpc: Vpc) -> None:
    for own_id, table in route_tables(vpc).items():
        found.add(
            table.logical_id,
            "AWS::EC2::RouteTable",
            place_of(vpc),
            {"VpcId": vpc_ref(vpc), "Tags": tags(vpc.name)},
            Because(f"routes of the subnets of `{vpc.name}`", "NET-01"),
            own_id=own_id,
        )
        for subnet in vpc.subnets:
            if subnet.route_table == own_id:
                found.add(
                    logical_id(vpc.name, "table-of", subnet.name.removeprefix(f"{vpc.name}-")),
                    "AWS::EC2::SubnetRouteTableAssociation",
                    place_of(vpc),
                    {"SubnetId": subnet_ref(vpc, subnet), "RouteTableId": table},
                    Because("a subnet uses one table", "NET-01"),
                )


def _endpoint(found: ResourceList, vpc: Vpc, endpoint: ServiceEndpoint) -> None:
    """An endpoint that is there: its group admits the hosts of its own VPC, as is usual."""
    because = Because(f"the {endpoint.service} endpoint that `{vpc.name}` has")
    ingress = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": block} for block in vpc.cidrs]
    group = found.add(
        endpoint_group_ref(vpc, endpoint.service).logical_id,
        "AWS::EC2::SecurityGroup",
        place_of(vpc),
        {
            "GroupDescription": f"{endpoint.service} endpoint",
            "VpcId": vpc_ref(vpc),
            "SecurityGroupIngress": ingress,
        },
        because,
        own_id=endpoint.security_group,
    )
    found.add(
        endpoint_ref(vpc, endpoint.service).logical_id,
        "AWS::EC2::VPCEndpoint",
        place_of(vpc),
        {
            "VpcEndpointType": "Interface",
            "ServiceName": f"com.amazonaws.{vpc.region}.{endpoint.service}",
            "VpcId": vpc_ref(vpc),
            "SubnetIds": [subnet_ref(vpc, subnet) for subnet in one_a_zone(vpc)],
            "SecurityGroupIds": [group],
            "PrivateDnsEnabled": endpoint.private_dns,
        },
        because,
        own_id=endpoint.id,
    )


def _zones(found: ResourceList, vpc: Vpc) -> None:
    for zone in vpc.private_zones:
        because = Because(f"the private zone {zone.name} that `{vpc.name}` has")
        own = found.add(
            logical_id(vpc.name, "zone", zone.name),
            "AWS::Route53::HostedZone",
            place_of(vpc),
            {"Name": zone.name, "VPCs": [{"VPCId": vpc_ref(vpc), "VPCRegion": vpc.region}]},
            because,
        )
        for record, address in zone.records:
            found.add(
                logical_id(own.logical_id, "record", record),
                "AWS::Route53::RecordSet",
                place_of(vpc),
                {"HostedZoneId": own, "Name": record, "Type": "A", "TTL": 300, "ResourceRecords": [address]},
                because,
            )
