"""AWS Config's aggregator as it answers: its pages, its secrets, its refusals; and what is kept is a source."""

import json

import boto3
import pytest
from botocore.stub import Stubber

from narrowgate.api.sources import load
from narrowgate.model.errors import InputError
from narrowgate.sources.config.recognise import AGGREGATOR_CALL
from narrowgate.sources.config.types import QUERY, RECORDER
from narrowgate.sources.live.aggregator import aggregator_call, refuse_many
from narrowgate.sources.live.folder import Folder
from narrowgate.sources.live.run import collect

ACCOUNT, MEMBER, REGION = "111122223333", "444455556666", "us-east-1"
SENT = {"ConfigurationAggregatorName": "everything", "Expression": QUERY, "Limit": 100}
FIELDS = {"SelectFields": [{"Name": "configuration"}]}


def result(kind, resource_id, configuration):
    return json.dumps(
        {
            "accountId": MEMBER,
            "awsRegion": REGION,
            "resourceType": kind,
            "resourceId": resource_id,
            "configurationItemStatus": "OK",
            "configuration": configuration,
        }
    )


class Account:
    """One account whose only client is a stubbed one."""

    account, who, regions = ACCOUNT, "profile audit", (REGION,)

    def __init__(self):
        session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name=REGION)  # noqa: S106
        self.config = session.client("config")
        self.stub = Stubber(self.config)
        self.stub.activate()

    def client(self, service, region):
        assert (service, region) == ("config", REGION)
        return self.config


def gathered(account, root):
    with Folder(root) as folder:
        seconds = collect([account], folder, calls=(aggregator_call("everything"),), workers=1)
        folder.close(complete=True, seconds=seconds)
        return folder


def test_all_pages_are_asked_for_and_what_is_kept_is_a_whole_source(tmp_path):
    account = Account()
    vpc = result("AWS::EC2::VPC", "vpc-1", {"vpcId": "vpc-1", "cidrBlock": "10.1.0.0/16"})
    recording = {"Recording": True, "RecordingGroup": {"AllSupported": True}}
    first = {"Results": [vpc], "QueryInfo": FIELDS, "NextToken": "t"}
    account.stub.add_response("select_aggregate_resource_config", first, SENT)
    last = {"Results": [result(RECORDER, "default", recording)], "QueryInfo": FIELDS}
    account.stub.add_response("select_aggregate_resource_config", last, {**SENT, "NextToken": "t"})
    gathered(account, tmp_path)
    account.stub.assert_no_pending_responses()
    snapshot = load(tmp_path)
    assert snapshot.account_of("vpc-1") == MEMBER
    assert snapshot.missing("ec2.describe_nat_gateways", MEMBER, REGION) is None
    assert snapshot.missing("ec2.describe_nat_gateways", ACCOUNT, REGION) is not None


def test_nothing_secret_inside_an_item_is_kept(tmp_path):
    account = Account()
    tunnel = {
        "vpnConnectionId": "vpn-1",
        "customerGatewayConfiguration": "<pre_shared_key>KEPT-NOWHERE</pre_shared_key>",
        "options": {"tunnelOptions": [{"preSharedKey": "KEPT-NOWHERE"}]},
    }
    function = {
        "functionName": "f",
        "functionArn": "arn:aws:lambda:us-east-1:444455556666:function:f",
        "environment": {"variables": {"TOKEN": "KEPT-NOWHERE"}},
    }
    results = [result("AWS::EC2::VPNConnection", "vpn-1", tunnel), result("AWS::Lambda::Function", "f", function)]
    account.stub.add_response("select_aggregate_resource_config", {"Results": results}, SENT)
    folder = gathered(account, tmp_path)
    assert sum(entry.withheld for entry in folder.entries()) == 3
    kept = (tmp_path / ACCOUNT / REGION / f"{AGGREGATOR_CALL}.json").read_text()
    assert "vpn-1" in kept
    assert "KEPT-NOWHERE" not in kept
    assert load(tmp_path).facts.vpn_connections["vpn-1"]


def test_a_refusal_stands_in_the_manifest(tmp_path):
    account = Account()
    account.stub.add_client_error("select_aggregate_resource_config", "AccessDeniedException", "no")
    (failure,) = gathered(account, tmp_path).failures()
    assert (failure.name, failure.code) == (AGGREGATOR_CALL, "AccessDeniedException")


def test_an_aggregator_stands_in_one_account_and_one_region():
    account = Account()
    refuse_many([account])
    with pytest.raises(InputError, match="one account and one Region"):
        refuse_many([account, account])
    account.regions = (REGION, "eu-west-1")
    with pytest.raises(InputError, match="one account and one Region"):
        refuse_many([account])
