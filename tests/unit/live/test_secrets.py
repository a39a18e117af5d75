"""Nothing secret is stored: secrets are planted wherever AWS shows them, and looked for in every byte on disk."""

import io
import json

import pytest
from tests.unit.live.fake_aws import FakeAws, estate

from narrowgate.sources.live.folder import Folder
from narrowgate.sources.live.run import collect
from narrowgate.sources.live.secret import without_secrets
from narrowgate.sources.snapshot import load_snapshot

MARK = "hunter2-"
KEY_OF_AWS = "AKIA" + "ABCDEFGHIJKLMNOP"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}


def secret(where: str) -> str:
    return MARK + where


EXPORT = {
    "openapi": "3.0.1",
    "info": {"title": "orders", "version": "1", "description": secret("description")},
    "x-amazon-apigateway-policy": POLICY,
    "paths": {
        "/orders": {
            "get": {
                "x-amazon-apigateway-auth": {"type": "AWS_IAM"},
                "x-amazon-apigateway-integration": {
                    "type": "http_proxy",
                    "uri": f"https://user:{secret('uri')}@backend.example/?key={secret('query')}",
                    "requestParameters": {"integration.request.header.Authorization": secret("header")},
                    "requestTemplates": {"application/json": secret("template")},
                },
                "responses": {"200": {"description": secret("response")}},
            }
        }
    },
    "components": {"securitySchemes": {"key": {"x-amazon-apigateway-authorizer": secret("authorizer")}}},
}


def planted() -> dict[str, object]:
    return estate() | {
        "lambda.list_functions": {
            "Functions": [
                {
                    "FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f",
                    "FunctionName": "f",
                    "Environment": {"Variables": {"PASSWORD": secret("environment")}},
                }
            ]
        },
        "apigateway.get_stages": lambda sent: {
            "item": [
                {
                    "stageName": "prod",
                    "deploymentId": "d",
                    "variables": {"key": secret("stage-variable")},
                    "canarySettings": {"stageVariableOverrides": {"key": secret("canary")}},
                }
            ]
        },
        "apigateway.get_authorizers": {
            "items": [
                {
                    "id": "abc123",
                    "name": "tokens",
                    "type": "TOKEN",
                    "identityValidationExpression": secret("expression"),
                    "clientSecret": secret("client-secret"),
                }
            ]
        },
        "apigateway.get_resources": {
            "items": [
                {
                    "id": "r1",
                    "path": "/orders",
                    "resourceMethods": {
                        "GET": {
                            "httpMethod": "GET",
                            "authorizationType": "NONE",
                            "apiKeyRequired": True,
                            "methodIntegration": {
                                "type": "HTTP",
                                "uri": f"https://backend.example/?key={secret('resource-uri')}",
                                "requestParameters": {"integration.request.header.X": f"'{secret('static')}'"},
                                "requestTemplates": {"application/json": secret("vtl")},
                                "integrationResponses": {"200": {"responseTemplates": {"a": secret("answer")}}},
                            },
                        }
                    },
                }
            ]
        },
        "apigateway.get_export": lambda sent: {"body": io.BytesIO(json.dumps(EXPORT).encode())},
        "ec2.describe_vpn_connections": {
            "VpnConnections": [
                {
                    "VpnConnectionId": "vpn-1",
                    "State": "available",
                    "CustomerGatewayConfiguration": f"<pre_shared_key>{secret('psk')}</pre_shared_key>",
                    "Options": {"TunnelOptions": [{"PreSharedKey": secret("tunnel")}]},
                }
            ]
        },
        "ec2.describe_instances": {
            "Reservations": [
                {
                    "Instances": [
                        {
                            "InstanceId": "i-1",
                            "UserData": secret("user-data"),
                            "Tags": [
                                {"Key": "Name", "Value": "web-1"},
                                {"Key": "db_password", "Value": secret("tag")},
                                {"Key": "note", "Value": f"use {KEY_OF_AWS} here"},
                            ],
                        }
                    ]
                }
            ]
        },
        "elbv2.describe_load_balancers": {
            "LoadBalancers": [
                {"LoadBalancerArn": "arn:lb", "DNSName": "lb.example", "Type": "application", "Scheme": "internal"}
            ]
        },
        "elbv2.describe_listeners": {
            "Listeners": [
                {
                    "ListenerArn": "arn:listener",
                    "LoadBalancerArn": "arn:lb",
                    "Port": 443,
                    "Protocol": "HTTPS",
                    "DefaultActions": [
                        {
                            "Type": "authenticate-oidc",
                            "AuthenticateOidcConfig": {
                                "ClientSecret": secret("oidc"),
                                "AuthenticationRequestExtraParams": {"x": secret("extra")},
                            },
                        },
                        {"Type": "fixed-response", "FixedResponseConfig": {"MessageBody": secret("body")}},
                    ],
                }
            ]
        },
    }


def test_no_planted_secret_reaches_the_disk(tmp_path):
    root = tmp_path / "s"
    with Folder(root) as folder:
        collect([FakeAws(planted())], folder)
        journal = (root / "collect.journal").read_bytes()
        folder.close(complete=True, seconds=0.0)
    everything = journal + b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    assert MARK.encode() not in everything
    assert KEY_OF_AWS.encode() not in everything
    for stays in (b"web-1", b"/orders", b"AWS_IAM", b"vpn-1", b"tokens", b"lb.example", b"2012-10-17"):
        assert stays in everything
    counted = {
        each["operation"]: each["withheld"]
        for each in json.loads((root / "snapshot.json").read_bytes())["calls"]
        if "withheld" in each
    }
    assert counted == {
        "list_functions": 1,
        "get_stages": 2,
        "get_authorizers": 2,
        "get_resources": 4,
        "describe_vpn_connections": 2,
        "describe_instances": 3,
        "describe_listeners": 3,
    }
    assert load_snapshot(root).facts.stage_exports[("a1b2c3d4e5", "prod")].methods == {
        "/orders": {"GET": "AWS_IAM"}
    }


@pytest.mark.parametrize("body", ["no json", "[]", '{"openapi": "3.0.1"}', ""])
def test_an_export_in_which_nobody_can_tell_secrets_is_a_failed_call_not_an_export_without_a_policy(
    tmp_path, body
):
    aws = FakeAws(estate() | {"apigateway.get_export": lambda sent: {"body": io.BytesIO(body.encode())}})
    with Folder(tmp_path / "s") as folder:
        collect([aws], folder)
        folder.close(complete=True, seconds=0.0)
        assert {each.code for each in folder.failures()} == {"UnauthorizedOperation", "UnreadableAnswer"}
    assert load_snapshot(tmp_path / "s").facts.stage_exports == {}


def test_names_that_only_sound_secret_are_kept():
    answer = {
        "apiKeySource": "HEADER",
        "apiKeyRequired": True,
        "authorizerCredentials": "arn:aws:iam::111122223333:role/invoke",
        "ServiceName": "com.amazonaws.us-east-1.secretsmanager",
    }
    assert without_secrets("apigateway.get_rest_apis", answer) == (answer, 0)
