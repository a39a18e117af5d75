"""`demo` as whoever has just cloned the repository meets it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import msgspec
import pytest

from narrowgate.api import demo
from narrowgate.api.sources import load
from narrowgate.guide.design import guide_design, guide_design_text
from narrowgate.model.answer import Verdict
from narrowgate.model.demonstration import DemoAnswer
from narrowgate.model.laboratory import LabAnswer
from narrowgate.report.schema import json_schema
from narrowgate.sources.terraform.written import snapshot_by_text

ROOT = Path(__file__).parents[2]
COLUMNS = 100
TWO_SCREENS = 90
TOOK = re.compile(r"\(\d+\.\d\d s( in all)?\)")
ANSI = re.compile(r"\x1b\[[\d;]*m")


def need_lab(told):
    """Skip where no lab can run; in CI one always can."""
    missing = re.search(r"not on this machine: (.*)", told)
    if missing and "CI" not in os.environ:
        pytest.skip(f"no lab here: {missing[1]}")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def told(narrowgate, scratch):
    """What the demo prints where neither Terraform nor a packet filter is on the path."""
    nothing = scratch / "nothing"
    nothing.mkdir()
    done = narrowgate("demo", PATH=str(nothing), TMPDIR=str(scratch))
    nothing.rmdir()
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def answer(narrowgate):
    done = narrowgate("demo", "--format", "json")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_story_has_every_step_in_its_order_with_how_long_it_took(told):
    heads = [line for line in told.splitlines() if TOOK.search(line)]
    words = (
        "Compare",
        "Generate hosted-zone as Terraform",
        "Break",
        "Fix",
        "Send real packets",
        "Beside",
        "Try next",
    )
    assert [word for word, line in zip(words, heads, strict=True) if word in line] == list(words)


def test_the_generated_code_lets_the_call_through_and_the_broken_code_does_not(told):
    whole, broken = re.findall(r"(.) GET https://\S+/prod/orders: (.*)", told)
    assert whole == ("✓", "HTTP 200")
    assert broken == ("✗", "a connection time-out")
    assert "7 of 7 expectations of the design hold" in told
    assert "4 of 7 expectations of the design hold" in told


def test_the_repair_is_the_route_that_was_left_out(told):
    assert re.search(r"✓ api_route_table: route 10\.1\.0\.0/16 to requester_to_api_peering \[PCX-05\]", told)
    assert "$ aws ec2 create-route --route-table-id rtb-" in told


def test_packets_do_what_the_engine_says(told):
    need_lab(told)
    right, every = re.search(r"(\d+) of (\d+) answers of the engine are what packets do", told).groups()
    assert right == every
    for seen in ("http_200", "dns_nxdomain", "connect_timeout"):
        assert f"✓ {seen}" in told


def test_without_the_lab_s_packages_it_says_so_and_goes_on():
    script = "import sys; sys.modules['hypercorn'] = None; from narrowgate.cli.main import main; main(['demo'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    if sys.platform.startswith("linux"):
        assert "· not on this machine: extra: " in done.stdout
        assert "pip install 'narrowgate[lab]'" in done.stdout
    assert "broken forms" in done.stdout


def test_the_broken_and_recorded_estates_are_told_as_the_rule_book_says(told):
    right, every = re.search(r"(\d+) of (\d+) broken forms", told).groups()
    assert right == every
    assert told.count("recorded from AWS") == 2


def test_it_fits_two_screens_in_plain_text(told):
    lines = told.splitlines()
    assert len(lines) <= TWO_SCREENS
    assert [line for line in lines if len(line) > COLUMNS] == []
    assert not ANSI.search(told)


def test_colour_changes_nothing_but_the_colour(narrowgate, told):
    coloured = narrowgate("demo", FORCE_COLOR="1").stdout
    assert ANSI.search(coloured)
    assert TOOK.sub("", ANSI.sub("", coloured)) == TOOK.sub("", told)


def test_nothing_is_left_behind(told, scratch):
    assert told
    assert list(scratch.iterdir()) == []


def test_what_to_try_next_works(narrowgate, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    calls = re.findall(r"^  narrowgate (.*?) *#", told, flags=re.MULTILINE)
    assert len(calls) >= 4
    for call in calls:
        done = narrowgate(*call.split())
        assert done.returncode == 0, (call, done.stderr)


def test_what_is_kept_can_be_asked_further(narrowgate, tmp_path):
    folder = tmp_path / "kept"
    done = narrowgate("demo", "--keep", folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "narrowgate.yaml").read_text() == guide_design_text()
    whole, broken = (snapshot_by_text(folder / each).facts.route_tables for each in ("terraform", "broken"))
    routes = [sum(len(table.routes) for table in tables.values()) for tables in (whole, broken)]
    assert routes[1] == routes[0] - 1
    for call in re.findall(r"^  narrowgate (\w+ .*?kept\S*(?: --\w+)?) *#", done.stdout, flags=re.MULTILINE):
        asked = narrowgate(*call.split())
        assert asked.returncode == 0, (call, asked.stderr)
    again = narrowgate("demo", "--keep", folder)
    assert again.returncode == 2


def test_a_folder_that_cannot_be_made_is_bad_input(narrowgate, tmp_path):
    (tmp_path / "file").write_text("")
    done = narrowgate("demo", "--keep", tmp_path / "file" / "kept")
    assert done.returncode == 2
    assert "cannot be made: " in done.stderr


def test_the_demo_writes_its_snapshot_once(narrowgate, tmp_path):
    folder = tmp_path / "guide"
    done = narrowgate("demo", "--write", folder, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert Path(folder / "snapshot.json").exists()
    assert load(folder).facts.vpcs
    again = narrowgate("demo", "--write", folder, "--format", "json")
    assert again.returncode == 2


def test_as_json_it_is_one_answer_of_the_published_schema(answer):
    jsonschema.validate(json.loads(answer), json.loads(json_schema("demo")))
    found = msgspec.json.decode(answer, type=DemoAnswer)
    assert (found.verdict, found.broken.trace.verdict) == (Verdict.ALLOWED, Verdict.DENIED)
    assert found.broken.trace.decided_by is not None
    assert found.broken.trace.decided_by.text.endswith(
        '(module.us_east_1.aws_route_table.this["api_route_table"] at modules/us-east-1/network.tf:64)'
    )


def test_as_json_it_is_the_same_each_time(answer, narrowgate):
    assert narrowgate("demo", "--format", "json").stdout == answer


def test_a_story_that_goes_wrong_anywhere_does_not_hold(answer):
    found = msgspec.json.decode(answer, type=DemoAnswer)
    assert demo.is_as_it_should_be(found)
    assert demo.is_as_it_should_be(msgspec.structs.replace(found, packets=None))
    wrong = {
        "generated": found.broken,
        "broken": found.generated,
        "fix": msgspec.structs.replace(found.fix, changes=()),
        "packets": LabAnswer(verdict=Verdict.DENIED, source="", compared=()),
        "forms": (msgspec.structs.replace(found.forms[0], is_expected=False), *found.forms[1:]),
    }
    for name, part in wrong.items():
        assert not demo.is_as_it_should_be(msgspec.structs.replace(found, **{name: part})), name


def test_the_design_is_that_of_the_examples():
    assert guide_design_text() == (ROOT / "examples" / "guide" / "narrowgate.yaml").read_text()
    with guide_design() as path:
        assert path.read_text() == guide_design_text()


def test_the_readme_shows_what_the_demo_prints(told):
    need_lab(told)
    page = (ROOT / "README.md").read_text()
    block = re.search(r"```console\n\$ narrowgate demo\n(.*?)```", page, flags=re.DOTALL)[1]
    shown = [line.strip() for line in TOOK.sub("", block).splitlines() if line.strip() not in ("", "…")]
    printed = iter(line.strip() for line in TOOK.sub("", told).splitlines())
    assert len(shown) > 20
    assert [line for line in shown if line not in printed] == []
