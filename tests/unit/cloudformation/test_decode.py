"""Template text: YAML and JSON with lines; hostile text gives one clear error."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowgate.model.errors import InputError
from narrowgate.sources.cloudformation.decode import Tree, decode_template
from narrowgate.sources.cloudformation.recognise import is_template


def test_yaml_and_json_give_one_tree_with_lines() -> None:
    yaml = b"Resources:\n  Vpc:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock: !Ref Block\n"
    text = json.dumps(
        {"Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Ref": "Block"}}}}}, indent=1
    )
    first, second = decode_template(yaml, "a.yaml"), decode_template(text.encode(), "a.json")
    assert first == second
    assert isinstance(first["Resources"], Tree)
    assert first["Resources"].line_of("Vpc") == 2
    assert second["Resources"].line_of("Vpc") == 3


@pytest.mark.parametrize(
    ("content", "message", "where"),
    [
        (b"", "is empty", "t"),
        (b"- a\n", "its top is no mapping", "t:1"),
        (b"\xff\xfe", "not UTF-8", "t:1"),
        (b'{"Resources": {', "not JSON", "t:1:16"),
        (b'{"a": 1, "a": 2}', "stands here twice", "t:1"),
        (b"a: 1\na: 2\n", "stands here twice", "t:2"),
        (b"a: [1\nb: 2\n", "not YAML", "t:2:2"),
        (b"a:\n\t- b\n", "not YAML", "t:2:1"),
        (b"a: " + b"[" * 2000, "nested too deeply", "t:1"),
        (b'{"a": ' * 3000, "nested too deeply", "t"),
        (b"? [a]\n: b\n", "no text", "t:1"),
        (b"a: *missing\n", "not YAML", "t:1:4"),
        (b"x: " + b"y" * (1024 * 1024), "has 1,048,579 bytes", "t"),
    ],
)
def test_text_that_is_no_template_is_refused_with_its_place(content: bytes, message: str, where: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        decode_template(content, "t")
    assert caught.value.where == where


def test_anchors_that_explode_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(InputError, match="more than 400,000 values"):
        decode_template("\n".join(lines).encode(), "t")


def test_merge_keys_are_followed() -> None:
    tree = decode_template(b"base: &b {x: 1, y: 2}\nother:\n  <<: *b\n  y: 3\n", "t")
    assert tree["other"] == {"x": 1, "y": 3}


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_bytes_of_any_kind_give_a_tree_or_one_error(content: bytes) -> None:
    try:
        decode_template(content, "t")
    except InputError as error:
        assert str(error.where).startswith("t")


PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), PARTS, max_size=4))
@settings(max_examples=100, deadline=None)
def test_json_of_any_shape_is_read_as_json(value: dict[str, object]) -> None:
    assert decode_template(json.dumps(value).encode(), "t") == value


def test_only_templates_are_taken_for_templates(tmp_path: Path) -> None:
    def recognised(name: str, text: str) -> bool:
        (tmp_path / name).write_text(text)
        return is_template(tmp_path / name)

    assert recognised("a.yaml", "Resources:\n  V:\n    Type: AWS::EC2::VPC\n")
    assert recognised("a.json", '{"AWSTemplateFormatVersion": "x", "Resources": {"V": {"Type": "AWS::EC2::VPC"}}}')
    assert recognised("a.template", "# a comment\nResources: {V: {Type: 'Custom::Thing'}}\n")
    assert not recognised("b.yaml", "vpcs:\n  api: {cidr: 10.0.0.0/16}\n")
    assert not recognised("b.json", '{"Vpcs": []}')
    assert not recognised("plan.json", '{"format_version": "1.2", "resource_changes": [{"type": "aws_vpc"}]}')
    assert not recognised("a.txt", "Resources:\n  V:\n    Type: AWS::EC2::VPC\n")
