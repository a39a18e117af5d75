"""What several questions of one estate share: no answer may depend on which question came before it."""

import json
from itertools import permutations

import pytest
from tests.builders import build_guide, invoke_statement, policy_document, snapshot_of

from narrowgate import api
from narrowgate.guide.estate import ORDERS

NEAR, FAR = "10.1.1.77", "10.1.2.77"
"""Free addresses of two of the requester's subnets."""


def _guide(*, endpoint_policy=None, resource_policy=None):
    guide = build_guide()
    if endpoint_policy is not None:
        guide.estate.resource(guide.endpoint)["PolicyDocument"] = json.dumps(endpoint_policy)
    if resource_policy is not None:
        guide.estate.set_policy(ORDERS, resource_policy)
        guide.estate.deploy(ORDERS, "prod")
    return guide


def _unless_from(block):
    denied = invoke_statement("Deny", IpAddress={"aws:VpcSourceIp": block})
    return policy_document(*({**each, "Resource": "*"} for each in (invoke_statement("Allow"), denied)))


ONE_SOURCE = {
    "by the endpoint's policy": {"endpoint_policy": _unless_from("10.1.1.0/24")},
    "by the API's policy": {"resource_policy": _unless_from("10.1.1.0/24")},
    "by a policy variable": {
        "resource_policy": policy_document(
            invoke_statement("Allow", StringNotLike={"aws:SourceVpce": "${aws:VpcSourceIp}"})
            | {"Resource": "execute-api:/prod/GET/orders"},
            invoke_statement("Deny", StringLike={"aws:SourceVpc": "x"})
            | {"Resource": "execute-api:/prod/*/${aws:VpcSourceIp}"},
        )
    },
}


@pytest.mark.parametrize("made", ONE_SOURCE.values(), ids=ONE_SOURCE)
@pytest.mark.parametrize("path", ["/prod/orders", "/prod/no-such-path"])
def test_a_call_fares_alike_whoever_asked_before(made, path):
    guide = _guide(**made)
    url = f"https://{ORDERS}.execute-api.us-east-1.amazonaws.com{path}"
    clients = (NEAR, FAR, guide.requester.vpc)
    alone = {client: api.trace(snapshot_of(guide.estate), client, url) for client in clients}
    for order in permutations(clients):
        snapshot = snapshot_of(guide.estate)
        assert {client: api.trace(snapshot, client, url) for client in order} == alone


@pytest.mark.parametrize("path", ["/prod/orders", "/prod/no-such-path"])
def test_a_policy_that_names_a_source_tells_it_from_others(path):
    guide = _guide(endpoint_policy=_unless_from("10.1.1.0/24"))
    url = f"https://{ORDERS}.execute-api.us-east-1.amazonaws.com{path}"
    snapshot = snapshot_of(guide.estate)
    near, far = (api.trace(snapshot, client, url) for client in (NEAR, FAR))
    assert near.decided_by is not None and near.decided_by.layer == "endpoint_policy"
    assert far.decided_by is None or far.decided_by.layer == "http"
    # The whole VPC holds both, so it is told in parts.
    assert {each.symptom for each in api.trace(snapshot, guide.requester.vpc, url).paths} == {
        near.symptom,
        far.symptom,
    }


def test_clients_that_a_question_gives_groups_are_told_apart():
    guide = build_guide()
    bare = guide.estate.security_group(guide.requester.vpc, "bare", egress=[])
    snapshot = snapshot_of(guide.estate)
    subnet = guide.requester.subnets[0]
    given = [api.trace(snapshot, subnet, guide.url, security_groups=groups).verdict for groups in ((bare,), ())]
    assert given == ["denied", "allowed"]
