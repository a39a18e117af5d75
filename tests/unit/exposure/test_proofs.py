"""`only … may …`: proven for all requests, or refuted by somebody who can."""

import pytest
from tests.unit.design.designs import GUIDE, read, refusal

from narrowgate.api.designs import compare_design
from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import ExpectationAnswer

POLICY = """\
    policy: {Version: "2012-10-17", Statement: [
      {Effect: Allow, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*"}]}
"""


def design(sentence: str, text: str = GUIDE):
    return read(f"{text}expect:\n  - {sentence}\n")


def judged(sentence: str, option: str, text: str = GUIDE) -> ExpectationAnswer:
    answer = compare_design(design(sentence, text))
    return next(each for each in answer.options if each.option == option).expectations[0]


@pytest.mark.parametrize("option", ["alias", "hosted-zone", "resolver"])
def test_nobody_but_the_consumer_can_call_the_api_of_the_guide(option):
    found = judged("only web may call orders", option)
    assert (found.verdict, found.text) == (Verdict.ALLOWED, "holds for all requests")


def test_a_policy_open_to_every_endpoint_is_refuted_by_somebody_else_s():
    text = GUIDE.replace(
        '  orders: {vpc: api, routes: [GET /orders, "GET /orders/{id}"]}',
        f'  orders:\n    vpc: api\n    routes: [GET /orders, "GET /orders/{{id}}"]\n{POLICY}'.rstrip(),
    )
    found = judged("only web may call orders", "alias", text)
    assert found.verdict is Verdict.DENIED
    assert "whoever has any other execute-api endpoint of the Region, of any account can call" in found.text


def test_another_consumer_in_the_same_vpc_is_a_counterexample_by_its_addresses():
    both = GUIDE.replace("{vpc: requester, may_call", "{vpc: requester, subnets: [10.1.1.0/24], may_call")
    both = both.replace("links:", "  batch: {vpc: requester, subnets: [10.1.2.0/24]}\nlinks:")
    assert judged("only web may call orders", "privatelink", both).verdict is Verdict.ALLOWED
    found = judged("only batch may call orders", "privatelink", both)
    assert found.verdict is Verdict.DENIED
    assert found.text.startswith("a host at 10.1.1.4-10.1.1.254 in ")


def test_the_api_s_own_vpc_resolves_the_name_unless_it_may():
    sentence = "only web may resolve k1.corp.internal"
    text = GUIDE.replace(
        "api: {cidr: 10.0.0.0/16}", "api: {cidr: 10.0.0.0/16, private_zones: {corp.internal: {k1: 10.0.1.20}}}"
    )
    assert judged(sentence, "alias", text).verdict is Verdict.DENIED
    assert judged(sentence.replace("web", "web, api"), "alias", text).verdict is Verdict.ALLOWED


def test_a_public_name_with_private_addresses_is_nobody_s_alone():
    found = judged("only web may resolve x.y.vpce.amazonaws.com", "alias")
    assert found.verdict is Verdict.ALLOWED  # nothing is called that


def test_a_socket_that_the_endpoint_s_group_opens_to_the_consumer_is_open_to_it_and_its_own_vpc():
    assert judged("only web and api may reach 10.0.1.10:443", "alias").verdict is Verdict.ALLOWED
    found = judged("only web may reach 10.0.1.10:443", "alias")
    assert found.verdict is Verdict.DENIED
    assert "(api) can open 10.0.1.10:443" in found.text


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("only wob may call orders", "did you mean `web`?"),
        ("only web can call orders", "`only web may call orders`"),
        ("only may call orders", "`only web may call orders`"),
        ("only web may call odres", "orders"),
        ("only web may call https://example.com/", "`only web may call orders`"),
    ],
)
def test_a_wrong_sentence_is_refused_with_the_way_out(sentence, words):
    assert words in refusal(f"{GUIDE}expect:\n  - {sentence}\n").help
