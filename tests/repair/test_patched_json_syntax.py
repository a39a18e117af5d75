"""Patches of `.tf.json` files: new resources, and values where they stand; what is computed is told."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.repair.test_patches import TERRAFORM, by_text, goal_of, mended, without

from narrowgate.api.repairs import fix_source

__all__ = ["by_text"]

TABLE = {"vpc_id": "${aws_vpc.api.id}"}
PEERING = {"vpc_id": "${aws_vpc.web.id}", "peer_vpc_id": "${aws_vpc.api.id}", "auto_accept": False}


def folder(place: Path, text: str, kind: str, name: str, arguments: dict[str, Any]) -> Path:
    """A configuration of which one resource is written in JSON syntax."""
    source = place / "infra"
    source.mkdir()
    block = re.search(rf'resource "{kind}" "{name}" \{{\n.*?\n\}}\n', text, re.DOTALL)
    assert block is not None
    (source / "main.tf").write_text(text.replace(block[0], ""))
    whole = {"resource": {kind: {name: arguments}}}
    (source / "other.tf.json").write_text(json.dumps(whole, indent=2) + "\n")
    return source


def test_a_resource_is_added_in_the_syntax_of_its_neighbour(tmp_path, by_text):
    broken = without(TERRAFORM, 'resource "aws_route" "back"')
    source = folder(tmp_path, broken, "aws_route_table", "api", TABLE)
    answer = mended(source, source)
    assert "+++ b/other.tf.json" in answer.patch
    written = json.loads((source / "other.tf.json").read_text())["resource"]["aws_route"]
    assert [each["route_table_id"] for each in written.values()] == ["${aws_route_table.api.id}"]


def test_a_value_is_changed_where_it_stands(tmp_path, by_text):
    source = folder(tmp_path, TERRAFORM, "aws_vpc_peering_connection", "this", PEERING)
    answer = mended(source, source)
    assert '+        "auto_accept": true' in answer.patch


@pytest.mark.parametrize(
    ("value", "told"), [("${var.accept}", "`${var.accept}`"), ("${local.accept}", "`${local.accept}`")]
)
def test_a_computed_value_is_told_with_its_line(value, told, tmp_path, by_text):
    source = folder(tmp_path, TERRAFORM, "aws_vpc_peering_connection", "this", PEERING | {"auto_accept": value})
    extra = 'variable "accept" {\n  default = false\n}\nlocals {\n  accept = false\n}\n'
    (source / "more.tf").write_text(extra)
    answer = fix_source(source, [goal_of(source)])
    (said,) = (each for step in answer.changes for each in step.by_hand)
    assert answer.patch == ""
    assert told in said
    assert "other.tf.json:" in said


def test_what_is_listed_inside_a_resource_stays_inside_it(tmp_path, by_text):
    inside = {
        "route": [
            {"cidr_block": "10.77.0.0/16", "vpc_peering_connection_id": "${aws_vpc_peering_connection.this.id}"}
        ]
    }
    broken = without(TERRAFORM, 'resource "aws_route" "back"')
    source = folder(tmp_path, broken, "aws_route_table", "api", TABLE | inside)
    answer = fix_source(source, [goal_of(source)])
    assert answer.patch == ""
    assert any("`route` is written inside it" in each for step in answer.changes for each in step.by_hand)
