"""Lists of an edited estate that take over from those before the edit, against the same from scratch."""

from collections.abc import Callable, Iterable
from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import snapshot_of
from tests.differential.random_estates import RandomEstate
from tests.properties.test_exposure_estates import hub_of_likes

from narrowgate.exposure.compare import LOST, contents, differences
from narrowgate.exposure.diff import evaluate_diff
from narrowgate.exposure.exposure import entries_of, evaluate_exposure
from narrowgate.exposure.reuse.earlier import earlier_of
from narrowgate.guide.estate import build_guide
from narrowgate.model.exposure import Difference, ExposureAnswer
from narrowgate.model.filters import IpPermission, IpRange
from narrowgate.model.logs import LogGroup
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change, Edit, apply_changes


def lists_of(snapshot: Snapshot, reuse: Snapshot | None = None) -> ExposureAnswer:
    return evaluate_exposure(snapshot, sorted(snapshot.facts.vpcs), reuse=reuse)


def spelled(answer: ExposureAnswer) -> list[bytes]:
    """All entries, in no order."""
    return sorted(msgspec.json.encode(each) for each in entries_of(answer))


def told(found: Iterable[Difference]) -> set[tuple[str, str, str, tuple[str, ...]]]:
    return {(each.kind, each.what, each.state, tuple(sorted(each.consumers))) for each in found}


def edited(snapshot: Snapshot, *edits: Edit) -> Snapshot:
    change = Change(kind="test", resource="", text="", commands=(), edits=edits)
    return apply_changes(snapshot, (change,))


def a_rule_more(dice: Random, snapshot: Snapshot) -> Edit:
    own, group = dice.choice(sorted(snapshot.facts.security_groups.items()))
    block = dice.choice(("10.0.0.0/8", "10.1.0.0/16", "10.2.1.0/24", "10.0.0.0/22", "0.0.0.0/0"))
    port = dice.choice((443, 53, 22))
    rule = IpPermission(
        ip_protocol=dice.choice(("tcp", "udp")), from_port=port, to_port=port, ip_ranges=(IpRange(cidr_ip=block),)
    )
    rules = (*(group.ip_permissions or ()), rule)
    return Edit("security_groups", own, msgspec.structs.replace(group, ip_permissions=rules))


def without_rules(dice: Random, snapshot: Snapshot) -> Edit:
    own, group = dice.choice(sorted(snapshot.facts.security_groups.items()))
    field = dice.choice(("ip_permissions", "ip_permissions_egress"))
    return Edit("security_groups", own, msgspec.structs.replace(group, **{field: ()}))


def a_route_less(dice: Random, snapshot: Snapshot) -> Edit:
    own, table = dice.choice(sorted(snapshot.facts.route_tables.items()))
    routes = list(table.routes or ())
    if routes:
        routes.pop(dice.randrange(len(routes)))
    return Edit("route_tables", own, msgspec.structs.replace(table, routes=tuple(routes)))


def an_acl_without_entries(dice: Random, snapshot: Snapshot) -> Edit:
    own, acl = dice.choice(sorted(snapshot.facts.network_acls.items()))
    return Edit("network_acls", own, msgspec.structs.replace(acl, entries=()))


def an_interface_less(dice: Random, snapshot: Snapshot) -> Edit:
    return Edit("network_interfaces", dice.choice(sorted(snapshot.facts.network_interfaces)), None)


def an_interface_in_other_groups(dice: Random, snapshot: Snapshot) -> Edit:
    own, known = dice.choice(sorted(snapshot.facts.network_interfaces.items()))
    _, other = dice.choice(sorted(snapshot.facts.network_interfaces.items()))
    return Edit("network_interfaces", own, msgspec.structs.replace(known, groups=other.groups))


def a_link_less(dice: Random, snapshot: Snapshot) -> Edit:
    peerings = sorted(snapshot.facts.vpc_peering_connections)
    attachments = sorted(snapshot.facts.transit_gateway_vpc_attachments)
    if peerings and (not attachments or dice.random() < 0.5):
        return Edit("vpc_peering_connections", dice.choice(peerings), None)
    if attachments:
        return Edit("transit_gateway_vpc_attachments", dice.choice(attachments), None)
    return an_interface_less(dice, snapshot)


def an_endpoint_less(dice: Random, snapshot: Snapshot) -> Edit:
    endpoints = sorted(snapshot.facts.vpc_endpoints)
    return Edit("vpc_endpoints", dice.choice(endpoints), None) if endpoints else a_rule_more(dice, snapshot)


EDITS: tuple[Callable[[Random, Snapshot], Edit], ...] = (
    a_rule_more,
    a_rule_more,
    without_rules,
    a_route_less,
    an_acl_without_entries,
    an_interface_less,
    an_interface_in_other_groups,
    a_link_less,
    an_endpoint_less,
)


def check_edits(snapshot: Snapshot, seed: int, times: int) -> None:
    """Lists and differences of edited estates, both ways: each edited twice, so that one of them knows nothing."""
    dice = Random(seed)
    before = lists_of(snapshot)
    for _ in range(times):
        edit = dice.choice(EDITS)(dice, snapshot)
        after, scratch = edited(snapshot, edit), lists_of(edited(snapshot, edit))
        assert spelled(lists_of(after, reuse=snapshot)) == spelled(scratch), (seed, edit)
        found = evaluate_diff(snapshot, after)
        was, now = contents(before), contents(scratch)
        assert told(found.opened) == told(each for each in differences(was, now) if each.kind != LOST), (
            seed,
            edit,
        )
        closed = (*found.closed, *(each for each in found.broken if each.kind != LOST))
        gone = {key: held for key, held in was.items() if key.kind != LOST}
        assert told(closed) == told(differences(now, gone)), (seed, edit)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_after_a_random_edit_of_a_random_estate_nothing_is_missed(seed):
    check_edits(RandomEstate(seed).snapshot(), seed, 3)


@pytest.mark.parametrize("seed", range(2))
def test_after_an_edit_of_vpcs_on_one_gateway_nothing_is_missed(seed):
    check_edits(snapshot_of(hub_of_likes(seed)[0]), seed, 3)


def test_after_an_edit_of_the_guide_nothing_is_missed():
    check_edits(snapshot_of(build_guide().estate), 1, 8)


def work_after(snapshot: Snapshot, edit: Edit) -> dict[str, int]:
    lists_of(snapshot)
    after = edited(snapshot, edit)
    lists_of(after, reuse=snapshot)
    earlier = earlier_of(after)
    assert earlier is not None
    return dict(earlier.work)


def test_a_rule_more_asks_again_only_what_leads_into_or_out_of_its_vpc():
    snapshot = snapshot_of(hub_of_likes(0)[0])
    vpcs = len(snapshot.facts.vpcs)
    own = next(own for own, each in sorted(snapshot.facts.security_groups.items()) if each.group_name == "wide")
    group = snapshot.facts.security_groups[own]
    work = work_after(snapshot, Edit("security_groups", own, msgspec.structs.replace(group, ip_permissions=())))
    assert 0 < work["pairs of VPCs"] <= 2 * vpcs - 1
    assert work["names of VPCs"] == 1
    assert "calls of VPCs" not in work


def test_an_edit_of_what_no_list_depends_on_asks_nothing_again():
    snapshot = snapshot_of(hub_of_likes(0)[0])
    assert work_after(snapshot, Edit("log_groups", "/orders", LogGroup(log_group_name="/orders", arn="arn"))) == {}


def test_a_kind_of_fact_that_may_touch_everything_takes_nothing_over():
    snapshot = snapshot_of(hub_of_likes(0)[0])
    own, gateway = next(iter(snapshot.facts.transit_gateways.items()))
    after = edited(snapshot, Edit("transit_gateways", own, msgspec.structs.replace(gateway, state="deleted")))
    assert spelled(lists_of(after, reuse=snapshot)) == spelled(lists_of(edited(after)))
    assert earlier_of(after) is None
