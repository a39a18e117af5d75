"""Lists of an edited estate that take over from those before the edit, against the same from scratch."""

from collections.abc import Iterable
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import snapshot_of
from tests.differential.lab_estates import LabEstate
from tests.properties.random_edits import alone, edited, kinds_of, random_edit
from tests.properties.test_exposure_estates import hub_of_likes

from narrowgate.exposure.compare import differences
from narrowgate.exposure.diff import evaluate_diff
from narrowgate.exposure.exposure import entries_of, evaluate_exposure
from narrowgate.exposure.held import API, LOST, NAME, SOCKET, contents
from narrowgate.exposure.reuse import touched
from narrowgate.exposure.reuse.earlier import earlier_of
from narrowgate.exposure.reuse.kinds import KINDS, nothing
from narrowgate.guide.estate import build_guide
from narrowgate.model.estate_facts import Collections
from narrowgate.model.exposure import Difference, ExposureAnswer
from narrowgate.model.fact import Tag
from narrowgate.model.logs import LogGroup
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Edit


def lists_of(snapshot: Snapshot, reuse: Snapshot | None = None) -> ExposureAnswer:
    return evaluate_exposure(snapshot, sorted(snapshot.facts.vpcs), reuse=reuse)


def spelled(answer: ExposureAnswer) -> list[bytes]:
    """All entries, in no order."""
    return sorted(msgspec.json.encode(each) for each in entries_of(answer))


def told(found: Iterable[Difference]) -> set[tuple[str, str, str, tuple[str, ...]]]:
    return {(each.kind, each.what, each.state, tuple(sorted(each.consumers))) for each in found}


USUAL = {"security_groups": 4, "route_tables": 3, "network_acls": 2, "vpc_endpoints": 2, "resolver_rules": 2}
"""Kinds that are edited more often than others."""


def check_edits(snapshot: Snapshot, seed: int, times: int) -> None:
    """Lists and differences of edited estates, both ways: each edited twice, so that one of them knows nothing."""
    dice = Random(seed)
    before = lists_of(snapshot)
    kinds = kinds_of(snapshot)
    for kind in dice.choices(kinds, weights=[USUAL.get(each, 1) for each in kinds], k=times):
        edit = random_edit(dice, snapshot, kind)
        after = edited(snapshot, edit)
        scratch = lists_of(alone(after))
        if dice.random() < 0.5:
            # As if it had been collected again.
            after = alone(after)
        assert spelled(lists_of(after, reuse=snapshot)) == spelled(scratch), (seed, edit)
        found = evaluate_diff(snapshot, after)
        was, now = contents(before), contents(scratch)
        assert told(found.opened) == told(each for each in differences(was, now) if each.kind != LOST), (
            seed,
            edit,
        )
        closed = (*found.closed, *(each for each in found.broken if each.kind != LOST))
        assert told(closed) == told(differences(now, was.of_kinds(NAME, SOCKET, API))), (seed, edit)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_after_a_random_edit_of_a_random_estate_nothing_is_missed(seed):
    check_edits(LabEstate(seed).snapshot(), seed, 3)


@pytest.mark.parametrize("seed", range(2))
def test_after_an_edit_of_vpcs_on_one_gateway_nothing_is_missed(seed):
    check_edits(snapshot_of(hub_of_likes(seed)[0]), seed, 3)


def test_after_an_edit_of_the_guide_nothing_is_missed():
    check_edits(snapshot_of(build_guide().estate), 1, 8)


def work_after(snapshot: Snapshot, *edits: Edit) -> dict[str, int]:
    lists_of(snapshot)
    after = edited(snapshot, *edits)
    lists_of(after, reuse=snapshot)
    earlier = earlier_of(after)
    assert earlier is not None
    return dict(earlier.work)


@pytest.mark.parametrize(
    "kind", ["route_tables", "security_groups", "resolver_rules", "network_acls", "api_stages"]
)
def test_a_kind_that_is_said_to_touch_nothing_and_does_is_found_out(kind, monkeypatch):
    snapshot = snapshot_of(build_guide().estate)
    lists_of(snapshot)
    monkeypatch.setattr(touched, "KINDS", {**KINDS, kind: nothing})
    missed = 0
    for own in getattr(snapshot.facts, kind):
        after = edited(snapshot, Edit(kind, own, None))
        missed += spelled(lists_of(after, reuse=snapshot)) != spelled(lists_of(alone(after)))
    assert missed


def test_every_kind_of_fact_has_a_line():
    assert list(KINDS) == list(Collections.__struct_fields__)


class Unread(dict):
    """A collection that nobody may look at."""

    def _refuse(self, *_: object) -> Any:
        raise AssertionError("is read")

    get = values = items = keys = __getitem__ = __iter__ = __contains__ = __len__ = __bool__ = _refuse


def test_no_list_reads_a_kind_that_is_said_to_touch_nothing():
    snapshot = LabEstate(1).snapshot()
    unread = {kind: Unread() for kind, rule in KINDS.items() if rule is nothing}
    hidden = msgspec.structs.replace(snapshot.facts, **unread)
    hidden.query_log_config_associations = Unread()
    was = spelled(lists_of(snapshot))
    snapshot = LabEstate(1).snapshot()
    snapshot.facts = hidden
    assert spelled(lists_of(snapshot)) == was


def test_a_rule_more_asks_again_only_what_leads_into_or_out_of_its_vpc():
    snapshot = snapshot_of(hub_of_likes(0)[0])
    vpcs = len(snapshot.facts.vpcs)
    own = next(own for own, each in sorted(snapshot.facts.security_groups.items()) if each.group_name == "wide")
    group = snapshot.facts.security_groups[own]
    work = work_after(snapshot, Edit("security_groups", own, msgspec.structs.replace(group, ip_permissions=())))
    assert 0 < work["pairs of VPCs"] <= 2 * vpcs - 1
    assert work["names of VPCs"] == 1
    assert "calls of VPCs" not in work


def test_a_route_of_a_gateway_asks_again_only_the_ways_to_where_it_leads():
    snapshot = snapshot_of(hub_of_likes(0)[0])
    table, (query, *_) = next(iter(snapshot.facts.transit_gateway_route_queries.items()))
    vpcs = len(snapshot.facts.vpcs)
    less = msgspec.structs.replace(query, routes=query.routes[1:])
    work = work_after(snapshot, Edit("transit_gateway_route_queries", table, (less,)))
    assert 0 < work["pairs of VPCs"] <= 2 * vpcs - 1


def test_dns_of_one_vpc_asks_again_the_names_of_those_whom_its_resolver_answers():
    snapshot = snapshot_of(hub_of_likes(0)[0])
    own = sorted(snapshot.facts.vpcs)[3]
    association = next(each for each in snapshot.facts.resolver_rule_associations if each.vpc_id == own)
    work = work_after(snapshot, Edit("resolver_rule_associations", association, None))
    assert work == {"names of VPCs": 1}


def test_a_policy_of_an_endpoint_asks_again_only_the_calls_through_it():
    snapshot = snapshot_of(build_guide().estate)
    own = next(
        own for own, each in snapshot.facts.vpc_endpoints.items() if "execute-api" in str(each.service_name)
    )
    closed = msgspec.structs.replace(snapshot.facts.vpc_endpoints[own], policy_document='{"Statement": []}')
    work = work_after(snapshot, Edit("vpc_endpoints", own, closed))
    assert set(work) == {"calls of VPCs"}


def test_groups_of_an_interface_ask_again_no_names_of_others():
    snapshot = snapshot_of(hub_of_likes(0)[0])
    interfaces = snapshot.facts.network_interfaces
    own, known = next((own, each) for own, each in interfaces.items() if each.interface_type == "interface")
    less = msgspec.structs.replace(known, groups=())
    assert work_after(snapshot, Edit("network_interfaces", own, less))["names of VPCs"] == 1


def test_an_edit_of_what_no_list_depends_on_asks_nothing_again():
    snapshot = snapshot_of(hub_of_likes(0)[0])
    group = LogGroup(log_group_name="/orders", arn="arn")
    own, vpc = next(iter(snapshot.facts.vpcs.items()))
    named = msgspec.structs.replace(vpc, tags=(Tag(key="Owner", value="team"),))
    assert work_after(snapshot, Edit("log_groups", "/orders", group), Edit("vpcs", own, named)) == {}


def test_a_kind_of_fact_that_may_touch_everything_takes_nothing_over():
    snapshot = snapshot_of(hub_of_likes(0)[0])
    own, zones = next(iter(snapshot.facts.availability_zones.items()))
    after = edited(snapshot, Edit("availability_zones", own, zones[1:]))
    assert spelled(lists_of(after, reuse=snapshot)) == spelled(lists_of(alone(after)))
    assert earlier_of(after) is None
