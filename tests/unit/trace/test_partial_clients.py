"""A VPC of which not all subnets are known: what is seen of it decides nothing about the rest."""

import json

from narrowgate import api
from narrowgate.guide.estate import build_guide
from narrowgate.model.answer import Verdict
from narrowgate.sources.snapshot import Response, snapshot_from_responses
from narrowgate.sources.snapshot.operations import OPERATIONS


def _asked(is_cut_off: bool):
    guide = build_guide()
    responses = []
    for each in guide.estate.responses():
        if each.operation not in OPERATIONS:
            continue
        body = json.loads(json.dumps(each.body))
        if is_cut_off and each.operation == "ec2.describe_subnets":
            body["NextToken"] = "more"
        responses.append(
            Response(
                account=each.account,
                region=each.region,
                operation=each.operation,
                body=body,
                parameters=each.parameters,
                source=each.source,
            )
        )
    return api.trace(snapshot_from_responses(responses), guide.requester.vpc, guide.url)


def test_a_call_from_every_subnet_that_is_known_is_unknown_where_there_may_be_more():
    answer = _asked(is_cut_off=True)
    assert (answer.verdict, answer.symptom, answer.http) == (Verdict.UNKNOWN, None, None)
    assert any("ec2.describe_subnets" in missing.fact for missing in answer.unknowns)


def test_the_same_call_is_allowed_where_the_list_is_whole():
    assert _asked(is_cut_off=False).verdict is Verdict.ALLOWED
