"""One stack by change sets: each request and answer held against botocore's model of the service, and by moto."""

import datetime

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber
from moto import mock_aws

from narrowgate.deploy.cloudformation.stack import ChangeSet, Stack, StackState
from narrowgate.model.deployment import PlannedChange
from narrowgate.model.errors import DeploymentError

ARN = "arn:aws:cloudformation:us-east-1:111122223333:changeSet/narrowgate-1/2"
OWN = "arn:aws:cloudformation:us-east-1:111122223333:stack/net/3"
PROPOSED = ChangeSet(arn=ARN, changes=(), parameters={})
THEN = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
TEMPLATE = "Resources: {Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}}\n"


@pytest.fixture
def client():
    return session().client("cloudformation")


def session():
    return boto3.Session("x", "x", region_name="us-east-1")


@pytest.fixture
def stub(client):
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def state(status="UPDATE_COMPLETE"):
    return StackState(status=status, parameters={}, outputs={})


def told(status):
    """An answer of `DescribeStacks`."""
    return {"Stacks": [{"StackName": "net", "StackStatus": status, "CreationTime": THEN}]}


def settles(stub, status):
    """What the waiter hears, and then the question for the stack itself."""
    for each in (status, status):
        stub.add_response("describe_stacks", told(each), {"StackName": "net"})


def events(*newest_first):
    return {
        "StackEvents": [
            {
                "StackId": OWN,
                "EventId": str(number),
                "StackName": "net",
                "Timestamp": THEN,
                "LogicalResourceId": name,
                "PhysicalResourceId": OWN if name == "net" else "",
                "ResourceType": "AWS::CloudFormation::Stack" if name == "net" else "AWS::EC2::VPC",
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
            }
            for number, (name, status, reason) in enumerate(newest_first)
        ]
    }


def test_what_would_change_is_told_from_every_page(client, stub):
    stub.add_response(
        "create_change_set",
        {"Id": ARN, "StackId": OWN},
        {
            "StackName": "net",
            "ChangeSetName": ANY,
            "ChangeSetType": "UPDATE",
            "Capabilities": ["CAPABILITY_IAM"],
            "Parameters": [
                {"ParameterKey": "Round", "ParameterValue": "2"},
                {"ParameterKey": "VpcId", "UsePreviousValue": True},
            ],
            "Tags": [{"Key": "team", "Value": "web"}],
            "TemplateBody": TEMPLATE,
        },
    )
    stub.add_response("describe_change_set", {"Status": "CREATE_IN_PROGRESS"})
    stub.add_response("describe_change_set", {"Status": "CREATE_COMPLETE"})
    changes = [
        {"Action": "Add", "LogicalResourceId": "A"},
        {"Action": "Modify", "LogicalResourceId": "B", "Replacement": "True"},
        {"Action": "Modify", "LogicalResourceId": "C", "Replacement": "Conditional"},
        {"Action": "Modify", "LogicalResourceId": "D", "Replacement": "False"},
        {"Action": "Remove", "LogicalResourceId": "E"},
    ]
    pages = [
        [{"Type": "Resource", "ResourceChange": each} for each in part] for part in (changes[:2], changes[2:])
    ]
    where = {"ChangeSetName": ARN, "StackName": "net"}
    stub.add_response("describe_change_set", {"Changes": pages[0], "NextToken": "more"}, where)
    stub.add_response("describe_change_set", {"Changes": pages[1]}, {**where, "NextToken": "more"})
    stack = Stack(client, "net", {"team": "web"}, 0)
    proposed = stack.propose(state(), TEMPLATE, {"Round": "2", "VpcId": None})
    assert [(each.action, each.address) for each in proposed.changes] == [
        ("create", "net/A"),
        ("replace", "net/B"),
        ("replace", "net/C"),
        ("update", "net/D"),
        ("delete", "net/E"),
    ]


@pytest.mark.parametrize(
    "reason", ["The submitted information didn't contain changes.", "No updates are to be performed."]
)
def test_a_change_set_without_changes_is_thrown_away_and_nothing_to_do(client, stub, reason):
    stub.add_response("create_change_set", {"Id": ARN, "StackId": OWN})
    stub.add_response("describe_change_set", {"Status": "FAILED", "StatusReason": reason})
    stub.add_response("delete_change_set", {}, {"ChangeSetName": ARN, "StackName": "net"})
    assert Stack(client, "net", {}, 0).propose(state(), TEMPLATE, {}) is None


def test_a_change_set_that_cannot_be_made_is_an_error_with_its_reason(client, stub):
    stub.add_response("create_change_set", {"Id": ARN, "StackId": OWN})
    stub.add_response("describe_change_set", {"Status": "FAILED", "StatusReason": "Export net-A is in use"})
    stub.add_response("delete_change_set", {})
    with pytest.raises(DeploymentError, match="Export net-A is in use"):
        Stack(client, "net", {}, 0).propose(state(), TEMPLATE, {})


def test_the_first_resource_that_failed_is_told_and_not_those_that_were_cancelled(client, stub):
    stub.add_response("execute_change_set", {}, {"ChangeSetName": ARN, "StackName": "net"})
    # Only proposed until CloudFormation begins, then at work, then taken back.
    for status in ("REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"):
        stub.add_response("describe_stacks", told(status))
    settles(stub, "ROLLBACK_COMPLETE")
    stub.add_response(
        "describe_stack_events",
        events(
            ("net", "ROLLBACK_COMPLETE", ""),
            ("net", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Api, Vpc]."),
            ("Vpc", "CREATE_FAILED", "Resource creation cancelled"),
            ("Api", "CREATE_FAILED", "Limit exceeded"),
            ("net", "CREATE_IN_PROGRESS", "User Initiated"),
            ("Old", "CREATE_FAILED", "of an operation before"),
        ),
    )
    with pytest.raises(DeploymentError, match=r"^stack net: Api \(AWS::EC2::VPC\): Limit exceeded"):
        Stack(client, "net", {}, 0).execute(PROPOSED)


def test_a_stack_at_work_is_waited_for_whatever_the_operation_is(client, stub):
    for status in ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS"):
        stub.add_response("describe_stacks", told(status))
    settles(stub, "ROLLBACK_COMPLETE")
    found = Stack(client, "net", {}, 0).state()
    assert (found.status, found.is_broken, found.is_there) == ("ROLLBACK_COMPLETE", True, False)


def test_a_stack_that_was_only_proposed_is_created_by_the_next_change_set(client, stub):
    settles(stub, "REVIEW_IN_PROGRESS")
    stack = Stack(client, "net", {}, 0)
    found = stack.state()
    assert (found.is_broken, found.is_there) == (False, False)
    wanted = {"ChangeSetType": "CREATE", "StackName": "net", "ChangeSetName": ANY, "Capabilities": ANY}
    wanted |= {"Parameters": [], "Tags": [], "TemplateBody": TEMPLATE}
    stub.add_response("create_change_set", {"Id": ARN, "StackId": OWN}, wanted)
    stub.add_response("describe_change_set", {"Status": "CREATE_COMPLETE"})
    stub.add_response("describe_change_set", {"Changes": []})
    assert stack.propose(found, TEMPLATE, {}) is not None


def test_a_stack_whose_rollback_failed_is_left_to_a_person(client, stub):
    stub.add_response("describe_stack_events", events(("Api", "UPDATE_FAILED", "still in use")))
    with pytest.raises(DeploymentError, match="could not be rolled back: Api") as failed:
        Stack(client, "net", {}, 0).propose(state("UPDATE_ROLLBACK_FAILED"), TEMPLATE, {})
    assert "continue-update-rollback --stack-name net" in failed.value.help


def test_what_cannot_be_deleted_is_told(client, stub):
    stub.add_response("delete_stack", {}, {"StackName": "net"})
    settles(stub, "DELETE_FAILED")
    stub.add_response(
        "describe_stack_events",
        events(
            ("net", "DELETE_FAILED", "The following resource(s) failed to delete: [Vpc]."),
            ("Vpc", "DELETE_FAILED", "has dependencies and cannot be deleted"),
            ("net", "DELETE_IN_PROGRESS", "User Initiated"),
        ),
    )
    with pytest.raises(DeploymentError, match=r"stack net is not deleted: Vpc .*has dependencies"):
        Stack(client, "net", {}, 0).delete()


def test_a_refusal_while_waiting_stays_the_refusal_that_it_is(client, stub):
    stub.add_client_error("describe_stacks", "ExpiredToken")
    with pytest.raises(ClientError, match="ExpiredToken"):
        Stack(client, "net", {}, 0).state()


@mock_aws
def test_moto_makes_and_deletes_what_a_change_set_proposed(client):
    stack = Stack(client, "net", {}, 0)
    ec2 = session().client("ec2")

    def vpcs():
        return {each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"] if not each["IsDefault"]}

    assert stack.state() is None
    proposed = stack.propose(None, TEMPLATE, {})
    assert proposed.changes == (PlannedChange(action="create", address="net/Vpc"),)
    stack.discard(proposed)
    assert (stack.state(), vpcs()) == (None, set())

    stack.execute(stack.propose(None, TEMPLATE, {}))
    first = stack.state()
    assert (first.status, first.is_there) == ("CREATE_COMPLETE", True)
    assert set(stack.resources().values()) == vpcs()

    larger = TEMPLATE.replace(
        "}}}", "}}, Group: {Type: 'AWS::EC2::SecurityGroup', Properties: {GroupDescription: g}}}"
    )
    proposed = stack.propose(first, larger, {})
    assert proposed.changes == (PlannedChange(action="create", address="net/Group"),)
    stack.execute(proposed)
    assert set(stack.resources()) == {"Vpc", "Group"}
    stack.delete()
    assert (stack.state(), vpcs()) == (None, set())
