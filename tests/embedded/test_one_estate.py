"""One estate as a design, a Terraform plan, templates, and deployed and collected: one answer, one snapshot.

Terraform plans and applies with the real provider. Each case makes a whole estate, networks and all, in about 17
seconds of computing, and is one test, so that it is made once. `NARROWGATE_EVERYTHING=1` makes the guide by
every way, and every example's by its own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.canonical import differences
from tests.embedded.one_estate import Sources, applied, of_ours
from tests.sources.terraform.reading import unlike
from tests.tools import terraform_environment
from tests.unit.design.designs import EXAMPLES

from narrowgate.api.audits import Terms, check_sources
from narrowgate.options.registry import OPTIONS
from narrowgate.sources.design.read import load_design

pytestmark = pytest.mark.judge

IN_CI = ("guide/hosted-zone", "hub/transit-gateway-hosted-zone", "custom-domain/custom-domain")
DRIFTED = "guide/hosted-zone"
NOT_HELD: Mapping[str, str] = {
    "guide/lattice": "moto has no VPC Lattice",
    "guide/custom-dns": "no AWS API tells what a DNS server of one's own answers",
    "guide/custom-dns-in-api-vpc": "the same",
    "on-premises/alias": "no Terraform and no template makes a network outside AWS",
}
"""What the four sources cannot tell alike, and why."""


def cases() -> Iterator[str]:
    """The guide by every option that fits it, and each example by its own, else by the first that fits."""
    for path in EXAMPLES:
        design = load_design(path)
        fitting = [each.name for each in OPTIONS if each.applies(design).fits]
        own = [design.via] if design.via in fitting else fitting[:1]
        yield from (f"{path.parent.name}/{name}" for name in (fitting if path.parent.name == "guide" else own))


CASES = tuple(cases())
HELD = tuple(name for name in CASES if name not in NOT_HELD)


def verdicts(source: Path, design: Path) -> list[tuple[str, str]]:
    answer = check_sources([source], Terms(fail_on=None, design=design))
    return [(each.expectation, str(each.verdict)) for each in answer.expectations]


def agree(sources: Sources) -> None:
    """In every verdict, and a second plan is empty; then in every fact but ids.

    Terraform closes a group by no rule, the others by a rule to nowhere: `unlike` takes these for one.
    """
    told = verdicts(sources.design, sources.design)
    assert len(told) >= 1
    assert verdicts(sources.plan, sources.design) == told
    assert verdicts(sources.stacks, sources.design) == told
    assert verdicts(sources.collected, sources.design) == told
    assert "No changes. Your infrastructure matches the configuration." in sources.second_plan
    found = {name: of_ours(each) for name, each in sources.snapshots().items()}
    assert differences(found["design"], found["templates"]) == []
    assert unlike(found["design"], found["plan"]) == []
    assert unlike(found["plan"], found["collected"]) == []


def differing(sources: Sources, after: Path) -> tuple[int, list[str], list[str]]:
    """What `narrowgate diff` says of the plan and a snapshot: status, what opened, what closed."""
    command = [sys.executable, "-m", "narrowgate", "diff", str(sources.plan), str(after), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    answer = json.loads(done.stdout)
    opened, closed = ([each["what"] for each in answer[name]] for name in ("opened", "closed"))
    return done.returncode, opened, closed


def drift(sources: Sources, folder: Path) -> None:
    """None after the deployment; then what somebody opens and closes by hand is named."""
    assert differing(sources, sources.collected) == (0, [], [])
    ec2 = sources.aws.client("111122223333", "us-east-1", "ec2")

    # Another endpoint is opened to the requester.
    wanted = [{"Name": "service-name", "Values": ["com.amazonaws.us-east-1.secretsmanager"]}]
    (other,) = ec2.describe_vpc_endpoints(Filters=wanted)["VpcEndpoints"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
    ec2.authorize_security_group_ingress(GroupId=other["Groups"][0]["GroupId"], IpPermissions=[rule])
    status, opened, closed = differing(sources, sources.collect_again(folder / "opened"))
    assert (status, closed) == (1, [])
    assert opened
    assert all(each.startswith(f"tcp 443 of {other['VpcEndpointId']}") for each in opened)

    # The route to the API's network is taken away.
    (table,) = [
        each
        for each in ec2.describe_route_tables()["RouteTables"]
        if {"Key": "Name", "Value": "requester"} in each["Tags"]
    ]
    ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="10.0.0.0/16")
    status, opened, closed = differing(sources, sources.collect_again(folder / "closed"))
    assert opened == []
    assert any(each.startswith("GET orders prod/orders") for each in closed)
    assert any(each.startswith("tcp 443 of vpce-") for each in closed)


@pytest.mark.parametrize("name", HELD if os.environ.get("NARROWGATE_EVERYTHING") else IN_CI)
def test_design_plan_templates_and_what_was_deployed_are_one_estate(name: str, tmp_path: Path) -> None:
    example, option = name.split("/")
    with applied(example, option, terraform_environment(tmp_path), tmp_path) as sources:
        agree(sources)
        if name == DRIFTED:
            drift(sources, tmp_path)


def test_what_is_held_and_what_is_not_are_cases_that_there_are() -> None:
    assert set(NOT_HELD) <= set(CASES)
    assert set(IN_CI) <= set(HELD)
    assert DRIFTED in IN_CI


@pytest.mark.skipif(
    not os.environ.get("NARROWGATE_EVERYTHING"), reason="each takes a minute; NARROWGATE_EVERYTHING=1"
)
@pytest.mark.parametrize("name", NOT_HELD)
def test_what_is_not_held_still_is_not(name: str, tmp_path: Path) -> None:
    """When this fails, take the case out of the list: it is held now."""
    example, option = name.split("/")
    with (
        pytest.raises((AssertionError, KeyError)),
        applied(example, option, terraform_environment(tmp_path), tmp_path) as sources,
    ):
        agree(sources)
