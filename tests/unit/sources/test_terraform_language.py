"""Terraform's language as far as reading needs it: what is computed, and what stays unknown."""

import pytest

from narrowgate.model.resource import GetAtt, Join, Ref, Unknown
from narrowgate.sources.terraform.evaluate import Scope, evaluate
from narrowgate.sources.terraform.hcl.functions import JsonText, NotComputed
from narrowgate.sources.terraform.hcl.parse import parse, parse_expression
from narrowgate.sources.terraform.hcl.scan import SyntaxProblem

ID = Ref("aws_vpc.this")


class World:
    """Variables by name; nothing else has a definition."""

    def __init__(self):
        self.values = {
            "one": 1,
            "names": ["b", "a"],
            "map": {"x": {"id": ID}, "y": {"id": "y-1"}},
            "id": ID,
            "unknown": Unknown("known after apply"),
            "null": None,
            "addresses": [GetAtt("e", "NetworkInterfaces.1"), GetAtt("e", "NetworkInterfaces.0")],
        }

    def variable(self, module, name):
        return self.values[name]

    def __getattr__(self, name):  # every other lookup
        def missing(*_):
            raise NotComputed(name)

        return missing


def value(source: str):
    return evaluate(parse_expression(source), Scope(module=()), World())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("!true || 2 >= 2 && 1 != 2", True),
        ('var.one == 1 ? "yes" : "no"', "yes"),
        ('"a-${var.one}-${upper("b")}"', "a-1-B"),
        ('"$${not} a \\"template\\""', '${not} a "template"'),
        ("[for each in var.names : upper(each)]", ["B", "A"]),
        ('[for at, each in var.names : "${at}${each}" if each != "a"]', ["0b"]),
        ("{ for key, each in var.map : upper(key) => each.id }", {"X": ID, "Y": "y-1"}),
        ("{ for each in var.names : each => true... }", {"b": [True], "a": [True]}),
        ("var.map.x.id", ID),
        ('var.map["y"].id', "y-1"),
        ("values(var.map)[*].id", [ID, "y-1"]),
        ("values(var.map).*.id", [ID, "y-1"]),
        ("var.names.1", "a"),
        ("concat([var.names, [var.id]]...)", ["b", "a", ID]),
        ('merge({ a = 1, b = 2 }, { "b" = 3 })', {"a": 1, "b": 3}),
        ("sort(var.names)", ["a", "b"]),
        ('cidrsubnet("10.1.0.0/16", 8, 3)', "10.1.3.0/24"),
        ('cidrhost("10.1.3.0/24", 5)', "10.1.3.5"),
        ('"${var.id}.example.com"', Join((ID, ".example.com"))),
        ('format("%s/32", var.id)', Join((ID, "/32"))),
        ('join(",", [var.id, "b"])', Join((ID, ",b"))),
        ("jsonencode({ a = [1] })", '{"a":[1]}'),
        ("jsonencode({ a = var.id })", JsonText({"a": ID})),
        ("try(var.map.z.id, var.one)", 1),
        ("var.id == null", False),
        ("var.null == null", True),
        ("coalesce(var.null, var.id)", ID),
        ('lookup({ a = 1 }, "b", 2)', 2),
        ("flatten([[1], [2, [3]]])", [1, 2, 3]),
        ("[1, 2,\n  3, # three\n]", [1, 2, 3]),
        ('{\n  a = 1\n  "b" : 2, c = [\n 3 ]\n}', {"a": 1, "b": 2, "c": [3]}),
        ("<<-END\n    a\n      ${var.one}\n  END\n", "a\n  1\n"),
    ],
)
def test_expressions_are_computed_as_terraform_does(source: str, expected):
    assert value(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "var.unknown == 1",
        "var.unknown ? 1 : 2",
        "upper(var.id)",
        "uuid()",
        "var.id.other",
        "length(var.unknown)",
        '"%{ if var.one == 1 }a%{ endif }"',
        'replace("abc", "/b/", "x")',
        "terraform.workspace",
        "range(99999999999)",
        '"x" * 99999999999',
        '"a" + "b"',
        "1 / 0",
        "range(0, 9, 0)",
        "element([], 1)",
        'cidrsubnet("10.0.0.0/8", 99999999999, 0)',
        'cidrsubnet("10.0.0.0/16", -4, 0)',
        'cidrsubnets("10.0.0.0/8", 2, 99)',
        'cidrsubnets("10.0.0.0/30", 1, 1, 1)',
        "setproduct(range(1000), range(1000), range(1000))",
        "slice([1], 0, 9)",
        "coalescelist([])",
        'regexall("(", "a")',
        "can(var.unknown)",
    ],
)
def test_what_nobody_can_tell_is_no_value(source: str):
    with pytest.raises(NotComputed):
        value(source)


def test_one_unknown_element_does_not_hide_the_others():
    found = value("{ a = 1, b = uuid() }")
    assert found["a"] == 1 and isinstance(found["b"], Unknown)


def test_addresses_of_one_resource_keep_their_order_when_sorted():
    assert value("sort(var.addresses)[0]") == GetAtt("e", "NetworkInterfaces.1")


def test_blocks_have_their_labels_and_lines():
    body = parse(
        '# first\n\nresource "aws_vpc" "this" {\n  cidr_block = "10.0.0.0/16"\n  tags { a = 1 }\n}\n', "main.tf"
    )
    (block,) = body.blocks
    assert (block.type, block.labels, block.line, block.file) == ("resource", ("aws_vpc", "this"), 3, "main.tf")
    assert block.body.attributes["cidr_block"].line == 4
    assert [each.type for each in block.body.blocks] == ["tags"]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ('a = "open', 1),
        ("a = 1\nb = [1, 2\n", 3),
        ("a {\n  b = 1\n", 3),
        ("x = ?\n", 1),
        ("a = <<EOT\ntext\n", 1),
        ("a = 1\n^", 2),
    ],
)
def test_broken_text_is_told_with_its_line(source: str, line: int):
    with pytest.raises(SyntaxProblem) as told:
        parse(source)
    assert told.value.line in (line, line - 1)
