"""The policies that options write: as narrow as the design, and read back by the engine's own compiler."""

import json

import pytest
from tests.unit.design.designs import GUIDE, read

from narrowgate.engine.policy.document import compile_policy
from narrowgate.engine.policy.statements import PolicyKind
from narrowgate.model.design import Route
from narrowgate.model.resource import Join, Ref
from narrowgate.options.parts.policies import (
    resource_policy,
    sources_of,
    stage_and_method,
    with_references,
)
from narrowgate.options.registry import find_option
from narrowgate.sources.resources.build import build_world

TWO = GUIDE.replace("vpcs:", "vpcs:\n  batch: {cidr: 10.2.0.0/16}").replace(
    "consumers:", 'consumers:\n  job: {vpc: batch, may_call: [{orders: ["GET /orders/{id}"]}]}'
)


def _policy(text: str, option: str = "alias") -> dict:
    design = read(text)
    resources = find_option(option).resources(design)
    return next(each for each in resources if each.logical_id == "OrdersApi").properties["Policy"]


def test_one_consumer_is_admitted_by_its_endpoint_and_methods_alone():
    assert _policy(GUIDE) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "WebThroughItsEndpoint",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "execute-api:Invoke",
                "Resource": ["execute-api:/prod/GET/orders", "execute-api:/prod/GET/orders/*"],
                "Condition": {"StringEquals": {"aws:SourceVpce": Ref("ApiExecuteApiEndpoint")}},
            }
        ],
    }


def test_consumers_that_share_an_endpoint_are_told_apart_by_address():
    statements = {each["Sid"]: each for each in _policy(TWO)["Statement"]}
    assert statements["JobThroughItsEndpoint"]["Resource"] == ["execute-api:/prod/GET/orders/*"]
    assert statements["JobThroughItsEndpoint"]["Condition"]["IpAddress"] == {
        "aws:VpcSourceIp": ["10.2.1.0/24", "10.2.2.0/24"]
    }


def test_consumers_with_endpoints_of_their_own_are_told_apart_by_these():
    statements = _policy(TWO, "privatelink")["Statement"]
    assert {each["Condition"]["StringEquals"]["aws:SourceVpce"].logical_id for each in statements} == {
        "RequesterExecuteApiEndpoint",
        "BatchExecuteApiEndpoint",
    }


@pytest.mark.parametrize(
    ("authorization", "fenced"), [("none", False), ("cognito", False), ("iam", True), ("lambda", True)]
)
def test_a_deny_fences_where_the_allow_can_come_from_elsewhere(authorization, fenced):
    text = GUIDE.replace("{vpc: api, ", f"{{vpc: api, authorization: {authorization}, ").replace(
        "{vpc: requester, ", '{vpc: requester, principal: "arn:aws:iam::111122223333:role/web", '
    )
    effects = [each["Effect"] for each in _policy(text)["Statement"]]
    assert effects == (["Allow", "Deny"] if fenced else ["Allow"])


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ("GET /orders", "prod/GET/orders"),
        ("GET /orders/{id}/lines", "prod/GET/orders/*/lines"),
        ("ANY /{proxy+}", "prod/*/*"),
        ("POST /", "prod/POST/"),
    ],
)
def test_a_route_becomes_the_last_part_of_its_arn(route, expected):
    method, path = route.split(" ")
    assert stage_and_method(read().api("orders"), Route(method=method, path=path)) == expected


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("vpc: requester", ("10.1.1.0/24", "10.1.2.0/24")),
        ("vpc: requester, subnets: [10.1.2.0/24]", ("10.1.2.0/24",)),
        ("vpc: requester, address: 10.1.1.9", ("10.1.1.9/32",)),
    ],
)
def test_groups_and_policies_admit_the_narrowest_ranges_that_the_design_tells(text, sources):
    design = read(GUIDE.replace("{vpc: requester,", "{" + text + ","))
    assert sources_of(design, design.consumer("web")) == sources
    group = next(
        each for each in find_option("alias").resources(design) if each.logical_id == "ApiExecuteApiEndpointGroup"
    )
    assert tuple(rule["CidrIp"] for rule in group.properties["SecurityGroupIngress"]) == sources
    assert {(rule["FromPort"], rule["ToPort"]) for rule in group.properties["SecurityGroupIngress"]} == {
        (443, 443)
    }


def test_the_endpoints_policy_names_the_methods_of_the_apis_and_nothing_else():
    world = build_world(find_option("alias").resources(read()))
    endpoint = next(iter(world.snapshot.facts.vpc_endpoints.values()))
    api = world.ids["OrdersApi"]
    document = json.loads(endpoint.policy_document)
    assert [each["Resource"] for each in document["Statement"]] == [
        [
            f"arn:aws:execute-api:us-east-1:111122223333:{api}/prod/GET/orders",
            f"arn:aws:execute-api:us-east-1:111122223333:{api}/prod/GET/orders/*",
        ]
    ]


@pytest.mark.parametrize("option", ["alias", "custom-domain", "load-balancer", "privatelink", "resolver"])
def test_every_policy_is_one_that_aws_saves(option):
    design = read(GUIDE.replace("{vpc: api, ", "{vpc: api, custom_domain: orders.example.com, "))
    world = build_world(find_option(option).resources(design))
    for endpoint in world.snapshot.facts.vpc_endpoints.values():
        compile_policy(endpoint.policy_document, kind=PolicyKind.ENDPOINT)
    for api in world.snapshot.facts.rest_apis.values():
        compile_policy(api.policy, kind=PolicyKind.RESOURCE)


def test_a_policy_of_ones_own_is_kept_but_for_its_references():
    own = {
        "Condition": {
            "StringEquals": {"aws:SourceVpc": "${vpcs.my-api}", "k": ["a ${endpoints.api} b", "${aws:x}"]}
        }
    }
    assert with_references(own) == {
        "Condition": {
            "StringEquals": {
                "aws:SourceVpc": Ref("MyApiVpc"),
                "k": [Join(("a ", Ref("ApiExecuteApiEndpoint"), " b")), "${aws:x}"],
            }
        }
    }


def test_an_api_that_nobody_may_call_admits_nobody():
    assert resource_policy(read().api("orders"), ()) == {"Version": "2012-10-17", "Statement": []}
