"""Domain names: one spelling, whole labels, and nothing hostile gets through (DNS-10)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowgate.model.domain import is_in_domain, label_count, normalise, parents, parse_query_name
from narrowgate.model.errors import InputError


def test_case_and_trailing_dot_mean_nothing():
    assert normalise("API.Example.COM.") == "api.example.com" == parse_query_name("API.Example.COM.")


def test_route_53_s_escaped_asterisk_is_one():
    assert normalise("\\052.example.com.") == "*.example.com"


def test_matching_is_by_whole_labels():
    assert is_in_domain("a.execute-api.example", "execute-api.example")
    assert is_in_domain("execute-api.example", "execute-api.example")
    assert not is_in_domain("myexecute-api.example", "execute-api.example")
    assert is_in_domain("anything", "")


def test_parents_run_from_the_name_to_the_root():
    assert parents("a.b") == ("a.b", "b", "")
    assert [label_count(each) for each in parents("a.b")] == [2, 1, 0]


def test_international_names_become_ascii():
    assert parse_query_name("bücher.example") == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    "name", ["a..b", ".a", "a" * 64 + ".example", "x." * 150 + "example", "a b.example", "a\x00b", "a\nb"]
)
def test_what_is_no_name_is_refused(name):
    with pytest.raises(InputError):
        parse_query_name(name)


@given(st.text(max_size=300))
def test_any_text_is_a_name_or_an_input_error(text):
    try:
        name = parse_query_name(text)
    except InputError as error:
        assert len(error.message) < 200
    else:
        assert name == normalise(name)
        assert len(name) <= 253
