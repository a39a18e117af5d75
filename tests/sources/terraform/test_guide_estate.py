"""The guide's estate as hand-written Terraform tells what the design tells, and is judged alike."""

import pytest
from tests.sources.terraform.reading import GUIDE, alone, by_address, copy_of, unlike

from narrowgate.api import questions
from narrowgate.api.audits import Terms, check_sources
from narrowgate.api.designs import load_design, meant_option
from narrowgate.api.sources import load
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.resources.build import build_world

DESIGN = GUIDE.parents[3] / "examples" / "guide-repaired" / "narrowgate.yaml"
PLAN = GUIDE / "plan.json"


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return load(PLAN)


def url(snapshot: Snapshot, name: str, path: str) -> str:
    api = next(own for own, each in snapshot.facts.rest_apis.items() if each.name == name)
    return f"https://{api}.execute-api.us-east-1.amazonaws.com/prod{path}"


def test_a_plan_with_its_text_tells_what_the_design_tells():
    read, design = load(PLAN), load_design(DESIGN)
    # The list of the option itself: logs and alarms, which a design adds, are no part of this estate.
    designed = build_world(meant_option(design, DESIGN).resources(design)).snapshot
    assert unlike(designed, read) == []
    assert read.warnings == ()


@pytest.mark.parametrize(
    ("api", "method", "path"),
    [
        ("orders", "GET", "/orders"),
        ("orders", "POST", "/orders"),
        ("orders", "DELETE", "/orders"),
        ("orders", "GET", "/orders/17"),
        ("status", "GET", "/status"),
    ],
)
def test_calls_are_judged_as_those_of_the_design(snapshot: Snapshot, api: str, method: str, path: str):
    answers = [
        questions.trace(each, "10.1.1.20", url(each, api, path), method=method)
        for each in (load(DESIGN), snapshot)
    ]
    assert answers[0].verdict is answers[1].verdict
    assert answers[0].symptom == answers[1].symptom


def test_facts_carry_file_line_and_address(snapshot: Snapshot):
    own = by_address(snapshot, "aws_security_group.execute_api")
    place = snapshot.place(own)
    assert place.source.endswith("guide/main.tf")
    text = (GUIDE / "main.tf").read_text().splitlines()
    assert text[place.line - 1] == 'resource "aws_security_group" "execute_api" {'
    inside = snapshot.place(by_address(snapshot, 'module.api.aws_subnet.this["b"]'))
    assert inside.source.endswith("guide/network/main.tf")


def test_a_plan_whose_endpoint_group_lacks_the_callers_range_is_refused_with_file_and_line(tmp_path):
    estate = copy_of(GUIDE, tmp_path)
    plan = estate / "plan.json"
    plan.write_text(plan.read_text().replace('"cidr_ipv4":"10.1.1.0/24"', '"cidr_ipv4":"10.7.1.0/24"'))
    read = load(plan)
    answer = questions.trace(read, "10.1.1.20", url(read, "orders", "/orders"))
    assert answer.verdict is Verdict.DENIED
    assert answer.decided_by is not None and answer.decided_by.layer == "security_group"
    line = (estate / "main.tf").read_text().splitlines().index('resource "aws_security_group" "execute_api" {') + 1
    assert f"main.tf:{line}" in answer.decided_by.text
    checked = check_sources([plan], Terms(fail_on=None, design=DESIGN))
    assert checked.verdict is Verdict.PARTIAL
    assert checked.decided_by is not None and f"main.tf:{line}" in checked.decided_by.text


def test_without_its_text_the_plan_says_what_it_does_not_hold_and_how_to_tell_it(tmp_path):
    read = load(alone(PLAN, tmp_path))
    answer = questions.trace(read, "10.1.1.20", url(read, "orders", "/orders"))
    assert answer.verdict is Verdict.UNKNOWN
    assert any("put the plan beside its `.tf` files" in each for each in read.warnings)


def test_an_errored_expression_in_the_text_is_no_answer(tmp_path):
    """`local.endpoint_id` computed by a function that is not known here: the policy is unknown, not open."""
    estate = copy_of(GUIDE, tmp_path)
    main = estate / "main.tf"
    main.write_text(
        main.read_text().replace("= aws_vpc_endpoint.execute_api.id\n  methods", '= uuidv5("dns", "x")\n  methods')
    )
    read = load(estate / "plan.json")
    answer = questions.trace(read, "10.1.1.20", url(read, "orders", "/orders"))
    assert answer.verdict is Verdict.UNKNOWN
    assert any("uuidv5" in each for each in read.warnings)


def test_resources_are_named_by_their_address(snapshot: Snapshot):
    answer = questions.trace(
        snapshot,
        'module.requester.aws_subnet.this["a"]',
        "https://${aws_api_gateway_rest_api.orders.id}.execute-api.us-east-1.amazonaws.com/prod/orders",
    )
    assert answer.verdict is Verdict.ALLOWED
    flow = questions.Flow(port=443)
    assert questions.reach(snapshot, "10.1.1.20", "aws_vpc_endpoint.execute_api", flow).verdict is Verdict.ALLOWED


def test_an_address_that_is_not_there_is_refused_with_the_nearest(snapshot: Snapshot):
    with pytest.raises(InputError) as told:
        questions.trace(snapshot, "10.1.1.20", "https://${aws_api_gateway_rest_api.order.id}.example.com/")
    assert "aws_api_gateway_rest_api.orders" in told.value.help


def test_the_expectations_of_a_design_hold_in_its_plan():
    answer = check_sources([PLAN], Terms(fail_on=None, design=DESIGN))
    assert answer.verdict is Verdict.ALLOWED
    assert len(answer.expectations) == 6
    places = [each.location for each in answer.findings if each.location is not None]
    assert places and all(each.file.endswith("main.tf") and each.line for each in places)


def test_a_design_whose_networks_are_not_in_the_plan_is_one_clear_error(tmp_path):
    design = tmp_path / "narrowgate.yaml"
    design.write_text(DESIGN.read_text().replace("10.1.0.0/16", "10.77.0.0/16").replace("requester", "another"))
    with pytest.raises(InputError) as told:
        check_sources([PLAN], Terms(design=design))
    assert "the design's `Another" in told.value.message and "Name tags" in told.value.help
