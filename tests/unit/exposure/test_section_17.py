"""The lists of the requester VPC say, for each way to connect, what the table of dns rules 17.1 says."""

from functools import cache

import pytest
from tests.builders import snapshot_of
from tests.unit.dns.test_connectivity_options import CELLS, MEANING, NAMES, world_of
from tests.unit.exposure.lists import entry_for, lost

from narrowgate.exposure.exposure import evaluate_exposure
from narrowgate.model.exposure import ExposedName, ExposureAnswer

PRIVATE = {"P", "L", "resolves", "private", "privateIP"}


@cache
def exposed(option: str) -> ExposureAnswer:
    world = world_of(option)
    return evaluate_exposure(snapshot_of(world.estate), [world.vpc])


def listed(option: str, name: str) -> ExposedName | None:
    """The entry for a name, by the way in which the row asks."""
    answer = exposed(option)
    direct = option.startswith(("direct", "9"))
    private = [each for each in answer.names if each.via.endswith("directly") is direct]
    return entry_for(private, name) or entry_for(answer.public_names, name)


@pytest.mark.parametrize(("option", "column", "cell"), CELLS, ids=[f"{row}: {name}" for row, name, _ in CELLS])
def test_a_name_is_listed_exactly_where_the_table_gives_it_a_private_answer(option, column, cell):
    entry = listed(option, NAMES[column](world_of(option)))
    if cell in PRIVATE:
        assert entry is not None
        assert (entry.state, entry.addresses, entry.unknowns) == ("open", MEANING[cell][2], ())
    else:
        assert entry is None


@pytest.mark.parametrize(
    ("option", "cell"),
    [(row, cell) for row, column, cell in CELLS if column == "PUB" and not row.startswith("direct")],
)
def test_the_public_api_is_lost_where_the_table_gives_its_name_no_public_answer(option, cell):
    name = NAMES["PUB"](world_of(option))
    answer = exposed(option)
    assert (lost(answer, name) is not None) is (cell != "pub")
    assert (lost(answer, "k9k9k9k9k9.execute-api.us-east-1.amazonaws.com") is not None) is (cell != "pub")


def test_everything_is_known_of_a_complete_estate():
    assert {exposed(option).verdict for option, _, _ in CELLS} == {"allowed"}


def test_asking_the_inbound_endpoint_is_a_way_only_where_its_group_admits_the_hosts():
    closed, opened = exposed("3 rule for the API"), exposed("direct question to the inbound endpoint")
    assert not any("directly" in each.via for each in closed.names)
    entry = entry_for([each for each in opened.names if "directly" in each.via], "db.corp.internal")
    assert entry is not None
    assert "IN-01" in [each.rule for each in entry.because]
    assert "SG-01" in [each.rule for each in entry.because]
