"""Interval sets obey set algebra; blocks hold what they should."""

from ipaddress import ip_address, ip_network
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowgate.model.address import IntervalSet, parse_address, parse_cidr
from narrowgate.model.errors import InputError

intervals = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6).map(
    lambda pairs: IntervalSet((min(pair), max(pair)) for pair in pairs)
)


def members(found: IntervalSet) -> set[int]:
    return {value for first, last in found for value in range(first, last + 1)}


@given(intervals, intervals)
def test_interval_sets_are_sets(one, other):
    assert members(one | other) == members(one) | members(other)
    assert members(one & other) == members(one) & members(other)
    assert members(one - other) == members(one) - members(other)
    assert len(one) == len(members(one))


@given(intervals)
def test_intervals_are_sorted_disjoint_and_apart(found):
    pieces = list(found)
    assert all(first <= last for first, last in pieces)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(pieces))


@given(st.ip_addresses(v=4), st.integers(0, 32), st.ip_addresses())
def test_blocks_hold_what_the_standard_library_says(base, length, address):
    block = parse_cidr(f"{base}/{length}")
    standard = ip_network(f"{base}/{length}", strict=False)
    held = address.version == 4 and address in standard
    assert block.holds(parse_address(str(address))) is held


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.0.0.0/33",
        "300.1.1.1",
        "10.0.0.1/x",
        "::/129",
        "10.0.0",
        "10.0.0.01",
        "10.0.0.0/",
        "1.2.3.4.5",
        "/8",
    ],
)
def test_what_is_no_block_is_an_input_error(text):
    with pytest.raises(InputError):
        parse_cidr(text)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_an_input_error(text):
    try:
        parsed = parse_address(text)
    except InputError:
        return
    assert ip_address(str(parsed)).version == parsed.family
