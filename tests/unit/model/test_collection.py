"""The pause of the search for cycles ends as it began, whatever happens inside."""

import gc

import pytest

from narrowgate.model.collection import without_cycle_search


def test_the_search_is_off_inside_and_on_again_after():
    with without_cycle_search():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_inside_ends_the_pause_too():
    with pytest.raises(ValueError, match="inside"), without_cycle_search():
        raise ValueError("inside")
    assert gc.isenabled()


def test_a_search_that_somebody_switched_off_stays_off():
    gc.disable()
    try:
        with without_cycle_search():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
