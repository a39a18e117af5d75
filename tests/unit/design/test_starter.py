"""`init`: a starter that works as it stands, and designs that take over what a snapshot holds."""

import pytest
from tests.builders import snapshot_of
from tests.unit.design.designs import read

from narrowgate.api import design_checks, designs
from narrowgate.guide.estate import ORDERS, build_guide
from narrowgate.model.answer import Verdict
from narrowgate.model.design import Link
from narrowgate.model.errors import InputError
from narrowgate.sources.design.starter import STARTER, design_from_snapshot
from narrowgate.sources.design.starter_names import design_name

CONSUMERS = "\nconsumers:\n  web: {vpc: requester, may_call: [orders]}\n"


def test_the_starter_is_a_design_that_holds(tmp_path):
    path = tmp_path / "narrowgate.yaml"
    designs.write_design(path, STARTER)
    assert design_checks.check(path).verdict is Verdict.ALLOWED


def test_an_existing_file_is_never_touched(tmp_path):
    path = tmp_path / "narrowgate.yaml"
    path.write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        designs.write_design(path, STARTER)
    assert path.read_text() == "mine"


def test_a_snapshot_is_taken_over_with_its_ids():
    guide = build_guide(resolver=False)
    design = read(design_from_snapshot(snapshot_of(guide.estate), label="a snapshot") + CONSUMERS)
    api = design.vpc("api")
    assert (api.id, design.vpc("requester").id) == (guide.api.vpc, guide.requester.vpc)
    assert [subnet.id for subnet in api.subnets] == guide.api.subnets
    assert {subnet.route_table for subnet in api.subnets} == {guide.api.route_table}
    assert {each.service: each.id for each in api.endpoints}["execute-api"] == guide.endpoint
    assert [zone.name for zone in api.private_zones] == ["corp.internal"]
    assert (design.api("orders").id, design.api("orders").vpc, design.api("orders").stage) == (
        ORDERS,
        "api",
        "prod",
    )
    assert design.api("status").endpoint_type == "REGIONAL"
    assert [(link.kind, link.vpcs, link.id) for link in design.links] == [
        ("peering", ("requester", "api"), guide.peering)
    ]


def test_a_taken_over_estate_keeps_its_ids_in_what_is_judged():
    guide = build_guide(resolver=False)
    design = read(design_from_snapshot(snapshot_of(guide.estate), label="a snapshot") + CONSUMERS)
    answer = designs.compare_design(design)
    alias = next(each for each in answer.options if each.option == "alias")
    assert alias.works is Verdict.ALLOWED
    assert alias.calls[0].url.startswith(f"https://{ORDERS}-{guide.endpoint}.execute-api.us-east-1.amazonaws.com/")


def test_two_accounts_and_their_peering_are_taken_over():
    guide = build_guide(resolver=False, two_accounts=True)
    design = read(design_from_snapshot(snapshot_of(guide.estate), label="a snapshot") + CONSUMERS)
    assert (design.vpc("requester").account, design.vpc("api").account) == ("111122223333", "444455556666")
    assert isinstance(design.links[0], Link)


def test_an_estate_without_anything_says_so_instead_of_a_broken_design():
    from narrowgate.sources.synthetic.estate import Estate

    text = design_from_snapshot(snapshot_of(Estate()), label="nothing")
    with pytest.raises(InputError, match="`vpcs` is missing"):
        read(text)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Prod VPC (1)", "prod-vpc-1"),
        ("10.0 network", "x-10-0-network"),
        ("", "x"),
        ("é", "x"),
        ("a" * 60, "a" * 28),
    ],
)
def test_any_name_becomes_one_that_a_design_takes(name, expected):
    assert design_name(name) == expected
