"""Calls: as whom, by which door, from which addresses; the inverse question; doors to the APIs of others."""

import msgspec
import pytest
from tests.builders import build_guide, invoke_statement, policy_document, snapshot_of

from narrowgate.engine.http.url import parse_request
from narrowgate.engine.trace.api_call import evaluate_api_call
from narrowgate.exposure.apis.behind import apis_behind
from narrowgate.exposure.exposure import evaluate_exposure
from narrowgate.exposure.inverse import ANY_ENDPOINT, evaluate_inverse
from narrowgate.guide.estate import BILLING, ORDERS
from narrowgate.model.answer import Verdict
from narrowgate.model.policy import Decision

ACCOUNT = "111122223333"
ROLE = "arn:aws:iam::444455556666:role/caller"


def calls(guide, **named):
    answer = evaluate_exposure(snapshot_of(guide.estate), [guide.requester.vpc])
    return [each for each in answer.apis if all(getattr(each, key) == value for key, value in named.items())]


def with_policy(*statements):
    guide = build_guide()
    guide.estate.set_policy(ORDERS, policy_document(*statements))
    guide.estate.deploy(ORDERS, "prod")
    return guide


def test_the_guide_opens_its_methods_and_no_other_api_s():
    found = calls(build_guide(), api=ORDERS)
    assert [(each.method, each.path, each.who, each.state) for each in found] == [
        ("GET, POST", "/orders", "anonymous", "open"),
        ("GET", "/orders/{id}", "anonymous", "open"),
    ]
    assert calls(build_guide(), api=BILLING) == []


def test_a_statement_about_some_paths_opens_these_paths_alone():
    everything = invoke_statement()
    everything["Resource"] = "execute-api:/prod/GET/orders/a*"
    found = calls(with_policy(everything), api=ORDERS)
    assert [(each.method, each.path) for each in found] == [("GET", "/orders/{id} (such as /orders/a)")]


def test_a_condition_on_the_address_opens_the_call_to_these_addresses_alone():
    found = calls(with_policy(invoke_statement(IpAddress={"aws:VpcSourceIp": "10.1.2.0/25"})), api=ORDERS)
    assert {each.sources for each in found} == {("10.1.2.4-10.1.2.52", "10.1.2.54-10.1.2.127")}


def test_a_wildcard_inside_an_endpoint_s_id_tells_it_from_others_of_its_kind():
    guide = build_guide()
    estate, subnet = guide.requester.estate, guide.requester.subnets[0]
    one, other = (
        estate.interface_endpoint([subnet], [], name=name, private_dns=False) for name in ("one", "other")
    )
    meant = invoke_statement(StringLike={"aws:SourceVpce": f"{other[:-6]}*"})
    guide.estate.set_policy(ORDERS, policy_document(meant))
    guide.estate.deploy(ORDERS, "prod")
    snapshot = snapshot_of(guide.estate)
    through = {own: apis_behind(snapshot, own) for own in (one, other)}
    assert {own: [each.id for each in apis] for own, apis in through.items()} == {
        one: [],
        other: [ORDERS],
    }


def test_a_header_that_the_caller_chooses_is_a_need_and_no_obstacle():
    found = calls(with_policy(invoke_statement(StringEquals={"aws:Referer": "the-word"})), api=ORDERS)
    assert {each.needs for each in found} == {("header `Referer: the-word`",)}


def test_signed_methods_are_told_by_whom_a_policy_names():
    statement = invoke_statement() | {"Principal": {"AWS": ROLE}}
    guide = with_policy(statement)
    for path, method in (("/orders", "GET"), ("/orders", "POST"), ("/orders/{id}", "GET")):
        guide.estate.set_authorization(ORDERS, path, method, kind="AWS_IAM")
    guide.estate.deploy(ORDERS, "prod")
    found = calls(guide, api=ORDERS, path="/orders")
    assert "anonymous" not in {each.who for each in found}
    assert any("444455556666" in each.who or each.who == ROLE for each in found)
    assert all(each.state == "unknown" for each in found)


@pytest.mark.parametrize("resource", [f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{ORDERS}/*", "*"])
def test_an_endpoint_is_a_door_to_the_apis_of_others_unless_its_policy_says_no(resource):
    guide = build_guide()
    statement = invoke_statement() | {"Resource": resource}
    guide.api.estate.resource(guide.endpoint)["PolicyDocument"] = msgspec.json.encode(
        policy_document(statement)
    ).decode()
    assert bool(calls(guide, api="*")) is (resource == "*")


def test_the_inverse_question_names_vpcs_and_addresses():
    guide = build_guide()
    answer = evaluate_inverse(snapshot_of(guide.estate), ORDERS)
    assert {each.consumers for each in answer.apis} == {(guide.requester.vpc,)}
    assert {each.endpoint for each in answer.apis} == {guide.endpoint}
    assert {each.sources for each in answer.apis} == {
        # The outbound endpoint's addresses, .53, are no host's.
        ("10.1.1.4-10.1.1.52", "10.1.1.54-10.1.1.254", "10.1.2.4-10.1.2.52", "10.1.2.54-10.1.2.254")
    }


def test_an_api_open_to_all_is_open_to_endpoints_of_any_account():
    answer = evaluate_inverse(snapshot_of(with_policy(invoke_statement()).estate), ORDERS)
    assert ANY_ENDPOINT in {each.endpoint for each in answer.apis}


def test_whatever_is_listed_is_what_the_engine_answers():
    guide = build_guide()
    snapshot = snapshot_of(guide.estate)
    endpoint = snapshot.facts.vpc_endpoints[guide.endpoint]
    for each in calls(guide, api=ORDERS):
        for verb in each.method.split(", "):
            url = f"https://{ORDERS}.execute-api.us-east-1.amazonaws.com/prod{each.path.replace('{id}', '7')}"
            found = evaluate_api_call(
                snapshot, endpoint, parse_request(url, method=verb), "anonymous", source="10.1.1.10"
            )
            assert found.verdict is Verdict.ALLOWED
            assert found.authorization is not None and found.authorization.decision is Decision.ALLOWED
