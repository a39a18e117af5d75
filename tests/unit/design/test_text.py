"""YAML that is malformed, hostile or surprising: one error with a place, never a stack trace, never minutes."""

import pytest
from tests.unit.design.designs import GUIDE, read, refusal

from narrowgate.sources.design.text import MAX_BYTES, parse_yaml


def test_a_design_may_be_json():
    text = '{"region": "us-east-1", "vpcs": {"api": {"cidr": "10.0.0.0/16"}}}'
    assert read(text).vpc("api").cidrs == ("10.0.0.0/16",)


def test_a_key_that_stands_twice_is_refused_at_the_second_place():
    error = refusal(GUIDE + "region: eu-west-1\n")
    assert (error.where, error.help) == ("narrowgate.yaml:11:1", "the first one is in line 1")


def test_a_tab_is_named_where_it_indents():
    error = refusal("region: us-east-1\nvpcs:\n\tapi: {cidr: 10.0.0.0/16}\n")
    assert error.where == "narrowgate.yaml:3:1"
    assert "tab" in error.message


def test_a_tab_inside_a_block_of_text_is_text():
    value = parse_yaml(b"region: |\n  a\n  \tb\n", "narrowgate.yaml")
    assert {key.text(): each.text() for key, each in value.pairs()} == {"region": "a\n\tb\n"}


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("region: [us-east-1\n", "narrowgate.yaml:2:1", "not YAML"),
        ("region: us-east-1\n---\nregion: eu-west-1\n", "narrowgate.yaml:2:1", "second document"),
        ("region: !!python/object:os.system us-east-1\n", "narrowgate.yaml:1:9", "tag"),
        ("region: *nowhere\n", "narrowgate.yaml:1:9", "undefined alias"),
        ("base: &base {region: us-east-1}\n<<: *base\n", "narrowgate.yaml:2:1", "merge"),
        ("- region\n", "narrowgate.yaml:1:1", "starts with"),
        ("", "narrowgate.yaml", "empty"),
        ("region: us-east-1\nvpcs: &a [*a]\n", "narrowgate.yaml:2:7", "nested too deeply"),
    ],
)
def test_text_that_is_no_design_is_refused_with_its_place(text, where, words):
    error = refusal(text)
    assert error.where == where
    assert words in f"{error.message} {error.help}"


def test_anchors_that_multiply_are_refused_before_they_are_followed():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "once anchors are followed" in refusal("\n".join(lines)).message


def test_an_anchor_used_twice_is_followed():
    text = GUIDE.replace("{cidr: 10.1.0.0/16}", "{cidr: 10.1.0.0/16, azs: &two 2}").replace(
        "{cidr: 10.0.0.0/16}", "{cidr: 10.0.0.0/16, azs: *two}"
    )
    assert [len(vpc.subnets) for vpc in read(text).vpcs] == [2, 2]


def test_brackets_without_end_are_refused():
    assert "nested too deeply" in refusal("region: " + "[" * 4000).message


def test_a_huge_file_is_refused_by_its_size():
    assert "bytes" in refusal("#" * (MAX_BYTES + 1)).message


def test_text_in_another_encoding_is_refused_with_its_line():
    from narrowgate.model.errors import InputError

    with pytest.raises(InputError) as error:
        parse_yaml("region: us-east-1\n# größer\n".encode("latin-1"), "narrowgate.yaml")
    assert error.value.where == "narrowgate.yaml:2"


def test_a_byte_order_mark_is_passed_over():
    assert parse_yaml(b"\xef\xbb\xbfregion: us-east-1\n", "f").is_mapping
