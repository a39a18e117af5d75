"""`exposure` and `diff` as commands."""

import json
from pathlib import Path

import jsonschema
from click.testing import CliRunner

from narrowgate.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
GUIDE = str(ROOT / "examples" / "guide" / "snapshot")
DESIGN = str(ROOT / "examples" / "guide" / "narrowgate.yaml")


def run(*arguments: str):
    return CliRunner().invoke(cli, list(arguments))


def test_a_design_s_exposure_marks_what_it_means():
    done = run("exposure", DESIGN, "--from", "requester")
    assert done.exit_code == 0
    assert "GET, POST /orders of orders" in done.output
    assert "2 calls (2 meant)" in done.output


def test_a_vpc_of_a_template_is_asked_by_its_logical_id_although_a_tag_names_it_otherwise(tmp_path):
    (tmp_path / "stack.json").write_text(
        json.dumps(
            {
                "Resources": {
                    "Own": {
                        "Type": "AWS::EC2::VPC",
                        "Properties": {"CidrBlock": "10.0.0.0/16", "Tags": [{"Key": "Name", "Value": "ours"}]},
                    }
                }
            }
        )
    )
    done = run("exposure", str(tmp_path / "stack.json"), "--from", "Own", "--to", "Own", "--format", "json")
    assert done.exit_code == 0
    assert len(json.loads(done.stdout)["consumers"]) == 1


def test_json_holds_to_the_published_schema():
    schema = json.loads((ROOT / "docs" / "schemas" / "narrowgate.exposure.schema.json").read_text())
    done = run("exposure", GUIDE, "--all", "--format", "json")
    answer = json.loads(done.stdout)
    jsonschema.validate(answer, schema)
    assert {"names", "sockets", "apis"} <= set(answer)


def test_the_inverse_question_and_markdown():
    done = run("exposure", GUIDE, "--api", "orders", "--format", "markdown")
    assert done.exit_code == 0
    assert "| open | GET, POST /orders of orders" in done.output


def test_a_baseline_is_kept_and_held(tmp_path):
    kept = str(tmp_path / "accepted.json")
    assert run("exposure", GUIDE, "--all", "--write-baseline", kept).exit_code == 0
    again = run("exposure", GUIDE, "--all", "--baseline", kept)
    assert again.exit_code == 0
    assert "Not in the baseline" in again.output


def test_diff_of_a_source_with_itself_is_empty():
    schema = json.loads((ROOT / "docs" / "schemas" / "narrowgate.diff.schema.json").read_text())
    done = run("diff", GUIDE, GUIDE, "--format", "json")
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    jsonschema.validate(answer, schema)
    assert answer["opened"] == answer["closed"] == answer["broken"] == []
