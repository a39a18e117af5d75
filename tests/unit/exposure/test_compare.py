"""Baselines and differences: by names, port sets and calls, not by resources."""

import gc
import json
import weakref

import pytest
from tests.builders import build_guide, snapshot_of, tcp

from narrowgate.api import baselines
from narrowgate.exposure.compare import differences
from narrowgate.exposure.diff import evaluate_diff
from narrowgate.exposure.exposure import evaluate_exposure
from narrowgate.exposure.held import contents, renamer
from narrowgate.exposure.names.public import _same_public, same_public_names
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
from narrowgate.model.exposure import ExposedName, ExposureAnswer


def answer_of(guide):
    return evaluate_exposure(snapshot_of(guide.estate), [guide.requester.vpc])


def opened_database():
    guide = build_guide()
    group = guide.api.host_group
    guide.api.estate.set_permissions(group, ingress=[tcp(5432, "10.0.0.0/16"), tcp(5432, "10.1.0.0/16")])
    return guide


def test_an_estate_is_no_different_from_itself():
    found = evaluate_diff(snapshot_of(build_guide().estate), snapshot_of(build_guide().estate))
    assert (found.verdict, found.opened, found.closed, found.broken) == ("allowed", (), (), ())


def test_names_of_a_matched_endpoint_are_one_whatever_is_made_up_in_them():
    ours, theirs = "vpce-0123456789abcdef0", "vpce-0fedcba9876543210"
    rename = renamer({theirs: ours, f"{theirs}-zyxwvuts": f"{ours}-abcdefgh"})
    name = "-us-east-1a.execute-api.us-east-1.vpce.amazonaws.com"
    assert rename(f"{theirs}-zyxwvuts{name}") == f"{ours}-abcdefgh{name}"
    # Nobody told that the other part is made up of the same endpoint: only the id is said otherwise.
    assert rename(f"{theirs}-qqqqqqqq{name}") == f"{ours}-qqqqqqqq{name}"
    assert rename(f"{theirs}{name}") == f"{ours}{name}"


def names(*found):
    """Names of one VPC with the targets that they lead to."""
    return contents(answer_with(*(entry(name, target) for name, target in found)))


def entry(name, target, *, consumers=("vpc",), but_not=(), state="open"):
    return ExposedName(
        name=name, target=target, via="its own resolver", consumers=consumers, but_not=but_not, state=state
    )


def answer_with(*found):
    return ExposureAnswer(verdict=Verdict.ALLOWED, source="", consumers=(), names=found)


def test_a_name_that_a_pattern_held_is_nothing_new_unless_something_nearer_said_otherwise():
    after = names(("a.api.example.com", "vpce-1"))
    assert differences(names(("*.example.com", "vpce-1")), after) == ()
    assert differences(names(("*.example.com", "vpce-2")), after) != ()
    assert differences(names(("*.example.com", "vpce-1"), ("*.api.example.com", "vpce-2")), after) != ()
    assert differences(names(("*.example.com", "vpce-1"), ("a.api.example.com", "vpce-2")), after) != ()
    assert differences(names(("*.example.org", "vpce-1")), after) != ()
    but = entry("*.example.com", "vpce-1", but_not=("a.api.example.com",))
    assert differences(contents(answer_with(but)), after) != ()


def test_of_vpcs_that_get_a_name_now_those_that_a_pattern_gave_it_before_are_left_out():
    pattern = entry("*.example.com", "vpce-1", consumers=("vpc-1", "vpc-3"))
    now = entry("a.example.com", "vpce-1", consumers=("vpc-1", "vpc-2", "vpc-3", "vpc-4"))
    (found,) = differences(contents(answer_with(pattern)), contents(answer_with(now)))
    assert found.consumers == ("vpc-2", "vpc-4")


def test_what_some_vpcs_held_is_new_for_the_others_and_for_those_that_hold_it_more_surely():
    before = answer_with(entry("a.example.com", "vpce-1", consumers=("vpc-1", "vpc-2"), state="unknown"))
    more = answer_with(entry("a.example.com", "vpce-1", consumers=("vpc-3", "vpc-2", "vpc-4")))
    (found,) = differences(contents(before), contents(more))
    assert found.consumers == ("vpc-3", "vpc-2", "vpc-4")
    same = answer_with(entry("a.example.com", "vpce-1", consumers=("vpc-2", "vpc-4"), state="unknown"))
    (found,) = differences(contents(before), contents(same))
    assert found.consumers == ("vpc-4",)


def test_what_both_say_alike_is_set_aside_and_the_patterns_of_the_whole_still_count():
    pattern = entry("*.example.com", "v")
    one, other = contents(answer_with(pattern)), contents(answer_with(pattern, entry("a.b.c", "v")))
    assert (one.beside(other).rows, len(other.beside(one).rows)) == ({}, 1)
    covered = contents(answer_with(pattern, entry("a.example.com", "v")))
    assert differences(one.beside(covered), covered.beside(one)) == ()


def test_a_rule_more_is_told_by_the_sockets_that_it_opens():
    found = evaluate_diff(snapshot_of(build_guide().estate), snapshot_of(opened_database().estate))
    assert found.verdict == "denied"
    assert {each.what.split(" of ")[0] for each in found.opened} == {"tcp 5432"}
    assert found.closed == ()
    assert any("sg-" in (each.because[-1].resource or "") for each in found.opened)


def test_what_a_change_closes_is_told_the_other_way_round():
    found = evaluate_diff(snapshot_of(opened_database().estate), snapshot_of(build_guide().estate))
    assert (found.verdict, found.opened) == ("allowed", ())
    assert {each.kind for each in found.closed} == {"socket"}


def test_a_capture_breaks_public_apis():
    from tests.unit.dns.test_connectivity_options import option_0, option_5

    found = evaluate_diff(snapshot_of(option_0().estate), snapshot_of(option_5().estate))
    assert {each.what.split(" ")[0] for each in found.broken} == {
        "k1l2m3n4o5.execute-api.us-east-1.amazonaws.com",
        "*.execute-api.us-east-1.amazonaws.com",
    }


def test_what_a_baseline_holds_is_meant_and_what_it_does_not_is_added(tmp_path):
    path = tmp_path / "accepted.json"
    baselines.write_baseline(answer_of(build_guide()), path)
    kept = baselines.read_baseline(path)
    same = baselines.with_baseline(answer_of(build_guide()), kept)
    assert (same.verdict, same.added, same.removed) == ("allowed", (), ())
    assert all(each.intended for each in (*same.names, *same.sockets, *same.apis))
    more = baselines.with_baseline(answer_of(opened_database()), kept)
    assert more.verdict == "denied"
    assert {each.kind for each in more.added} == {"socket"}
    assert [each.intended for each in more.sockets if each.ports == "5432"] == [False]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", json.dumps({"schema": "x"}).encode()])
def test_a_file_that_is_no_baseline_is_refused_with_the_way_out(tmp_path, content):
    path = tmp_path / "accepted.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        baselines.read_baseline(path)
    assert refused.value.help


def test_what_another_snapshot_was_found_to_be_is_forgotten_with_it():
    """Its number may be that of the next: edits tried one after the other would be judged by each other."""
    before = snapshot_of(build_guide().estate)
    other = snapshot_of(build_guide().estate)
    assert same_public_names(before, other)
    gone = weakref.ref(other)
    del other
    gc.collect()
    assert gone() is None
    assert len(_same_public(before)) == 0
