"""The reviewed table: read-only, known to botocore, and the source of the published policy."""

import json
import re

import boto3
import pytest
from cfnlint.config import ConfigMixIn

from narrowgate.sources.live.aggregator import aggregator_call, aggregator_policy
from narrowgate.sources.live.calls import BY_NAME, CALLS
from narrowgate.sources.live.permissions import organization_policy, policy_text, read_policy
from narrowgate.sources.snapshot.operations import OPERATIONS, RECOGNISED

_READS = re.compile(r"(describe|get|list|search|select)_\w+")
ALL = (*CALLS, aggregator_call("everything"))


@pytest.fixture(scope="module")
def session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1")  # noqa: S106


@pytest.fixture(scope="module")
def clients(session):
    return {service: session.client(service) for service in {call.service for call in ALL}}


def test_every_call_only_reads():
    assert [call.name for call in ALL if not _READS.fullmatch(call.operation)] == []


def test_no_call_stands_twice():
    assert len(BY_NAME) == len(CALLS)


def test_every_answer_that_a_verdict_can_depend_on_is_asked_for():
    assert set(OPERATIONS) <= set(BY_NAME)


def test_nothing_is_asked_that_nobody_reads():
    assert set(BY_NAME) - set(OPERATIONS) - RECOGNISED == set()


@pytest.mark.parametrize("call", ALL, ids=lambda call: call.name)
def test_botocore_knows_the_call_its_action_and_what_is_sent(call, clients):
    client = clients[call.service]
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[call.operation])
    if call.action != "apigateway:GET":
        assert call.action.partition(":")[2] == model.name
    else:
        assert model.http["method"] == "GET"
        path = model.http["requestUri"].partition("?")[0]
        pattern = {re.sub(r"\{[^}]*\}", "*", path)}
        assert any(_covers(allowed, each) for allowed in call.resources for each in pattern)
    members = set(model.input_shape.members) if model.input_shape else set()
    sent = {key for parameters in call.parameters for key in parameters} | set(call.page)
    if call.token is not None:
        sent.add(call.token[0])
    assert sent <= members
    if not client.can_paginate(call.operation) and call.token is None:
        assert not {"NextToken", "nextToken", "NextMarker", "position", "Marker"} & set(model.output_shape.members)


def _covers(allowed: str, path: str) -> bool:
    return allowed == path or (allowed.endswith("/*") and path.startswith(allowed[:-1]))


@pytest.mark.parametrize("call", [call for call in CALLS if call.parent], ids=lambda call: call.name)
def test_a_parent_s_response_has_the_key_that_names_its_children(call, clients):
    parent = BY_NAME[call.parent]
    client = clients[parent.service]
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[parent.operation])
    assert call.parent_key in model.output_shape.members
    own = clients[call.service]
    wanted = own.meta.service_model.operation_model(own.meta.method_to_api_mapping[call.operation]).input_shape
    element = dict.fromkeys(model.output_shape.members[call.parent_key].member.members, "x")
    element |= {"Config": {"PrivateZone": True}} if "Config" in element else {}
    element.pop("ManagedOwnerName", None)
    for sent in call.asks({"restApiId": "a"}, element):
        assert set(sent) <= set(wanted.members)
        assert set(wanted.required_members) <= set(sent)


def test_the_policy_equals_the_table():
    read, apis = read_policy()["Statement"]
    assert set(read["Action"]) | {apis["Action"]} == {call.action for call in CALLS}
    assert set(apis["Resource"]) == {f"arn:aws:apigateway:*::{path}" for call in CALLS for path in call.resources}
    assert "*" not in "".join(read["Action"])


def test_the_policy_of_an_aggregator_is_its_one_action():
    (statement,) = aggregator_policy()["Statement"]
    assert statement["Action"] == aggregator_call("everything").action


@pytest.mark.parametrize(
    ("policy", "right", "wrong"),
    [
        (read_policy(), ":List", ":Lost"),
        (organization_policy("narrowgate-read"), ":List", ":Lost"),
        (aggregator_policy(), ":Select", ":Elect"),
    ],
    ids=["read", "organization", "aggregator"],
)
def test_a_policy_linter_accepts_the_policy(policy, right, wrong, tmp_path):
    """cfn-lint knows every service's actions, and what a policy may hold (E3510, W3037)."""
    template = tmp_path / "policy.json"
    resource = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy}}
    template.write_text(json.dumps({"Resources": {"Policy": resource}}))
    assert _lint(template) == []
    resource["Properties"]["PolicyDocument"] = json.loads(policy_text(policy).replace(right, wrong))
    template.write_text(json.dumps({"Resources": {"Policy": resource}}))
    assert {match.rule.id for match in _lint(template)} == {"W3037"}


def _lint(template):
    import cfnlint.runner

    runner = cfnlint.runner.Runner(ConfigMixIn(regions=["us-east-1"], templates=[str(template)]))
    return list(runner.run())
