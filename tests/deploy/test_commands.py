"""What no template makes: done once, seen as done, put back."""

import json

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from narrowgate.deploy.cloudformation.commands import Call, ExistingApi, PeeringOption

POLICY = json.dumps(
    {
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
        ]
    }
)
OLD = POLICY.replace("Allow", "Deny")


@pytest.fixture
def stubbed():
    client = boto3.Session("x", "x", region_name="us-east-1").client("apigateway")
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()


def api_calls(api="a1b2c3d4e5", endpoints=("vpce-1",)):
    """Policy, endpoints, deployment."""

    def update(op, path, value):
        patch = [{"op": op, "path": path, "value": value}]
        return Call(
            service="apigateway",
            operation="update_rest_api",
            parameters={"restApiId": api, "patchOperations": patch},
        )

    deployment = {"restApiId": api, "stageName": "prod"}
    return [
        update("replace", "/policy", POLICY),
        *(update("add", "/endpointConfiguration/vpcEndpointIds", each) for each in endpoints),
        Call(service="apigateway", operation="create_deployment", parameters=deployment),
    ]


def as_saved(policy):
    """A policy as API Gateway tells it: written out, its quotes escaped."""
    arn = "arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/*"
    return json.dumps(policy.replace("execute-api:/*", arn))[1:-1]


def heard(stubber, policy, endpoints, *marks):
    """Answers of one look at the API; without marks it is not asked for deployments."""
    stubber.add_response(
        "get_rest_api",
        {"policy": as_saved(policy), "endpointConfiguration": {"vpcEndpointIds": endpoints}},
        {"restApiId": "a1b2c3d4e5"},
    )
    if marks:
        stubber.add_response("get_deployments", {"items": [{"description": each} for each in marks]})


def test_an_existing_api_is_changed_and_deployed_once(stubbed):
    client, stubber = stubbed
    command = ExistingApi(api_calls(), lambda service: client)
    mark = command._mark()
    heard(stubber, OLD, ["vpce-0"])
    assert not command.is_done()
    heard(stubber, OLD, ["vpce-0"])
    for call in api_calls()[:-1]:
        stubber.add_response("update_rest_api", {}, dict(call.parameters))
    stubber.add_response(
        "create_deployment", {}, {"restApiId": "a1b2c3d4e5", "stageName": "prod", "description": mark}
    )
    command.do()
    heard(stubber, POLICY, ["vpce-0", "vpce-1"], "somebody's", mark)
    assert command.is_done()


def test_a_run_that_ended_between_the_change_and_its_deployment_deploys(stubbed):
    client, stubber = stubbed
    command = ExistingApi(api_calls(), lambda service: client)
    heard(stubber, POLICY, ["vpce-1"], "somebody's")
    assert not command.is_done()
    heard(stubber, POLICY, ["vpce-1"], "somebody's")
    stubber.add_response("create_deployment", {})
    command.do()


def test_an_existing_api_gets_back_what_it_had(stubbed):
    client, stubber = stubbed
    command = ExistingApi(api_calls(), lambda service: client)
    heard(stubber, POLICY, ["vpce-0", "vpce-1"])
    for op, path, value in (
        ("replace", "/policy", OLD),
        ("remove", "/endpointConfiguration/vpcEndpointIds", "vpce-1"),
    ):
        patch = {"op": op, "path": path, "value": value}
        stubber.add_response("update_rest_api", {}, {"restApiId": "a1b2c3d4e5", "patchOperations": [patch]})
    stubber.add_response(
        "create_deployment",
        {},
        {"restApiId": "a1b2c3d4e5", "stageName": "prod", "description": "narrowgate: as before"},
    )
    command.undo({"policy": OLD, "vpcEndpointIds": ["vpce-0"]})


def test_an_api_without_a_policy_before_keeps_the_new_one_for_none_is_deployed_without(stubbed):
    client, stubber = stubbed
    heard(stubber, POLICY, [])
    ExistingApi(api_calls(endpoints=()), lambda service: client).undo({"policy": "", "vpcEndpointIds": []})


@mock_aws
def test_a_peering_s_option_is_set_seen_and_put_back_and_a_peering_that_is_gone_is_left_alone():
    ec2 = boto3.Session("x", "x", region_name="us-east-1").client("ec2")
    one, other = (ec2.create_vpc(CidrBlock=f"10.{each}.0.0/16")["Vpc"]["VpcId"] for each in (1, 2))
    made = ec2.create_vpc_peering_connection(VpcId=one, PeerVpcId=other)["VpcPeeringConnection"]
    own = made["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=own)
    options = {"AllowDnsResolutionFromRemoteVpc": True}
    parameters = {"VpcPeeringConnectionId": own, "AccepterPeeringConnectionOptions": options}
    call = Call(service="ec2", operation="modify_vpc_peering_connection_options", parameters=parameters)
    command = PeeringOption([call], lambda service: ec2)
    assert (command.before(), command.is_done()) == (False, False)
    command.do()
    assert (command.before(), command.is_done()) == (True, True)
    command.undo(False)
    assert command.before() is False
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=own)
    command.undo(True)
    gone = Call(
        service="ec2", operation=call.operation, parameters={**parameters, "VpcPeeringConnectionId": "pcx-1"}
    )
    assert PeeringOption([gone], lambda service: ec2).before() is None
