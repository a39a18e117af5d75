"""One estate as a design, a Terraform plan, templates, and deployed and collected: one answer, one snapshot.

Terraform plans and applies with the real provider. Each run makes a whole estate, networks and all, in about
20 seconds of computing; `NARROWGATE_EVERYTHING=1` runs every example by every way that fits it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
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

IN_CI = ("guide/hosted-zone",)


def cases() -> Iterator[str]:
    """Every example by every option that fits it."""
    for path in EXAMPLES:
        design = load_design(path)
        for option in OPTIONS:
            if option.applies(design).fits:
                yield f"{path.parent.name}/{option.name}"


CASES = [name for name in cases() if os.environ.get("NARROWGATE_EVERYTHING") or name in IN_CI]


@pytest.fixture(scope="module", params=CASES)
def sources(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sources]:
    folder = tmp_path_factory.mktemp("estate")
    example, option = request.param.split("/")
    with applied(example, option, terraform_environment(folder), folder) as found:
        yield found


def verdicts(source: Path, design: Path) -> list[tuple[str, str]]:
    answer = check_sources([source], Terms(fail_on=None, design=design))
    return [(each.expectation, str(each.verdict)) for each in answer.expectations]


def test_design_plan_templates_and_what_was_deployed_agree_in_every_verdict(sources: Sources) -> None:
    told = verdicts(sources.design, sources.design)
    assert len(told) >= 1
    assert verdicts(sources.plan, sources.design) == told
    assert verdicts(sources.stacks, sources.design) == told
    assert verdicts(sources.collected, sources.design) == told


def test_a_second_plan_is_empty(sources: Sources) -> None:
    assert "No changes. Your infrastructure matches the configuration." in sources.second_plan


def test_the_four_snapshots_are_equal_but_for_ids(sources: Sources) -> None:
    """Where they differ: Terraform closes a group by no rule, the others by a rule to nowhere (see `unlike`)."""
    found = {name: of_ours(each) for name, each in sources.snapshots().items()}
    assert differences(found["design"], found["templates"]) == []
    assert unlike(found["design"], found["plan"]) == []
    assert unlike(found["plan"], found["collected"]) == []


def narrowgate(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "narrowgate", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def differing(sources: Sources, after: Path) -> tuple[int, list[str], list[str]]:
    done = narrowgate("diff", sources.plan, after, "--format", "json")
    answer = json.loads(done.stdout)
    opened, closed = ([each["what"] for each in answer[name]] for name in ("opened", "closed"))
    return done.returncode, opened, closed


@pytest.mark.parametrize("sources", ["guide/hosted-zone"], indirect=True)
def test_drift_is_named_by_what_it_opens_and_closes(sources: Sources, tmp_path: Path) -> None:
    assert differing(sources, sources.collected) == (0, [], [])
    account, region = "111122223333", "us-east-1"
    ec2 = sources.aws.client(account, region, "ec2")

    # Somebody opens another endpoint to the requester.
    wanted = [{"Name": "service-name", "Values": [f"com.amazonaws.{region}.secretsmanager"]}]
    (other,) = ec2.describe_vpc_endpoints(Filters=wanted)["VpcEndpoints"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
    ec2.authorize_security_group_ingress(GroupId=other["Groups"][0]["GroupId"], IpPermissions=[rule])
    status, opened, closed = differing(sources, sources.collect_again(tmp_path / "opened"))
    assert (status, closed) == (1, [])
    assert opened
    assert all(each.startswith(f"tcp 443 of {other['VpcEndpointId']}") for each in opened)

    # Somebody takes the route to the API's network away.
    (table,) = [
        each
        for each in ec2.describe_route_tables()["RouteTables"]
        if {"Key": "Name", "Value": "requester"} in each["Tags"]
    ]
    ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="10.0.0.0/16")
    status, opened, closed = differing(sources, sources.collect_again(tmp_path / "closed"))
    assert (status, opened) == (0, [])
    assert any(each.startswith("GET orders prod/orders") for each in closed)
    assert any(each.startswith("tcp 443 of vpce-") for each in closed)
