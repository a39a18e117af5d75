"""The guide's broken forms by packets: each shows the symptom that the engine tells, where it says."""

import pytest

from narrowgate.api.lab_comparison import compare
from narrowgate.api.lab_questions import Question
from narrowgate.guide.broken import VARIATIONS, Case
from narrowgate.guide.folder import snapshot_of
from narrowgate.lab.observe import Query, observe
from narrowgate.model.answer import Verdict
from narrowgate.model.fact import name_tag
from narrowgate.model.laboratory import Compared
from narrowgate.model.snapshot import Snapshot


def _asked(snapshot: Snapshot, case: Case) -> Question:
    host = next(
        (own for own, each in snapshot.facts.instances.items() if name_tag(each.tags) == case.client), case.client
    )
    return Question(
        client=case.client,
        host=host,
        kind="call",
        target=case.url,
        method=case.method,
        headers=tuple(case.headers),
    )


def _compared(engine: Case, packets: Case) -> Compared:
    """What the engine says of one case beside what packets do in another."""
    known, real = snapshot_of(engine.guide.estate), snapshot_of(packets.guide.estate)
    question = _asked(real, packets)
    headers = tuple(
        (name.strip(), value.strip()) for name, _, value in (each.partition(":") for each in packets.headers)
    )
    query = Query(client=question.host, kind="call", target=packets.url, method=packets.method, headers=headers)
    return compare(known, question, observe(real, [query]).answers[0])


@pytest.mark.parametrize("name", sorted(VARIATIONS))
def test_packets_show_what_the_engine_tells(name):
    case = VARIATIONS[name].make()
    compared = _compared(case, case)
    if case.expected.verdict in (Verdict.UNKNOWN, Verdict.INDETERMINATE):
        assert compared.agrees is not False, compared
    else:
        assert compared.agrees is True, compared


PLANTED = {
    "route": "no-return-route",
    "network ACL": "api-acl-without-443-in",
    "security group": "endpoint-group-without-client-range",
    "DNS": "private-dns-off",
    "endpoint policy": "endpoint-policy-for-another-api",
    "resource policy": "no-resource-policy",
}


@pytest.mark.parametrize("layer", PLANTED)
def test_an_engine_that_overlooks_a_layer_is_found_out(layer):
    """The engine is told the working estate, packets meet the one with a fault in one layer."""
    working = VARIATIONS["policy-names-the-api-vpc"].make()
    assert working.expected.verdict is Verdict.ALLOWED
    broken = VARIATIONS[PLANTED[layer]].make()
    assert _compared(working, broken).agrees is False
