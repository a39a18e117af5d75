"""Results that a snapshot keeps: what they were read from, and what an edited snapshot takes over."""

import gc
from types import FunctionType, ModuleType
from typing import Any

import pytest
from tests.builders import snapshot_of
from tests.properties.random_edits import edited

from narrowgate.exposure.exposure import evaluate_exposure
from narrowgate.guide.estate import build_guide
from narrowgate.model.reads import OPEN, Notes, Watched, WatchedFacts
from narrowgate.model.route53 import ResolverRuleAssociation
from narrowgate.model.snapshot import Snapshot, index, keyed_index
from narrowgate.repair.change import Edit

asked: list[Any] = []


@pytest.fixture(autouse=True)
def nothing_asked():
    asked.clear()


@pytest.fixture
def snapshot() -> Snapshot:
    return snapshot_of(build_guide().estate)


@keyed_index
def block_of(snapshot: Snapshot, vpc_id: str) -> object:
    asked.append(vpc_id)
    fact = snapshot.facts.vpcs.get(vpc_id)
    return fact.cidr_block if fact else None


@index
def subnets(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    asked.append("subnets")
    found: dict[str, tuple[str, ...]] = {}
    for own, fact in snapshot.facts.subnets.items():
        found[fact.vpc_id] = (*found.get(fact.vpc_id, ()), own)
    return found


@keyed_index
def subnets_of(snapshot: Snapshot, vpc_id: str) -> tuple[str, ...]:
    asked.append(f"subnets of {vpc_id}")
    return subnets(snapshot).get(vpc_id, ())


@index
def filled(snapshot: Snapshot) -> dict[str, str]:
    return {}


@keyed_index
def through_filled(snapshot: Snapshot, key: str) -> str:
    asked.append(key)
    return filled(snapshot).setdefault(key, str(snapshot.facts.vpcs.get(key)))


@index
def rules(snapshot: Snapshot) -> int:
    asked.append("rules")
    return len(snapshot.facts.resolver_rule_associations)


@index
def places(snapshot: Snapshot) -> tuple[str | None, ...]:
    asked.append("places")
    return tuple(snapshot.place(own).account for own in sorted(snapshot.facts.vpcs))


def asked_again(kept: Any, snapshot: Snapshot, *keys: str, edit: Edit) -> list[Any]:
    for each in [(key,) for key in keys] or [()]:
        kept(snapshot, *each)
    asked.clear()
    after = edited(snapshot, edit)
    for each in [(key,) for key in keys] or [()]:
        kept(after, *each)
    return list(asked)


def without(snapshot: Snapshot, kind: str, place: int = 0) -> tuple[str, Edit]:
    own = sorted(getattr(snapshot.facts, kind))[place]
    return own, Edit(kind, own, None)


def test_a_result_is_computed_once(snapshot):
    own = next(iter(snapshot.facts.vpcs))
    assert block_of(snapshot, own) == block_of(snapshot, own)
    assert asked == [own]


def test_a_result_is_taken_over_unless_the_fact_that_it_was_read_from_differs(snapshot):
    vpcs = sorted(snapshot.facts.vpcs)
    own, edit = without(snapshot, "vpcs", 1)
    assert asked_again(block_of, snapshot, *vpcs, edit=edit) == [own]


def test_a_fact_that_was_asked_for_and_is_not_there_counts(snapshot):
    vpc = next(iter(snapshot.facts.vpcs.values()))
    assert asked_again(block_of, snapshot, "vpc-new", edit=Edit("vpcs", "vpc-new", vpc)) == ["vpc-new"]


def test_an_index_that_differs_is_computed_again_and_what_was_looked_up_in_it_is_compared(snapshot):
    own, edit = without(snapshot, "subnets")
    vpc_id = snapshot.facts.subnets[own].vpc_id
    again = asked_again(subnets_of, snapshot, *sorted(snapshot.facts.vpcs), edit=edit)
    assert sorted(again) == sorted(["subnets", f"subnets of {vpc_id}"])


@index
def first_vpcs(snapshot: Snapshot) -> dict[str, str]:
    order = sorted(snapshot.facts.vpcs)
    return dict.fromkeys(order if "first" in snapshot.facts.subnets else reversed(order), "")


@index
def in_order(snapshot: Snapshot) -> tuple[str, ...]:
    asked.append("in order")
    return tuple(first_vpcs(snapshot))


def test_an_index_in_another_order_is_another(snapshot):
    subnet = next(iter(snapshot.facts.subnets.values()))
    assert asked_again(in_order, snapshot, edit=Edit("subnets", "first", subnet)) == ["in order"]
    assert asked_again(in_order, snapshot, edit=Edit("subnets", "second", subnet)) == []


def test_what_was_read_from_a_table_that_fills_is_never_taken_over(snapshot):
    vpcs = sorted(snapshot.facts.vpcs)
    _, edit = without(snapshot, "subnets")
    assert asked_again(through_filled, snapshot, *vpcs, edit=edit) == vpcs


def test_a_collection_without_keys_counts_as_a_whole(snapshot):
    _, edit = without(snapshot, "subnets")
    assert asked_again(rules, snapshot, edit=edit) == []
    more = ResolverRuleAssociation(resolver_rule_id="rslvr-rr-1", vpc_id="vpc-1")
    assert asked_again(rules, snapshot, edit=Edit("resolver_rule_associations", None, more)) == ["rules"]


def test_where_a_fact_was_learnt_counts(snapshot):
    vpc = next(iter(snapshot.facts.vpcs.values()))
    assert asked_again(places, snapshot, edit=without(snapshot, "subnets")[1]) == []
    assert asked_again(places, snapshot, edit=Edit("vpcs", "vpc-new", vpc)) == ["places"]


def test_an_edit_of_an_edit_takes_over_what_neither_touched(snapshot):
    vpcs = sorted(snapshot.facts.vpcs)
    for each in vpcs:
        block_of(snapshot, each)
    asked.clear()
    twice = edited(edited(snapshot, without(snapshot, "vpcs", 0)[1]), without(snapshot, "vpcs", 1)[1])
    for each in vpcs:
        block_of(twice, each)
    assert asked == vpcs[:2]


def test_nothing_that_is_taken_over_rests_on_a_table_that_fills(snapshot):
    # An `@index` that is made empty and filled by those who ask is followed by nobody: what reads one is computed
    # again after every edit. A `@keyed_index` in its place notes what it was read from.
    evaluate_exposure(snapshot, sorted(snapshot.facts.vpcs))
    resting = {
        read.__qualname__
        for read, by_key in snapshot._noted_by_key.items()
        for noted in by_key.values()
        if OPEN in noted.facts
    }
    assert resting == set()


def test_what_is_taken_over_leads_back_to_no_snapshot(snapshot):
    evaluate_exposure(snapshot, sorted(snapshot.facts.vpcs))
    kept = [value for read, value in snapshot._results.items() if snapshot._noted.get(read) != ((), ())]
    seen: set[int] = set()
    waiting: list[Any] = list(kept)
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, (type, ModuleType, FunctionType, str)):
            continue
        seen.add(id(each))
        assert not isinstance(each, (Snapshot, Notes, Watched, WatchedFacts)), each
        waiting += gc.get_referents(each)
    assert len(seen) > 1000
