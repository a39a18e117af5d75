"""Faults as plans: what is taken out, what stays, and names that lead there. No packet is sent."""

import msgspec
import pytest

from narrowgate.guide.estate import build_guide
from narrowgate.guide.folder import snapshot_of
from narrowgate.lab.plan.breakable import breakable, find_fault
from narrowgate.lab.plan.build import build_plan
from narrowgate.lab.plan.faults import Fault, Kind, apply_faults
from narrowgate.model.errors import InputError, UnknownNameError


@pytest.fixture(scope="module")
def snapshot():
    return snapshot_of(build_guide().estate)


@pytest.fixture(scope="module")
def plan(snapshot):
    return build_plan(snapshot)


@pytest.fixture(scope="module")
def names(plan, snapshot):
    return breakable(plan, snapshot)


@pytest.fixture
def broken(plan, names):
    def apply(*wanted: tuple[str, str], **narrowing: object):
        narrowed = Fault(kind=Kind.ACL, target="", name="", **narrowing)
        return apply_faults(plan, [find_fault(names, *each, narrowed=narrowed) for each in wanted])

    return apply


def _labels(plan, down):
    numbers = {number for _, number in down}
    return {address for port in plan.ports if port.number in numbers for address in port.addresses}


def test_no_fault_is_the_plan_itself(plan):
    assert apply_faults(plan, []) == (plan, frozenset())


def test_a_link_that_is_down_leaves_blackholes_so_that_no_other_route_takes_over(broken, plan):
    changed, down = broken(("link", "requester-to-api"))
    assert {number for _, number in down} == {link.number for link in plan.links}
    blocks = [each.block for subnet in plan.subnets for each in subnet.routes]
    assert [each.block for subnet in changed.subnets for each in subnet.routes] == blocks
    assert {each.target for subnet in changed.subnets for each in subnet.routes} == {""}


@pytest.mark.parametrize(
    ("kind", "name", "addresses"),
    [
        ("interface", "execute-api", {"10.0.1.10", "10.0.2.10"}),
        ("interface", "database", {"10.0.1.20"}),
        ("address", "10.0.1.10", {"10.0.1.10"}),
        ("resolver-ip", "10.0.2.53", {"10.0.2.53"}),
        ("endpoint-az", "execute-api/us-east-1a", {"10.0.1.10"}),
        ("endpoint-az", "inbound/us-east-1b", {"10.0.2.53"}),
        ("subnet", "requester-b", {"10.1.2.53", "10.1.2.4"}),
    ],
)
def test_a_name_takes_down_what_it_says(broken, plan, kind, name, addresses):
    changed, down = broken((kind, name))
    assert changed == plan
    assert _labels(plan, down) == addresses


def test_a_zone_takes_down_endpoints_and_resolver_addresses_but_no_instance(broken, plan):
    _, down = broken(("endpoint-az", "us-east-1a"))
    found = _labels(plan, down)
    assert {"10.0.1.10", "10.0.1.53", "10.1.1.53"} <= found
    assert not {"10.0.1.20", "10.0.2.10", "10.1.1.10"} & found


def test_one_route_is_blackholed_in_its_own_table_only(broken, plan):
    changed, _ = broken(("route", "api/10.1.0.0/16"))
    lost = {new.label for new, old in zip(changed.subnets, plan.subnets, strict=True) if new != old}
    assert lost == {each.label for each in plan.subnets if each.blocks[0].startswith("10.0.")}


def test_an_entry_for_one_subnet_leaves_its_neighbour_with_the_same_acl_alone(broken, plan, names):
    changed, _ = broken(("acl", "api-a"), protocol=6, ports=(443, 443), ways=("in",))
    own, other = (names["acl"][each][0] for each in ("api-a", "api-b"))
    acls = {each.label: each.acl for each in changed.subnets}
    assert acls[own] != acls[other] == next(each.acl for each in plan.subnets if each.label == own)
    first = next(each for each in changed.acls if each.name == acls[own]).entries[0]
    assert (first.allows, first.egress, first.ports, first.number) == (False, False, (443, 443), 99)


def test_a_second_entry_for_the_same_subnet_is_added_to_the_first(broken):
    changed, _ = broken(("acl", "api-a"), ("acl", "api-a"), ways=("in",))
    acl = next(each for each in changed.acls if "s" in each.name)
    assert [each.number for each in acl.entries[:4]] == [98, 98, 99, 99]
    assert len([each for each in changed.acls if "s" in each.name]) == 1


def test_an_entry_in_an_acl_reaches_the_copy_of_a_subnet_too(broken, plan, names):
    label = next(each.label for each in plan.acls if each.name in {own.acl for own in plan.subnets})
    subnet = next(each for each in plan.subnets if each.acl == next(a.name for a in plan.acls if a.label == label))
    changed, _ = broken(("acl", subnet.label), ("acl", label), ways=("out",))
    assert {len(each.entries) for each in changed.acls if each.label == label} == {6, 8}


def test_a_group_loses_the_rules_that_cover_the_port_and_keeps_the_others(broken, names):
    changed, _ = broken(("group", "inbound-resolver"), protocol=6, ports=(53, 53), ways=("in",))
    group = next(each for each in changed.groups if each.label == names["group"]["inbound-resolver"][0])
    assert [each.protocol for each in group.ingress] == [17]
    assert group.egress


def test_a_group_without_such_a_rule_is_said_not_to_have_it(broken):
    with pytest.raises(InputError, match="no rule to take away"):
        broken(("group", "inbound-resolver"), protocol=6, ports=(443, 443), ways=("in",))


def test_an_unknown_name_suggests_the_nearest_of_its_kind(names):
    with pytest.raises(UnknownNameError) as failure:
        find_fault(names, "acl", "api-aa")
    assert failure.value.help == "did you mean `api-a`?"


def test_without_a_kind_the_first_that_knows_the_name_is_meant(names):
    assert find_fault(names, None, "10.0.1.10").kind is Kind.ADDRESS
    assert find_fault(names, None, "api-a").kind is Kind.SUBNET


def test_a_name_that_two_things_have_asks_which(names, plan):
    subnets = dict.fromkeys(("web",), tuple(each.label for each in plan.subnets[:2]))
    with pytest.raises(InputError, match="several"):
        find_fault({**names, "subnet": subnets}, "subnet", "web")


def test_a_fault_says_what_it_is():
    fault = Fault(kind=Kind.ACL, target="acl-1", name="api-a", protocol=6, ports=(1024, 65535), ways=("out",))
    assert fault.text == "acl api-a: tcp 1024-65535 out"
    assert msgspec.structs.replace(fault, protocol=None, ports=None).text == "acl api-a: everything out"
