"""ACL-01 to ACL-09: order, direction, borders, and the ports that replies go to."""

import pytest
from tests.builders import allow, any_protocol, deny
from tests.unit.network.estates import FAR, NEAR, OTHER_ACCOUNT, Pair, causes, decided, missing, peered

from narrowgate.model.answer import Verdict

ANYWHERE = "0.0.0.0/0"
OPEN = [allow(100, ANYWHERE), allow(100, ANYWHERE, egress=True)]


def _guard(pair: Pair, where: str, entries: list[dict]) -> str:
    """An ACL of its own for one side's subnet."""
    each = getattr(pair, where)
    return each.estate.network_acl(each.vpc, f"{where}-own", entries=entries, subnets=[each.subnet])


def test_an_associated_acl_guards_the_subnet_and_not_the_default_one():
    pair = peered()
    pair.estate.set_entries(pair.far.acl, [])
    assert decided(pair.ask()) == ("forward", "SUBNET_ACL_RESTRICTION", pair.far.acl)
    _guard(pair, "far", OPEN)
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_subnet_that_no_acl_lists_is_under_the_vpcs_default_acl():
    pair = peered()
    pair.estate.resource(pair.far.acl)["Associations"] = []
    assert pair.ask().verdict is Verdict.ALLOWED
    pair.estate.set_entries(pair.far.acl, [])
    assert decided(pair.ask()) == ("forward", "SUBNET_ACL_RESTRICTION", pair.far.acl)


def test_the_default_acl_is_no_answer_where_the_owners_acls_were_not_collected():
    pair = peered(far_account=OTHER_ACCOUNT)
    pair.far.estate.forget("ec2.describe_network_acls")
    answer = pair.ask()
    assert answer.verdict is Verdict.UNKNOWN
    assert ("ec2.describe_network_acls", pair.far.subnet) in missing(answer)


def test_no_acl_at_all_is_unknown_even_when_absent_facts_count_as_empty():
    pair = peered()
    pair.estate.forget("ec2.describe_network_acls")
    assert pair.ask(complete=True).verdict is Verdict.UNKNOWN


def test_an_acl_without_entries_in_the_source_has_awss_own_start_when_absent_facts_count_as_empty():
    pair = peered()
    del pair.estate.resource(pair.far.acl)["Entries"]
    assert missing(pair.ask()) == [("NetworkAcl.Entries", pair.far.acl)]
    assert pair.ask(complete=True).verdict is Verdict.ALLOWED
    own = _guard(pair, "far", OPEN)
    del pair.estate.resource(own)["Entries"]
    assert decided(pair.ask(complete=True)) == ("forward", "SUBNET_ACL_RESTRICTION", own)


def test_the_lowest_number_that_matches_decides():
    pair = peered()
    acl = _guard(pair, "far", [allow(90, NEAR), deny(100, ANYWHERE), allow(100, ANYWHERE, egress=True)])
    assert pair.ask().verdict is Verdict.ALLOWED
    pair.estate.set_entries(acl, [deny(90, NEAR), *OPEN])
    assert decided(pair.ask()) == ("forward", "SUBNET_ACL_RESTRICTION", acl)


def test_what_no_entry_matches_the_last_one_denies():
    pair = peered()
    acl = _guard(pair, "far", [allow(100, "10.9.0.0/16"), allow(100, ANYWHERE, egress=True)])
    assert decided(pair.ask()) == ("forward", "SUBNET_ACL_RESTRICTION", acl)


@pytest.mark.parametrize(
    ("where", "egress", "leg"),
    [("near", True, "forward"), ("far", False, "forward"), ("far", True, "return"), ("near", False, "return")],
)
def test_request_and_reply_are_tested_at_both_borders(where, egress, leg):
    pair = peered()
    acl = _guard(pair, where, [allow(100, ANYWHERE, egress=not egress)])
    assert decided(pair.ask()) == (leg, "SUBNET_ACL_RESTRICTION", acl)


def test_inside_one_subnet_no_acl_is_asked():
    pair = peered()
    estate, near = pair.estate, pair.near
    group = estate.security_group(near.vpc, "neighbour", ingress=[any_protocol(NEAR)])
    neighbour = estate.interface(near.subnet, [group])
    _guard(pair, "near", [])
    assert pair.ask(target=neighbour).verdict is Verdict.ALLOWED


def test_between_two_subnets_of_one_vpc_acls_are_asked():
    pair = peered()
    estate, near = pair.estate, pair.near
    second = estate.subnet(near.vpc, "10.1.2.0/24", "b")
    group = estate.security_group(near.vpc, "neighbour", ingress=[any_protocol(NEAR)])
    neighbour = estate.interface(second, [group])
    assert pair.ask(target=neighbour).verdict is Verdict.ALLOWED
    acl = _guard(pair, "near", [])
    assert decided(pair.ask(target=neighbour)) == ("forward", "SUBNET_ACL_RESTRICTION", acl)


@pytest.mark.parametrize(
    ("entry", "passes"),
    [
        (allow(100, NEAR, protocol="tcp", ports=443), True),
        (allow(100, NEAR, protocol="tcp", ports=(400, 500)), True),
        (allow(100, NEAR, protocol="tcp", ports=444), False),
        (allow(100, NEAR, protocol="udp", ports=443), False),
        (allow(100, NEAR), True),
        (allow(100, "10.1.1.10/32"), True),
        (allow(100, "10.1.1.11/32"), False),
        ({**allow(100, NEAR), "Protocol": "47"}, False),
        (allow(100, "::/0"), False),
    ],
)
def test_an_entry_matches_protocol_ports_and_block(entry, passes):
    pair = peered()
    _guard(pair, "far", [entry, allow(100, ANYWHERE, egress=True)])
    assert (pair.ask().verdict is Verdict.ALLOWED) is passes


def test_a_tcp_entry_without_ports_is_unknown():
    pair = peered()
    entry = allow(100, NEAR, protocol="tcp", ports=443)
    del entry["PortRange"]
    _guard(pair, "far", [entry, allow(100, ANYWHERE, egress=True)])
    assert pair.ask().verdict is Verdict.UNKNOWN


def test_an_entry_before_the_one_without_ports_still_decides():
    pair = peered()
    entry = allow(100, NEAR, protocol="tcp", ports=443)
    del entry["PortRange"]
    _guard(pair, "far", [allow(50, NEAR), entry, allow(100, ANYWHERE, egress=True)])
    assert pair.ask().verdict is Verdict.ALLOWED


def _replies_to(pair: Pair, *ports: tuple[int, int]) -> str:
    entries = [
        allow(100 + number, NEAR, protocol="tcp", ports=each, egress=True) for number, each in enumerate(ports)
    ]
    return _guard(pair, "far", [allow(100, ANYWHERE), *entries])


def test_all_ephemeral_ports_pass():
    pair = peered()
    _replies_to(pair, (1024, 32767), (32768, 65535))
    assert pair.ask().verdict is Verdict.ALLOWED


def test_some_ephemeral_ports_are_partial_and_the_answer_says_which():
    pair = peered()
    acl = _replies_to(pair, (32768, 61000))
    answer = pair.ask()
    assert (answer.verdict, decided(answer)) == (Verdict.PARTIAL, ("return", "ACL_EPHEMERAL_PARTIAL", acl))
    assert "32768-61000 pass, 1024-32767,61001-65535 do not" in answer.decided_by.text


def test_no_ephemeral_port_is_denied():
    pair = peered()
    acl = _replies_to(pair, (443, 443))
    assert decided(pair.ask()) == ("return", "SUBNET_ACL_RESTRICTION", acl)


@pytest.mark.parametrize(
    ("client_ports", "verdict"),
    [((32768, 60999), Verdict.ALLOWED), ((49152, 65535), Verdict.PARTIAL), ((1024, 2000), Verdict.DENIED)],
)
def test_the_clients_own_ports_count(client_ports, verdict):
    pair = peered()
    _replies_to(pair, (32768, 61000))
    assert pair.ask(client_ports=client_ports).verdict is verdict


@pytest.mark.parametrize(("windows", "verdict"), [(False, Verdict.ALLOWED), (True, Verdict.PARTIAL)])
def test_a_known_platform_narrows_the_clients_ports(windows, verdict):
    pair = peered()
    _replies_to(pair, (32768, 61000))
    instance = pair.estate.instance(pair.near.subnet, "caller", [pair.near.group], windows=windows)
    assert pair.ask(instance).verdict is verdict


def test_a_function_uses_all_ports_from_1024():
    pair = peered()
    _replies_to(pair, (32768, 61000))
    function = pair.estate.function("caller", [pair.near.subnet], [pair.near.group])
    assert pair.ask(function).verdict is Verdict.PARTIAL


def test_two_acls_that_pass_different_ports_pass_none_together():
    pair = peered()
    _replies_to(pair, (1024, 40000))
    near = _guard(
        pair,
        "near",
        [allow(100, FAR, protocol="tcp", ports=(40001, 65535)), allow(100, ANYWHERE, egress=True)],
    )
    answer = pair.ask()
    assert (answer.verdict, decided(answer)) == (Verdict.DENIED, ("return", "SUBNET_ACL_RESTRICTION", near))


def test_a_deny_inside_the_ephemeral_range_is_partial():
    pair = peered()
    acl = _guard(
        pair,
        "far",
        [deny(50, NEAR, protocol="tcp", ports=(5000, 5999), egress=True), *OPEN],
    )
    answer = pair.ask()
    assert (answer.verdict, decided(answer)) == (Verdict.PARTIAL, ("return", "ACL_EPHEMERAL_PARTIAL", acl))


def test_dns_needs_udp_and_tcp_each():
    pair = peered()
    pair.estate.set_permissions(pair.far.group, ingress=[any_protocol(NEAR)])
    acl = _guard(
        pair,
        "far",
        [allow(100, NEAR, protocol="tcp", ports=53), allow(100, ANYWHERE, egress=True)],
    )
    assert pair.ask(port=53, protocol="tcp").verdict is Verdict.ALLOWED
    assert decided(pair.ask(port=53, protocol="udp")) == ("forward", "SUBNET_ACL_RESTRICTION", acl)


def test_acls_of_both_sides_are_named_when_both_deny():
    pair = peered()
    near, far = _guard(pair, "near", []), _guard(pair, "far", [])
    assert causes(pair.ask()) == [
        ("forward", "SUBNET_ACL_RESTRICTION", near),
        ("forward", "SUBNET_ACL_RESTRICTION", far),
        ("return", "SUBNET_ACL_RESTRICTION", far),
        ("return", "SUBNET_ACL_RESTRICTION", near),
    ]


def test_ipv6_entries_stand_apart():
    pair = peered(ipv6=True)
    estate = pair.estate
    estate.route(pair.near.table, "2001:db8:2::/56", pair.link)
    estate.route(pair.far.table, "2001:db8:1::/56", pair.link)
    for each in (pair.near, pair.far):
        estate.set_permissions(each.group, ingress=[any_protocol("::/0")], egress=[any_protocol("::/0")])
    assert pair.ask(ip_version=6).verdict is Verdict.ALLOWED
    acl = _guard(pair, "far", OPEN)
    assert decided(pair.ask(ip_version=6)) == ("forward", "SUBNET_ACL_RESTRICTION", acl)
