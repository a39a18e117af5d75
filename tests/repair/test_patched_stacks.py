"""Patches where SAM or several stacks tell the facts, and words where a program wrote the file."""

import json
import re
from pathlib import Path

import pytest
from tests.repair.test_patches import TEMPLATE, goal_of, mended, replaced

from narrowgate.api.repairs import fix_source
from narrowgate.api.sources import load
from narrowgate.model.answer import Verdict
from narrowgate.repair.goal import Goal

API = TEMPLATE[TEMPLATE.index("  Orders:\n") : TEMPLATE.index("  LogGroup:\n")]
SAM_API = """  Orders:
    Type: AWS::Serverless::Api
    Properties:
      Name: orders
      StageName: prod
      EndpointConfiguration: {Type: PRIVATE, VPCEndpointIds: [!Ref Endpoint]}
      AUTH
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      InlineCode: "def handler(event, context): return {}"
      Events: {Get: {Type: Api, Properties: {Path: /orders, Method: get, RestApiId: !Ref Orders}}}
"""
STATEMENT = (
    '{Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: execute-api:/*, '
    "Condition: {StringEquals: {aws:SourceVpce: vpce-0aaaaaaaaaaaaaaaa}}}"
)
AUTHS = {
    "a statement": (
        f"Auth: {{ResourcePolicy: {{CustomStatements: [{STATEMENT}]}}}}",
        "[vpce-0aaaaaaaaaaaaaaaa, !Ref Endpoint]",
    ),
    "a short form": (
        "Auth:\n        ResourcePolicy: {IntrinsicVpceWhitelist: [vpce-0aaaaaaaaaaaaaaaa]}",
        "IntrinsicVpceWhitelist: [vpce-0aaaaaaaaaaaaaaaa, !Ref Endpoint]",
    ),
    "no policy": ("TracingEnabled: false", "+      Auth:"),
    "an Auth without a policy": ("Auth: {AddDefaultAuthorizerToCorsPreflight: false}", "ResourcePolicy"),
}


def sam_template(auth: str) -> str:
    text = TEMPLATE.replace(API, SAM_API.replace("AUTH", auth))
    return "Transform: AWS::Serverless-2016-10-31\n" + text[: text.index("Outputs:\n")]


@pytest.mark.parametrize("name", AUTHS)
def test_sam_apis_get_their_policy_in_auth(name, tmp_path):
    pytest.importorskip("samtranslator")
    auth, written = AUTHS[name]
    source = tmp_path / "template.yaml"
    source.write_text(sam_template(auth))
    before = deployments(source)
    answer = mended(source, source)
    assert written in answer.patch, answer.patch
    # SAM names the deployment by what the API says: another name is a deployment made anew.
    assert deployments(source).isdisjoint(before)
    assert answer.changes[0].by_hand == ()


def deployments(source: Path) -> set[str]:
    from narrowgate.sources.cloudformation.decode import decode_template
    from narrowgate.sources.cloudformation.sam import translate

    resources = translate(decode_template(source.read_bytes(), "t"), "t", [])["Resources"]
    return {name for name, each in resources.items() if each["Type"] == "AWS::ApiGateway::Deployment"}


def test_an_auth_of_globals_is_told_in_words(tmp_path):
    pytest.importorskip("samtranslator")
    policy = f"Globals: {{Api: {{Auth: {{ResourcePolicy: {{CustomStatements: [{STATEMENT}]}}}}}}}}\n"
    source = tmp_path / "template.yaml"
    source.write_text(policy + sam_template("TracingEnabled: false"))
    answer = fix_source(source, [goal_of(source)])
    assert answer.patch == ""
    assert "its `Auth` comes from Globals" in answer.changes[0].by_hand[0]


def two_stacks(tmp_path: Path, policy: str, outputs: str = "") -> Path:
    """The networks in one stack, the API in another, which reads the endpoint by an export."""
    folder = tmp_path / "stacks"
    folder.mkdir()
    api = replaced(API, "!Ref Endpoint]}\n", "!ImportValue network-endpoint]}\n")
    api = replaced(api, "aws:SourceVpce: !Ref Endpoint", policy)
    head, _, tail = TEMPLATE.partition("Resources:\n")
    parameters = head[head.index("Parameters:") : head.index("Mappings:")]
    networks = tail[: tail.index("  Zone:\n")]
    export = f"Outputs:\n  Endpoint: {{Value: !Ref Endpoint, Export: {{Name: network-endpoint}}}}\n{outputs}"
    zone = tail[tail.index("  Zone:\n") : tail.index("  Alias:\n")].replace(
        "!Ref RequesterVpc", "!ImportValue web-vpc"
    )
    alias = tail[tail.index("  Alias:\n") : tail.index("  Orders:\n")]
    alias = alias[: alias.index("      Type: A\n")] + "      Type: CNAME\n      TTL: 60\n"
    alias += "      ResourceRecords: [!ImportValue network-endpoint-name]\n"
    names = "  Name: {Value: !Select [1, !Split [':', !Select [0, !GetAtt Endpoint.DnsEntries]]], "
    names += "Export: {Name: network-endpoint-name}}\n"
    export += names + "  Vpc: {Value: !Ref RequesterVpc, Export: {Name: web-vpc}}\n"
    (folder / "network.yaml").write_text(f"{head}Resources:\n{networks}{export}")
    (folder / "orders.yaml").write_text(f"{parameters}Resources:\n{zone}{alias}{api}")
    return folder


def test_an_export_that_is_there_is_imported(tmp_path):
    folder = two_stacks(tmp_path, "aws:SourceVpce: vpce-0aaaaaaaaaaaaaaaa")
    answer = mended(folder, folder)
    assert "[vpce-0aaaaaaaaaaaaaaaa, !ImportValue network-endpoint]" in answer.patch
    assert "network.yaml" not in answer.patch


def test_the_exporting_template_gets_an_export_that_is_wanted(tmp_path):
    folder = two_stacks(tmp_path, "aws:SourceVpc: !ImportValue web-vpc")
    answer = mended(folder, folder)
    assert "+            Condition: {StringEquals: {aws:SourceVpc: !ImportValue network-ApiVpcId}}" in answer.patch
    assert "+++ b/network.yaml" in answer.patch
    assert "+      Name: network-ApiVpcId" in answer.patch
    assert "update the stack of" in answer.changes[0].by_hand[0]


def test_stacks_that_would_wait_for_each_other_are_not_patched(tmp_path):
    own = "  Id: {Value: !ImportValue orders-id}\n"
    folder = two_stacks(tmp_path, "aws:SourceVpc: !ImportValue web-vpc", own)
    path = folder / "orders.yaml"
    path.write_text(path.read_text() + "Outputs:\n  Id: {Value: !Ref Orders, Export: {Name: orders-id}}\n")
    answer = fix_source(folder, [goal_of(folder)])
    assert answer.verdict is Verdict.ALLOWED
    assert answer.patch == ""
    assert "they would wait for each other" in answer.changes[0].by_hand[0]


def test_the_output_of_the_cdk_is_told_by_construct(tmp_path):
    from narrowgate.sources.cloudformation.decode import decode_template

    app = tmp_path / "cdk.out"
    app.mkdir()
    start, end = TEMPLATE.index("  ApiBack:\n"), TEMPLATE.index("  RequesterTable:")
    template = decode_template((TEMPLATE[:start] + TEMPLATE[end:]).encode(), "t")
    table = template["Resources"]["ApiTable"]
    table["Metadata"] = {"aws:cdk:path": "Network/ApiVpc/PrivateSubnet1/RouteTable"}
    (app / "Network.template.json").write_text(json.dumps(template))
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111122223333/us-east-1",
        "properties": {"templateFile": "Network.template.json"},
    }
    (app / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": {"Network": artifact}}))
    for source in (app, app / "Network.template.json"):
        answer = fix_source(source, [goal_of(source)])
        assert (answer.verdict, answer.patch) == (Verdict.ALLOWED, "")
        (told,) = answer.changes[0].by_hand
        assert "change the construct `Network/ApiVpc/PrivateSubnet1/RouteTable` in the app" in told
        assert 'wanted: AWS::EC2::Route {"RouteTableId":' in told
        assert answer.changes[0].commands


ASSOCIATED = {
    "an API": (
        TEMPLATE,
        "{Types: [PRIVATE], VpcEndpointIds: [!Ref Endpoint]}",
        "{Types: [PRIVATE]}",
        "VpcEndpointIds",
    ),
    "a SAM API": (
        sam_template("Auth: {ResourcePolicy: {CustomStatements: [ALLOW]}}"),
        "{Type: PRIVATE, VPCEndpointIds: [!Ref Endpoint]}",
        "{Type: PRIVATE}",
        "VPCEndpointIds",
    ),
    "a SAM API in short": (
        sam_template("Auth: {ResourcePolicy: {CustomStatements: [ALLOW]}}"),
        "{Type: PRIVATE, VPCEndpointIds: [!Ref Endpoint]}",
        "PRIVATE",
        "VPCEndpointIds",
    ),
}
ALLOW = (
    '{Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: execute-api:/*, '
    "Condition: {StringEquals: {aws:SourceVpce: !Ref Endpoint}}}"
)


@pytest.mark.parametrize("name", ASSOCIATED)
def test_an_endpoint_is_associated_with_the_api(name, tmp_path):
    pytest.importorskip("samtranslator")
    text, old, new, written = ASSOCIATED[name]
    text = replaced(text.replace("ALLOW", ALLOW), old, new)
    # Only the alias name leads there.
    text = text[: text.index("  Zone:\n")] + text[text.index("  Orders:\n") :]
    source = tmp_path / "template.yaml"
    source.write_text(text)
    facts = load(source).facts
    (api,), (endpoint,) = facts.rest_apis, facts.vpc_endpoints
    url = f"https://{api}-{endpoint}.execute-api.us-east-1.amazonaws.com/prod/orders"
    answer = fix_source(source, [Goal(client="10.1.1.20", url=url)])
    assert answer.verdict is Verdict.ALLOWED, answer
    assert re.search(rf"{written}:\s*(\[|\n\+\s*- )!Ref Endpoint", answer.patch), answer.patch
    (change,) = answer.changes
    if "SAM" in name:
        # A deployment of SAM's is named by the API's definition, which does not change.
        assert "SAM makes no deployment anew" in change.by_hand[0]
    else:
        assert change.by_hand == ()
        assert "+  Deployment2:" in answer.patch


BODY = """      Body:
        openapi: "3.0.1"
        paths: {/orders: {get: {x-amazon-apigateway-auth: {type: NONE}}}}
        x-amazon-apigateway-policy:
          Version: "2012-10-17"
          Statement: [STATEMENT]
"""


@pytest.mark.parametrize("kind", ["an API", "a SAM API"])
def test_a_policy_within_an_openapi_body_is_patched_there(kind, tmp_path):
    pytest.importorskip("samtranslator")
    body = BODY.replace("STATEMENT", STATEMENT)
    if kind == "an API":
        start, end = TEMPLATE.index("      Policy:\n"), TEMPLATE.index("  OrdersPath:\n")
        rest = TEMPLATE.index("  Deployment:\n")
        text = (TEMPLATE[:start] + body + TEMPLATE[rest:]).replace("    DependsOn: OrdersGet\n", "")
        assert end < rest
    else:
        text = sam_template("NAME").replace("      NAME\n", body.replace("Body:", "DefinitionBody:"))
    source = tmp_path / "template.yaml"
    source.write_text(text)
    assert "[vpce-0aaaaaaaaaaaaaaaa, !Ref Endpoint]" in mended(source, source).patch
