"""One call: its pages, and every way in which it can go wrong."""

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber
from tests.unit.live.http_answers import answering

from narrowgate.sources.live.asking import ask
from narrowgate.sources.live.calls import BY_NAME

HTML = b"<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<p>either overloaded or</p>"


def client(service, url=None):
    config = Config(retries={"mode": "standard", "max_attempts": 1})
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1")  # noqa: S106
    return session.client(service, endpoint_url=url, config=config)


def stubbed(name, *exchanges):
    call = BY_NAME[name]
    real = client(call.service)
    stub = Stubber(real)
    for sent, response in exchanges:
        stub.add_response(call.operation, response, sent)
    stub.activate()
    return call, real, stub


def test_pages_are_joined_and_their_tokens_dropped():
    call, real, stub = stubbed(
        "ec2.describe_vpcs",
        ({"MaxResults": 1000}, {"Vpcs": [{"VpcId": "vpc-1"}], "NextToken": "t"}),
        ({"MaxResults": 1000, "NextToken": "t"}, {"Vpcs": [{"VpcId": "vpc-2"}]}),
    )
    answer = ask(lambda: real, call, {})
    assert answer.response == {"Vpcs": [{"VpcId": "vpc-1"}, {"VpcId": "vpc-2"}]}
    assert answer.requests == 2
    stub.assert_no_pending_responses()


def test_records_of_a_zone_are_joined_over_pages_of_three_tokens():
    record = {"Name": "a.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}]}
    call, real, stub = stubbed(
        "route53.list_resource_record_sets",
        (
            {"HostedZoneId": "Z1"},
            {
                "ResourceRecordSets": [record],
                "IsTruncated": True,
                "MaxItems": "1",
                "NextRecordName": "b.",
                "NextRecordType": "A",
            },
        ),
        (
            {"HostedZoneId": "Z1", "StartRecordName": "b.", "StartRecordType": "A"},
            {"ResourceRecordSets": [record | {"Name": "b."}], "IsTruncated": False, "MaxItems": "1"},
        ),
    )
    answer = ask(lambda: real, call, {"HostedZoneId": "Z1"})
    assert [each["Name"] for each in answer.response["ResourceRecordSets"]] == ["a.", "b."]
    assert set(answer.response) == {"ResourceRecordSets"}
    stub.assert_no_pending_responses()


def test_a_call_without_a_paginator_is_paged_by_its_token():
    call, real, stub = stubbed(
        "apigateway.get_domain_name_access_associations",
        ({"limit": 500}, {"items": [{"domainNameArn": "a"}], "position": "p"}),
        ({"limit": 500, "position": "p"}, {"items": [{"domainNameArn": "b"}]}),
    )
    answer = ask(lambda: real, call, {})
    assert answer.response == {"items": [{"domainNameArn": "a"}, {"domainNameArn": "b"}]}
    stub.assert_no_pending_responses()


def test_more_routes_than_a_search_returns_are_told_by_the_last_page():
    sent = {"TransitGatewayRouteTableId": "tgw-rtb-1", "Filters": [{"Name": "state", "Values": ["active"]}]}
    route = {"DestinationCidrBlock": "10.0.0.0/8", "State": "active"}
    call, real, _ = stubbed(
        "ec2.search_transit_gateway_routes",
        (
            {**sent, "MaxResults": 1000},
            {"Routes": [route], "AdditionalRoutesAvailable": True, "NextToken": "t"},
        ),
        (
            {**sent, "MaxResults": 1000, "NextToken": "t"},
            {"Routes": [route], "AdditionalRoutesAvailable": False},
        ),
    )
    assert ask(lambda: real, call, sent).response == {
        "Routes": [route, route],
        "AdditionalRoutesAvailable": False,
    }


@pytest.mark.parametrize(
    "name",
    [
        "ec2.describe_vpcs",
        "route53.list_hosted_zones",
        "route53resolver.list_resolver_rules",
        "apigateway.get_rest_apis",
        "elbv2.describe_load_balancers",
        "logs.describe_log_groups",
    ],
)
def test_a_page_of_html_with_status_500_is_a_failure_whatever_the_protocol(name):
    call = BY_NAME[name]
    with answering(lambda path, body: (500, "text/html", HTML)) as url:
        real = client(call.service, url)
        answer = ask(lambda: real, call, {})
        real.close()
    assert answer.response is None
    assert answer.failure.code in {"500", "ResponseParserError"}
    assert "Internal Server Error" in answer.failure.error
    assert "<" not in answer.failure.error


@pytest.mark.parametrize(
    "name", ["ec2.describe_vpcs", "apigateway.get_rest_apis", "route53resolver.list_resolver_rules"]
)
def test_a_page_of_html_with_status_200_is_a_failure_and_no_empty_answer(name):
    call = BY_NAME[name]
    with answering(lambda path, body: (200, "text/html", b"<html><title>Sign in to the proxy</title>")) as url:
        real = client(call.service, url)
        answer = ask(lambda: real, call, {})
        real.close()
    assert answer.response is None


def test_nobody_listening_is_a_failure():
    with answering(lambda path, body: (200, "", b"")) as url:
        pass
    answer = ask(lambda: client("ec2", url), BY_NAME["ec2.describe_vpcs"], {})
    assert answer.failure.code == "EndpointConnectionError"


def test_a_refusal_keeps_aws_s_code_and_words_without_the_encoded_part():
    call = BY_NAME["ec2.describe_vpcs"]
    real = client("ec2")
    with Stubber(real) as stub:
        stub.add_client_error(
            "describe_vpcs",
            "UnauthorizedOperation",
            "You are not authorized. Encoded authorization failure message: " + "Ab-_" * 300,
            403,
        )
        answer = ask(lambda: real, call, {})
    assert (answer.failure.code, answer.failure.error) == ("UnauthorizedOperation", "You are not authorized.")


def test_a_call_that_an_older_boto3_lacks_is_a_failure_with_that_reason():
    class Older:
        pass

    answer = ask(Older, BY_NAME["apigateway.get_domain_name_access_associations"], {})
    assert answer.failure.code == "UnknownOperation"
