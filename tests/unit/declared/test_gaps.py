"""What a declaration does not tell stays unknown: never allowed, never a silent denial."""

from typing import Any

from narrowgate import api
from narrowgate.model.answer import Verdict
from narrowgate.model.resource import GetAtt, Join, Origin, Ref, Resource, Unknown
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.declared import build_snapshot

ACCOUNT, REGION = "111122223333", "us-east-1"
WHY = "known only after apply"


def made(logical_id: str, kind: str, **properties: Any) -> Resource:
    return Resource(
        logical_id=logical_id,
        type=kind,
        account=ACCOUNT,
        region=REGION,
        properties=properties,
        origin=Origin(file="stack.yaml", line=7, address=logical_id),
    )


def estate(**changes: Resource | None) -> list[Resource]:
    """An API behind an endpoint, called over a peering; `changes` replace, add or drop resources."""
    policy = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    resources = {
        "Api": made("Api", "AWS::EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsHostnames=True),
        "Requester": made("Requester", "AWS::EC2::VPC", CidrBlock="10.1.0.0/16", EnableDnsHostnames=True),
        "ApiA": made(
            "ApiA", "AWS::EC2::Subnet", VpcId=Ref("Api"), CidrBlock="10.0.1.0/24", AvailabilityZone="us-east-1a"
        ),
        "RequesterA": made(
            "RequesterA",
            "AWS::EC2::Subnet",
            VpcId=Ref("Requester"),
            CidrBlock="10.1.1.0/24",
            AvailabilityZone="us-east-1a",
            Tags=[{"Key": "Name", "Value": "requester-a"}],
        ),
        "Peering": made("Peering", "AWS::EC2::VPCPeeringConnection", VpcId=Ref("Requester"), PeerVpcId=Ref("Api")),
        "Out": made("Out", "AWS::EC2::RouteTable", VpcId=Ref("Requester")),
        "OutA": made(
            "OutA", "AWS::EC2::SubnetRouteTableAssociation", SubnetId=Ref("RequesterA"), RouteTableId=Ref("Out")
        ),
        "There": made(
            "There",
            "AWS::EC2::Route",
            RouteTableId=Ref("Out"),
            DestinationCidrBlock="10.0.0.0/16",
            VpcPeeringConnectionId=Ref("Peering"),
        ),
        "In": made("In", "AWS::EC2::RouteTable", VpcId=Ref("Api")),
        "InA": made("InA", "AWS::EC2::SubnetRouteTableAssociation", SubnetId=Ref("ApiA"), RouteTableId=Ref("In")),
        "Back": made(
            "Back",
            "AWS::EC2::Route",
            RouteTableId=Ref("In"),
            DestinationCidrBlock="10.1.0.0/16",
            VpcPeeringConnectionId=Ref("Peering"),
        ),
        "Group": made(
            "Group",
            "AWS::EC2::SecurityGroup",
            VpcId=Ref("Api"),
            GroupDescription="endpoint",
            SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.1.0.0/16"}],
        ),
        "Door": made(
            "Door",
            "AWS::EC2::VPCEndpoint",
            VpcEndpointType="Interface",
            ServiceName="com.amazonaws.us-east-1.execute-api",
            VpcId=Ref("Api"),
            SubnetIds=[Ref("ApiA")],
            SecurityGroupIds=[GetAtt("Group", "GroupId")],
        ),
        "Orders": made(
            "Orders",
            "AWS::ApiGateway::RestApi",
            Name="orders",
            EndpointConfiguration={"Types": ["PRIVATE"], "VpcEndpointIds": [Ref("Door")]},
            Policy={
                "Version": "2012-10-17",
                "Statement": [policy | {"Condition": {"StringEquals": {"aws:SourceVpce": Ref("Door")}}}],
            },
        ),
        "Path": made(
            "Path",
            "AWS::ApiGateway::Resource",
            RestApiId=Ref("Orders"),
            ParentId=GetAtt("Orders", "RootResourceId"),
            PathPart="orders",
        ),
        "Get": made(
            "Get",
            "AWS::ApiGateway::Method",
            RestApiId=Ref("Orders"),
            ResourceId=Ref("Path"),
            HttpMethod="GET",
            AuthorizationType="NONE",
        ),
        "Deployment": made("Deployment", "AWS::ApiGateway::Deployment", RestApiId=Ref("Orders")),
        "Prod": made(
            "Prod",
            "AWS::ApiGateway::Stage",
            RestApiId=Ref("Orders"),
            DeploymentId=Ref("Deployment"),
            StageName="prod",
        ),
    }
    for name, change in changes.items():
        if change is None:
            del resources[name]
        else:
            resources[name] = change
    return list(resources.values())


def traced(resources: list[Resource]) -> tuple[Verdict, str]:
    snapshot = build_snapshot(resources, label="stack.yaml")
    answer = api.trace(snapshot, "requester-a", _url(snapshot))
    return answer.verdict, " ".join(f"{each.fact} {each.resource} {each.why}" for each in answer.unknowns)


def _url(snapshot: Snapshot) -> str:
    own = next(iter(snapshot.facts.rest_apis))
    door = next(iter(snapshot.facts.vpc_endpoints))
    return f"https://{own}-{door}.execute-api.us-east-1.amazonaws.com/prod/orders"


def test_the_estate_works_as_declared() -> None:
    assert traced(estate()) == (Verdict.ALLOWED, "")


def test_a_rule_with_an_unknown_range_is_unknown_and_says_why() -> None:
    rules = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": Unknown(WHY)}]
    group = made("Group", "AWS::EC2::SecurityGroup", VpcId=Ref("Api"), SecurityGroupIngress=rules)
    verdict, why = traced(estate(Group=group))
    assert verdict is Verdict.UNKNOWN
    assert WHY in why


def test_a_known_rule_admits_whatever_else_is_unknown() -> None:
    rules = [
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.1.0.0/16"},
        {"IpProtocol": Unknown(WHY), "CidrIp": "10.9.0.0/16"},
    ]
    group = made("Group", "AWS::EC2::SecurityGroup", VpcId=Ref("Api"), SecurityGroupIngress=rules)
    assert traced(estate(Group=group))[0] is Verdict.ALLOWED


def test_a_rule_for_a_group_that_nobody_knows_leaves_each_group_open_to_doubt() -> None:
    group = made("Group", "AWS::EC2::SecurityGroup", VpcId=Ref("Api"))
    rule = made(
        "Rule", "AWS::EC2::SecurityGroupIngress", GroupId=Unknown(WHY), IpProtocol="-1", CidrIp="0.0.0.0/0"
    )
    assert traced(estate(Group=group))[0] is Verdict.DENIED
    assert traced(estate(Group=group, Rule=rule))[0] is Verdict.UNKNOWN


def test_a_route_with_an_unknown_target_is_unknown() -> None:
    route = made(
        "There",
        "AWS::EC2::Route",
        RouteTableId=Ref("Out"),
        DestinationCidrBlock="10.0.0.0/16",
        VpcPeeringConnectionId=Unknown(WHY),
    )
    assert traced(estate(There=route))[0] is Verdict.UNKNOWN


def test_a_route_with_an_unknown_destination_is_unknown_where_no_other_serves() -> None:
    route = made(
        "There",
        "AWS::EC2::Route",
        RouteTableId=Ref("Out"),
        DestinationCidrBlock=Unknown(WHY),
        VpcPeeringConnectionId=Ref("Peering"),
    )
    verdict, why = traced(estate(There=route))
    assert verdict is Verdict.UNKNOWN
    assert WHY in why


def test_a_policy_with_an_unknown_part_is_unknown_not_refused() -> None:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceVpce": Unknown(WHY)}},
    }
    orders = made(
        "Orders",
        "AWS::ApiGateway::RestApi",
        Name="orders",
        EndpointConfiguration={"Types": ["PRIVATE"], "VpcEndpointIds": [Ref("Door")]},
        Policy={"Statement": [statement]},
    )
    verdict, why = traced(estate(Orders=orders))
    assert verdict is Verdict.UNKNOWN
    assert "RestApi.policy" in why
    assert WHY in why


def test_a_private_api_without_a_policy_refuses() -> None:
    orders = made(
        "Orders",
        "AWS::ApiGateway::RestApi",
        Name="orders",
        EndpointConfiguration={"Types": ["PRIVATE"], "VpcEndpointIds": [Ref("Door")]},
    )
    assert traced(estate(Orders=orders))[0] is Verdict.DENIED


def test_an_endpoint_policy_with_an_unknown_part_is_unknown() -> None:
    door = made(
        "Door",
        "AWS::EC2::VPCEndpoint",
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-east-1.execute-api",
        VpcId=Ref("Api"),
        SubnetIds=[Ref("ApiA")],
        SecurityGroupIds=[Ref("Group")],
        PolicyDocument={"Statement": [{"Effect": "Allow", "Principal": "*", "Action": Unknown(WHY)}]},
    )
    assert traced(estate(Door=door))[0] is Verdict.UNKNOWN


def test_egress_is_open_until_a_rule_of_its_own_is_given() -> None:
    out = made("Client", "AWS::EC2::SecurityGroup", VpcId=Ref("Requester"))
    snapshot = build_snapshot([*estate(), out], label="x")
    assert len(_egress(snapshot, out)) == 1
    rule = made(
        "Rule",
        "AWS::EC2::SecurityGroupEgress",
        GroupId=Ref("Client"),
        IpProtocol="tcp",
        FromPort=443,
        ToPort=443,
        CidrIp="10.0.0.0/16",
    )
    narrowed = _egress(build_snapshot([*estate(), out, rule], label="x"), out)
    assert [each.ip_protocol for each in narrowed] == ["tcp"]


def _egress(snapshot: Snapshot, group: Resource) -> Any:
    own = next(key for key, place in snapshot.places.items() if place.address == group.logical_id)
    return snapshot.facts.security_groups[own].ip_permissions_egress


def test_places_name_file_line_and_address() -> None:
    snapshot = build_snapshot(estate(), label="x")
    door = next(iter(snapshot.facts.vpc_endpoints))
    place = snapshot.place(door)
    assert (place.source, place.line, place.address, place.account) == ("stack.yaml", 7, "Door", ACCOUNT)


def test_a_table_outside_the_list_is_not_the_main_one() -> None:
    association = made(
        "OutA", "AWS::EC2::SubnetRouteTableAssociation", SubnetId=Ref("RequesterA"), RouteTableId="rtb-0abc"
    )
    assert traced(estate(OutA=association))[0] is Verdict.UNKNOWN


def test_a_type_that_nobody_understands_is_told_and_a_bucket_is_counted() -> None:
    resources = [*estate(), made("New", "AWS::EC2::Teleporter"), made("Bucket", "AWS::S3::Bucket")]
    warnings = build_snapshot(resources, label="x").warnings
    assert any("New (AWS::EC2::Teleporter): is not understood" in each for each in warnings)
    assert any("AWS::S3::Bucket (1)" in each for each in warnings)


def test_text_made_of_an_unknown_part_is_unknown() -> None:
    route = made(
        "There",
        "AWS::EC2::Route",
        RouteTableId=Ref("Out"),
        DestinationCidrBlock=Join(("10.0.0.0/", GetAtt("Elsewhere", "Bits"))),
        VpcPeeringConnectionId=Ref("Peering"),
    )
    assert traced(estate(There=route))[0] is Verdict.UNKNOWN


def test_an_address_that_aws_chooses_is_unknown_where_a_range_cuts_through_the_subnet() -> None:
    def client(block: str) -> Resource:
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": block}
        return made("Client", "AWS::EC2::SecurityGroup", VpcId=Ref("Requester"), SecurityGroupEgress=[rule])

    def verdict(block: str) -> Verdict:
        snapshot = build_snapshot(estate(Client=client(block)), label="x")
        group = next(key for key, place in snapshot.places.items() if place.address == "Client")
        return api.trace(snapshot, "requester-a", _url(snapshot), security_groups=[group]).verdict

    assert verdict("10.0.1.0/24") is Verdict.ALLOWED
    assert verdict("10.0.1.0/25") is Verdict.UNKNOWN
    assert verdict("10.0.2.0/24") is Verdict.DENIED
    assert verdict("10.0.1.10/32") is Verdict.DENIED


def test_an_address_means_the_resource_not_what_comes_with_it() -> None:
    snapshot = build_snapshot(estate(), label="x")
    url = "https://${Orders}-${Door}.execute-api.us-east-1.amazonaws.com/prod/orders"
    answer = api.trace(snapshot, "RequesterA", url)
    assert answer.verdict is Verdict.ALLOWED
    assert api.trace(snapshot, "Requester", _url(snapshot)).verdict is Verdict.ALLOWED
