"""Resources as AWS would answer about them: complete, always the same, and no type left out."""

import msgspec
import pytest
from tests.unit.design.designs import GUIDE, changed, read

from narrowgate.model.design import Design
from narrowgate.model.resource import GetAtt, Join, Ref, Resource
from narrowgate.options.registry import OPTIONS, find_option
from narrowgate.sources.resources.build import build_world, in_order
from narrowgate.sources.resources.handlers import HANDLERS


def _design(text: str = GUIDE) -> Design:
    return read(text.replace("{vpc: api, ", "{vpc: api, custom_domain: orders.internal.example.com, "))


def _fitting(design: Design):
    return [option for option in OPTIONS if option.applies(design).fits]


@pytest.mark.parametrize("option", [option.name for option in OPTIONS])
def test_the_same_list_gives_the_same_snapshot(option):
    resources = find_option(option).resources(_design())
    one, other = build_world(resources), build_world(resources)
    assert one.ids == other.ids
    assert one.snapshot.facts == other.snapshot.facts


@pytest.mark.parametrize("option", [option.name for option in OPTIONS])
def test_no_call_of_a_complete_collection_is_missing(option):
    world = build_world(find_option(option).resources(_design()))
    facts = world.snapshot.facts
    for vpc_id in facts.vpcs:
        assert facts.vpc_attributes[vpc_id].keys() == {"enable_dns_support", "enable_dns_hostnames"}
    for endpoint_id in facts.resolver_endpoints:
        assert facts.resolver_endpoint_ips[endpoint_id]
    assert world.snapshot.missing("ec2.describe_route_tables", "111122223333", "us-east-1") is None
    assert world.snapshot.warnings == ()
    assert world.snapshot.contradictions == {}


def test_every_type_that_an_option_uses_has_a_handler():
    types = {each.type for option in _fitting(_design()) for each in option.resources(_design())}
    hub = _design(GUIDE.partition("links:")[0])
    types |= {each.type for option in _fitting(hub) for each in option.resources(hub)}
    assert types <= set(HANDLERS)


def test_an_unknown_type_is_no_silent_omission():
    resource = Resource(
        logical_id="Queue", type="AWS::SQS::Queue", account="111122223333", region="us-east-1", properties={}
    )
    with pytest.raises(LookupError):
        build_world([resource])


def test_a_reference_comes_before_what_names_it():
    resources = find_option("resolver").resources(_design())
    order = [each.logical_id for each in in_order(reversed(resources))]
    assert order.index("ApiInboundResolverGroup") < order.index("ApiInboundResolver")
    assert order.index("ApiExecuteApiEndpoint") < order.index("OrdersApi") < order.index("OrdersStage")


def test_references_in_a_circle_are_refused():
    first = Resource(logical_id="A", type="AWS::EC2::VPC", account="1", region="r", properties={"VpcId": Ref("B")})
    second = msgspec.structs.replace(first, logical_id="B", properties={"VpcId": Join(("x", GetAtt("A", "Arn")))})
    with pytest.raises(LookupError, match="waits for itself"):
        in_order([first, second])


def test_ids_that_exist_are_kept():
    text = changed(
        "requester: {cidr: 10.1.0.0/16}",
        "requester: {cidr: 10.1.0.0/16, id: vpc-0123456789abcdef0, subnets: "
        "[{cidr: 10.1.1.0/24, az: a, id: subnet-0123456789abcdef0, route_table: rtb-0123456789abcdef0}]}",
    ).replace("[requester, api]", "[requester, api]\n    id: pcx-0123456789abcdef0")
    facts = build_world(find_option("alias").resources(read(text))).snapshot.facts
    assert "vpc-0123456789abcdef0" in facts.vpcs
    assert "subnet-0123456789abcdef0" in facts.subnets
    assert facts.vpc_peering_connections["pcx-0123456789abcdef0"].status.code == "active"


def test_a_peering_with_another_account_is_pending_until_its_owner_accepts():
    text = GUIDE.partition("links:")[0].replace(
        "{cidr: 10.0.0.0/16}", '{cidr: 10.0.0.0/16, account: "444455556666"}'
    )
    resources = find_option("alias").resources(read(text))
    without = [each for each in resources if each.type != "Custom::VpcPeeringConnectionAccepter"]
    accepted, pending = (build_world(each).snapshot.facts for each in (resources, without))
    assert [each.status.code for each in accepted.vpc_peering_connections.values()] == ["active"]
    assert [each.status.code for each in pending.vpc_peering_connections.values()] == ["pending-acceptance"]


def test_a_peering_of_overlapping_ranges_fails_as_it_does_at_aws():
    resources = find_option("alias").resources(read(GUIDE.partition("links:")[0]))
    moved = [
        msgspec.structs.replace(each, properties={**each.properties, "CidrBlock": "10.0.0.0/15"})
        if each.logical_id == "RequesterVpc"
        else each
        for each in resources
    ]
    facts = build_world(moved).snapshot.facts
    assert [each.status.code for each in facts.vpc_peering_connections.values()] == ["failed"]
