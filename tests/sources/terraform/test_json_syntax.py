"""Terraform's JSON syntax reads as its own language does, and what is wrong with it is told with its line."""

import json
from pathlib import Path

import pytest
from tests.canonical import differences
from tests.sources.terraform.reading import by_address

from narrowgate.api.sources import load
from narrowgate.sources.terraform.folder import plan_in
from narrowgate.sources.terraform.text import Texts
from narrowgate.sources.terraform.written import snapshot_by_text

LANGUAGE = """
variable "zones" {
  default = ["a", "b"]
}
locals {
  region = "eu-west-1"
  ports  = [443, 8443]
}
provider "aws" {
  region              = local.region
  allowed_account_ids = ["111122223333"]
}
resource "aws_vpc" "this" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  tags = { Name = "core ${local.region}", Team = "net$${x}" }
}
resource "aws_subnet" "this" {
  for_each          = toset(var.zones)
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, index(var.zones, each.key))
  availability_zone = "${local.region}${each.key}"
}
resource "aws_security_group" "this" {
  name   = "endpoint"
  vpc_id = aws_vpc.this.id
  dynamic "ingress" {
    for_each = local.ports
    iterator = port
    content {
      from_port   = port.value
      to_port     = port.value
      protocol    = "tcp"
      cidr_blocks = [aws_vpc.this.cidr_block]
    }
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_vpc_endpoint" "this" {
  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${local.region}.execute-api"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [for each in aws_subnet.this : each.id]
  security_group_ids  = [aws_security_group.this.id]
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Principal = "*", Resource = "*" }] })
}
"""

# Rules are arguments, not blocks, for the provider: in JSON each has to name all its fields.
NOTHING = {
    "from_port": 0,
    "to_port": 0,
    "description": "",
    "ipv6_cidr_blocks": [],
    "prefix_list_ids": [],
    "security_groups": [],
    "self": False,
}

JSON = {
    "//": "the same in JSON",
    "variable": {"zones": {"default": ["a", "b"]}},
    "locals": {"region": "eu-west-1", "ports": [443, 8443]},
    "provider": {"aws": [{"region": "${local.region}", "allowed_account_ids": ["111122223333"]}]},
    "resource": {
        "aws_vpc": {
            "this": {
                "cidr_block": "10.0.0.0/16",
                "enable_dns_hostnames": True,
                "tags": {"Name": "core ${local.region}", "Team": "net$${x}"},
            }
        },
        "aws_subnet": {
            "this": [
                {
                    "for_each": "${toset(var.zones)}",
                    "vpc_id": "${aws_vpc.this.id}",
                    "cidr_block": "${cidrsubnet(aws_vpc.this.cidr_block, 8, index(var.zones, each.key))}",
                    "availability_zone": "${local.region}${each.key}",
                }
            ]
        },
        "aws_security_group": {
            "this": {
                "name": "endpoint",
                "vpc_id": "${aws_vpc.this.id}",
                "dynamic": {
                    "ingress": {
                        "for_each": "${local.ports}",
                        "iterator": "port",
                        "content": {
                            "from_port": "${port.value}",
                            "to_port": "${port.value}",
                            "protocol": "tcp",
                            "cidr_blocks": ["${aws_vpc.this.cidr_block}"],
                        },
                    }
                },
                "egress": [{**NOTHING, "protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}],
                "lifecycle": {"create_before_destroy": True},
            }
        },
        "aws_vpc_endpoint": {
            "this": {
                "vpc_id": "${aws_vpc.this.id}",
                "service_name": "com.amazonaws.${local.region}.execute-api",
                "vpc_endpoint_type": "Interface",
                "private_dns_enabled": True,
                "subnet_ids": "${[for each in aws_subnet.this : each.id]}",
                "security_group_ids": ["${aws_security_group.this.id}"],
                "policy": '${jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Principal = "*", '
                'Resource = "*" }] })}',
            }
        },
    },
}


def in_json(folder: Path, content: object = JSON) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "main.tf.json").write_text(content if isinstance(content, str) else json.dumps(content, indent=2))
    return folder


def test_both_forms_of_one_estate_tell_the_same(tmp_path):
    (tmp_path / "language").mkdir()
    (tmp_path / "language" / "main.tf").write_text(LANGUAGE)
    here, there = (snapshot_by_text(each) for each in (tmp_path / "language", in_json(tmp_path / "json")))
    assert differences(here, there) == []
    assert here.facts.subnets and here.facts.vpc_endpoints
    (group,) = (each for each in there.facts.security_groups.values() if each.group_name == "endpoint")
    assert sorted(each.from_port for each in group.ip_permissions) == [443, 8443]
    assert there.facts.vpcs[by_address(there, "aws_vpc.this")].tags[1].value == "net${x}"


def test_facts_carry_the_line_of_their_block(tmp_path):
    read = snapshot_by_text(in_json(tmp_path))
    lines = (tmp_path / "main.tf.json").read_text().splitlines()
    place = read.place(by_address(read, "aws_vpc_endpoint.this"))
    assert place.source.endswith("main.tf.json")
    assert '"this": {' in lines[place.line - 1]
    assert '"aws_vpc_endpoint": {' in lines[place.line - 2]


def test_a_folder_of_json_alone_is_a_source_and_its_files_are_no_plan(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    read = load(in_json(tmp_path / "estate"))
    assert read.facts.vpc_endpoints
    assert "read by its text alone" in capsys.readouterr().err
    assert plan_in(tmp_path / "estate") is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"resource": {\n', "main.tf.json:2: set aside"),
        ('{\n"resource": {"aws_vpc": {"this": 7}}}', "main.tf.json:2: set aside"),
        ('{"resource": {"aws_vpc": {"this": {\n"cidr_block": "${aws_"}}}}', "main.tf.json:1: set aside"),
        ("[]", "main.tf.json:1: set aside"),
    ],
)
def test_what_is_not_understood_is_set_aside_with_its_line(tmp_path, content, words):
    texts = Texts(in_json(tmp_path, content))
    assert any(words in each for each in texts.warnings)
    assert texts.root.resources == {}
