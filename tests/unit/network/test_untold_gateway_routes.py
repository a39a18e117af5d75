"""TGW-05: a gateway's route whose blocks nobody knows may be the longest, and a blackhole."""

import pytest
from tests.unit.network.estates import hubbed, missing

from narrowgate.model.answer import Verdict

_ROUTES = "ec2.search_transit_gateway_routes"


@pytest.mark.parametrize("named", [{}, {"PrefixListId": "pl-0fffffffffffffff1"}])
def test_a_route_without_blocks_leaves_the_choice_open(named):
    pair = hubbed()
    table = pair.extra["table"]
    pair.estate.ledger.answer(_ROUTES, table)["Routes"].append({**named, "Type": "static", "State": "blackhole"})
    answer = pair.ask()
    assert answer.verdict is Verdict.UNKNOWN
    assert (_ROUTES, table) in missing(answer)


def test_a_reference_to_a_list_that_tells_its_block_is_a_route_like_others():
    pair = hubbed()
    routes = pair.estate.ledger.answer(_ROUTES, pair.extra["table"])["Routes"]
    for each in routes:
        each["PrefixListId"] = "pl-0fffffffffffffff1"
    assert pair.ask().verdict is Verdict.ALLOWED
