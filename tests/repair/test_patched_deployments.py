"""A policy that is saved counts once it is deployed: patches make the deployment anew, in each language's way."""

import json
import re
from pathlib import Path

import pytest
from tests.repair.test_patches import ENDPOINT, TEMPLATE, TERRAFORM, by_text, goal_of, mended, replaced
from tests.sources.terraform.reading import GUIDE, copy_of

from narrowgate.api.repairs import fix_source
from narrowgate.api.sources import load
from narrowgate.model.answer import Verdict
from narrowgate.repair.goal import Goal

__all__ = ["by_text"]

WRONG = replaced(TERRAFORM, ENDPOINT, '"aws:SourceVpc" = aws_vpc.web.id')
HEAD = 'resource "aws_api_gateway_deployment" "orders" {\n'


def folder(tmp_path: Path, text: str) -> Path:
    source = tmp_path / "infra"
    source.mkdir()
    (source / "main.tf").write_text(text)
    return source


def test_a_deployment_without_triggers_gets_one_that_follows_the_policy(tmp_path, by_text):
    source = folder(tmp_path, WRONG)
    answer = mended(source, source)
    assert [each.by_hand for each in answer.changes] == [()]
    text = (source / "main.tf").read_text()
    block = text[text.index(HEAD) :].split("\n}\n")[0]
    assert "policy = sha1(aws_api_gateway_rest_api.orders.policy)" in block
    assert "create_before_destroy = true" in block


FOLLOWING = {
    "the policy": "jsonencode([aws_api_gateway_method.get.id, aws_api_gateway_rest_api.orders.policy])",
    "the whole API": "jsonencode([aws_api_gateway_rest_api.orders])",
    "the file": 'filesha1("${path.module}/main.tf")',
}


@pytest.mark.parametrize("name", FOLLOWING)
def test_triggers_that_follow_the_policy_stay_as_they_are(name, tmp_path, by_text):
    triggers = f"  triggers    = {{ redeployment = sha1({FOLLOWING[name]}) }}\n"
    source = folder(tmp_path, replaced(WRONG, HEAD, HEAD + triggers))
    answer = mended(source, source)
    assert "triggers" not in "".join(line for line in answer.patch.splitlines() if line[:1] == "+")


def test_triggers_that_follow_something_else_get_one_more_entry(tmp_path, by_text):
    triggers = "  triggers = {\n    methods = aws_api_gateway_method.get.id\n  }\n"
    keep = "  lifecycle {\n    create_before_destroy = true\n  }\n"
    source = folder(tmp_path, replaced(WRONG, HEAD, HEAD + triggers + keep))
    patch = mended(source, source).patch
    assert "+    policy = sha1(aws_api_gateway_rest_api.orders.policy)" in patch
    assert "create_before_destroy" not in "".join(line for line in patch.splitlines() if line[:1] in "+-")


def test_a_policy_apart_is_what_the_trigger_follows(tmp_path, by_text):
    apart = 'resource "aws_api_gateway_rest_api_policy" "orders" {\n'
    apart += "  rest_api_id = aws_api_gateway_rest_api.orders.id\n"
    start = WRONG.index("  policy = jsonencode({", WRONG.index('"aws_api_gateway_rest_api" "orders"'))
    end = WRONG.index("\n  })\n", start) + 6
    text = WRONG[:start] + WRONG[end:] + f"\n{apart}{WRONG[start:end]}}}\n"
    source = folder(tmp_path, text)
    assert "sha1(aws_api_gateway_rest_api_policy.orders.policy)" in mended(source, source).patch


BY_HAND = {
    "its triggers are computed": "  triggers = local.triggers\n",
    "it makes its stage itself": '  stage_name = "prod"\n',
    "`count` makes its deployment": "  count = 1\n",
}


@pytest.mark.parametrize("told", BY_HAND)
def test_the_policy_is_patched_and_a_deployment_that_cannot_be_is_asked_for(told, tmp_path, by_text):
    text = replaced(WRONG, HEAD, HEAD + BY_HAND[told]) + "\nlocals {\n  triggers = {}\n}\n"
    if "stage_name" in BY_HAND[told]:
        text = text[: text.index('resource "aws_api_gateway_stage"')] + text[text.index("\nlocals {") :]
    if "count" in BY_HAND[told]:
        text = text.replace("aws_api_gateway_deployment.orders.id", "aws_api_gateway_deployment.orders[0].id")
    source = folder(tmp_path, text)
    answer = mended(source, source)
    said = " ".join(answer.changes[0].by_hand)
    assert told in said and "deployed anew to prod" in said and "main.tf:" in said


def test_a_template_gets_the_deployment_under_another_logical_id(tmp_path):
    source = tmp_path / "t.yaml"
    text = replaced(TEMPLATE, "aws:SourceVpce: !Ref Endpoint", "aws:SourceVpc: !Ref RequesterVpc")
    source.write_text(replaced(text, "  StageProd:\n", "  StageProd:\n    DependsOn: [Deployment, OrdersGet]\n"))
    answer = mended(source, source)
    assert answer.changes[0].by_hand == ()
    text = source.read_text()
    assert "  Deployment2:\n    Type: AWS::ApiGateway::Deployment\n" in text
    assert "DeploymentId: !Ref Deployment2," in text
    assert "DependsOn: [Deployment2, OrdersGet]" in text
    assert not re.search(r"(?<!::)\bDeployment\b", text)


def test_a_template_without_a_deployment_is_told_to_deploy(tmp_path):
    source = tmp_path / "t.yaml"
    text = replaced(TEMPLATE, "aws:SourceVpce: !Ref Endpoint", "aws:SourceVpc: !Ref RequesterVpc")
    start, end = text.index("  Deployment:\n"), text.index("  StageProd:\n")
    text = (text[:start] + text[end:]).replace("!Ref Deployment", "a1b2c3")
    source.write_text(text)
    said = " ".join(mended(source, source).changes[0].by_hand)
    assert "deploy it where that is done" in said


SECOND = """
  Billing:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: billing, EndpointConfiguration: {Types: [PRIVATE], VpcEndpointIds: [!Ref Endpoint]}, Policy: *shared}
  BillingGet:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Billing, ResourceId: !GetAtt Billing.RootResourceId, HttpMethod: GET, AuthorizationType: NONE}
  BillingDeployment: {Type: AWS::ApiGateway::Deployment, DependsOn: BillingGet, Properties: {RestApiId: !Ref Billing, StageName: prod}}
"""  # noqa: E501


def test_a_text_that_opens_more_than_was_meant_is_no_patch(tmp_path):
    # Two APIs share one policy by an alias: an edit of it is one of both.
    text = replaced(TEMPLATE, "aws:SourceVpce: !Ref Endpoint", "aws:SourceVpc: !Ref RequesterVpc")
    text = replaced(text, "      Policy:\n", "      Policy: &shared\n")
    source = tmp_path / "t.yaml"
    source.write_text(replaced(text, "\n  LogGroup:\n", f"{SECOND}  LogGroup:\n"))
    answer = fix_source(source, [goal_of(source)])
    assert answer.verdict is Verdict.ALLOWED
    assert answer.patch == ""
    said = " ".join(answer.changes[0].by_hand)
    assert "does not read back as meant (it opens api" in said
    assert "wanted: Orders Policy = " in said


FOLLOWS = "  triggers    = { policy = sha1(aws_api_gateway_rest_api.orders.policy) }\n"


@pytest.mark.parametrize("follows", [False, True])
def test_a_policy_that_a_plan_saves_and_does_not_deploy_is_deployed(follows, tmp_path):
    source = copy_of(GUIDE, tmp_path)
    if not follows:
        (source / "main.tf").write_text(replaced((source / "main.tf").read_text(), FOLLOWS, ""))
    plan = source / "plan.json"
    document = json.loads(plan.read_text())
    for each in document["resource_changes"]:
        change = each["change"]
        if each["type"] == "aws_api_gateway_rest_api":
            change["before"] = {"id": "a1b2c3d4e5", "policy": '{"Version":"2012-10-17","Statement":[]}'}
            change["after"]["id"] = "a1b2c3d4e5"
            change["actions"] = ["update"]
            change["after_unknown"].pop("id", None)
        if each["type"] == "aws_api_gateway_deployment":
            change["before"] = {"rest_api_id": "a1b2c3d4e5"}
            change["actions"] = ["no-op"]
    plan.write_text(json.dumps(document))
    goal = goal_of(plan)
    assert goal.ask(load(plan)).decided_by.rule in ("POL-03", "POL-04")
    answer = fix_source(plan, [goal])
    assert (answer.verdict, [each.kind for each in answer.changes]) == (Verdict.ALLOWED, ["deployment"])
    told = " ".join(answer.changes[0].by_hand)
    if follows:
        # A trigger that has not fired will not: only the command makes it anew.
        assert "`terraform apply -replace=aws_api_gateway_deployment.orders` makes it anew" in told
        assert answer.patch == ""
    else:
        assert "+    policy = sha1(aws_api_gateway_rest_api.orders.policy)" in answer.patch
        assert "could not be judged here" in told


def test_an_endpoint_that_is_associated_is_deployed(tmp_path, by_text):
    text = WRONG.replace('"aws:SourceVpc" = aws_vpc.web.id', ENDPOINT)
    source = folder(tmp_path, text)
    facts = load(source).facts
    api = next(own for own, each in facts.rest_apis.items() if each.name == "orders")
    (endpoint,) = facts.vpc_endpoints
    url = f"https://{api}-{endpoint}.execute-api.us-east-1.amazonaws.com/prod/orders"
    answer = fix_source(source, [Goal(client="10.1.1.20", url=url)])
    assert answer.verdict is Verdict.ALLOWED
    assert "vpc_endpoint_ids = [aws_vpc_endpoint.api.id]" in answer.patch, answer
    assert "endpoints = sha1(jsonencode(aws_api_gateway_rest_api.orders.endpoint_configuration))" in answer.patch
