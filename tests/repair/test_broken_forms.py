"""Every broken form of the guide is mended by the change that an engineer would choose, or is told why not."""

import pytest

from narrowgate.guide.broken import VARIATIONS, Case
from narrowgate.guide.folder import snapshot_of
from narrowgate.model.answer import Verdict
from narrowgate.repair.fix import mend
from narrowgate.repair.goal import Goal
from narrowgate.report.fix import render_fix
from narrowgate.report.style import Style

CASES: dict[str, Case] = {each.id: each.make() for each in VARIATIONS.values()}
FAILING = sorted(name for name, case in CASES.items() if case.expected.verdict is not Verdict.ALLOWED)

# The kinds of changes, in order; what is not here has no repair in the estate.
MENDED = {
    "alias-not-associated": ["endpoint_association"],
    "api-acl-with-few-ephemeral-ports": ["network_acl_entry"],
    "api-acl-without-443-in": ["network_acl_entry"],
    "api-acl-without-ephemeral-out": ["network_acl_entry"],
    "api-of-another-team": ["resource_policy"],
    "blackhole-for-one-subnet": ["dead_route"],
    "client-group-without-443": ["security_group_egress"],
    "client-group-without-egress": ["security_group_egress"],
    "default-endpoint-disabled": ["default_endpoint"],
    "dns-hostnames-off-in-api-vpc": ["vpc_attribute"],
    "dns-support-off-in-api-vpc": ["vpc_attribute", "vpc_attribute"],
    "dns-support-off-in-requester-vpc": ["vpc_attribute"],
    "endpoint-group-empty": ["security_group_ingress"],
    "endpoint-group-without-client-range": ["security_group_ingress"],
    "endpoint-policy-for-another-api": ["endpoint_policy"],
    "endpoint-with-default-group": ["endpoint_group"],
    "firewall-in-the-api-vpc": ["firewall_allow"],
    "firewall-in-the-requester-vpc": ["firewall_allow"],
    "group-reference-across-regions": ["security_group_ingress"],
    "inbound-group-admits-clients-only": ["security_group_ingress"],
    "inbound-group-without-udp-53": ["security_group_ingress"],
    "method-not-deployed": ["deployment"],
    "no-forward-route": ["route"],
    "no-resource-policy": ["resource_policy"],
    "no-return-route": ["route"],
    "no-return-route-by-alias": ["route"],
    "outbound-group-without-53": ["security_group_egress"],
    "peering-dns-option-only": ["hosted_zone"],
    "peering-pending": ["peering_acceptance"],
    "policy-fences-by-source-ip": ["resource_policy"],
    "policy-fences-for-two-endpoints": ["resource_policy"],
    "policy-names-another-range": ["resource_policy"],
    "policy-names-the-client-vpc": ["resource_policy"],
    "policy-not-redeployed": ["deployment"],
    "policy-with-literal-wildcard": ["resource_policy"],
    "policy-with-the-guides-resource": ["resource_policy"],
    "private-dns-off": ["private_dns"],
    "requester-acl-without-tcp-in": ["network_acl_entry"],
    "requester-acl-without-udp-in": ["network_acl_entry"],
    "route-in-the-main-table-only": ["route"],
    "rule-association-failed": ["rule_association"],
    "rule-for-everything": ["narrower_rules"],
    "rule-for-everything-with-system-rule": ["resolver_rule"],
    "rule-for-the-whole-region": ["narrower_rules"],
    "rule-loops": ["rule_dissociation"],
    "rule-loops-directly": ["rule_dissociation"],
    "rule-missing": ["resolver_rule"],
    "rule-not-associated": ["rule_association"],
    "target-at-the-other-vpc-plus-two": ["rule_targets"],
    "zone-without-the-api": ["zone_record"],
}

UNDECIDED = {"certain-failure-beside-an-unknown": ["route"]}
"""What is needed for certain where missing facts leave open whether it is enough."""


def goal_of(case: Case) -> Goal:
    return Goal(client=case.client, url=case.url, method=case.method, headers=case.headers)


@pytest.mark.parametrize("name", FAILING)
def test_a_broken_form_is_mended_as_an_engineer_would(name):
    case = CASES[name]
    snapshot = snapshot_of(case.guide.estate)
    answer = mend(snapshot, [goal_of(case)])
    wanted = MENDED.get(name, UNDECIDED.get(name, []))
    assert [each.kind for each in answer.changes] == wanted, [each.text for each in answer.changes]
    if name in MENDED:
        assert all(each.holds for each in answer.goals)
    assert all(change.commands for change in answer.changes)


@pytest.mark.parametrize("name", sorted(set(FAILING) - set(MENDED)))
def test_what_no_change_mends_is_told_with_a_reason(name):
    case = CASES[name]
    answer = mend(snapshot_of(case.guide.estate), [goal_of(case)])
    if answer.goals[0].holds:
        assert answer.verdict is Verdict.ALLOWED
    elif case.expected.verdict is Verdict.UNKNOWN or name in UNDECIDED:
        assert answer.verdict is Verdict.UNKNOWN
        assert answer.unknowns
    else:
        assert answer.verdict is Verdict.DENIED
        assert answer.blocking


TOLD = {
    "api-acl-without-443-in": "let TCP 443 in from 10.1.1.0/24",
    "api-acl-with-few-ephemeral-ports": "let TCP 1024-65535 out to 10.1.1.0/24",
    "api-of-another-team": "allow execute-api:/prod/GET/invoices through vpce-",
    "inbound-group-without-udp-53": "let udp 53 in from 10.1.1.53/32, 10.1.2.53/32",
    "policy-names-another-range": "names 10.1.1.0/24 in aws:VpcSourceIp",
    "policy-with-literal-wildcard": "in place of vpce-*",
    "policy-with-the-guides-resource": "in place of the statement that matches nothing",
}
"""No wider than it takes: what is open already is not opened again, and what serves nobody goes."""


@pytest.mark.parametrize("name", TOLD)
def test_a_change_says_no_more_than_it_takes(name):
    case = CASES[name]
    (change,) = mend(snapshot_of(case.guide.estate), [goal_of(case)]).changes
    assert TOLD[name] in change.text
    assert "TCP 53" not in change.text


def test_no_name_is_without_a_rule_while_a_wide_rule_is_narrowed():
    case = CASES["rule-for-the-whole-region"]
    (change,) = mend(snapshot_of(case.guide.estate), [goal_of(case)]).changes
    verbs = [each.partition("route53resolver ")[2].split()[0] for each in change.commands]
    assert verbs[-1] == "disassociate-resolver-rule"


def test_a_narrower_rule_opens_no_name_that_the_wider_one_held():
    case = CASES["rule-for-the-whole-region"]
    answer = mend(snapshot_of(case.guide.estate), [goal_of(case)])
    assert all("by its own resolver" not in each.what for each in answer.opened)
    assert any(each.what.startswith("*.execute-api.") for each in answer.closed)


def test_what_private_dns_takes_away_is_told():
    case = CASES["private-dns-off"]
    answer = mend(snapshot_of(case.guide.estate), [goal_of(case)])
    assert any(each.kind == "lost name" for each in answer.closed)
    assert "Closes beside" in render_fix(answer, Style())


def test_an_endpoint_keeps_its_default_group_for_those_who_come_by_it():
    case = CASES["endpoint-with-default-group"]
    answer = mend(snapshot_of(case.guide.estate), [goal_of(case)])
    assert answer.closed == ()


def test_where_no_changes_lead_through_it_is_told_how_far_they_would_lead():
    case = VARIATIONS["policy-names-the-client-vpc"].make()
    goal = goal_of(case)
    guide = case.guide
    guide.requester.estate.remove("route53resolver.list_resolver_rule_associations", guide.rule_association, "Id")
    answer = mend(snapshot_of(guide.estate), [Goal(client=goal.client, url=goal.url, method="DELETE")])
    (told, *_) = answer.hints
    assert "associate the rule" in told
    assert "no method DELETE" in told


def test_a_working_estate_needs_no_change():
    case = CASES["alias-without-resolver"]
    answer = mend(snapshot_of(case.guide.estate), [goal_of(case)])
    assert (answer.verdict, answer.changes) == (Verdict.ALLOWED, ())


def test_what_must_stay_shut_stays_shut():
    case = CASES["api-of-another-team"]
    goal = goal_of(case)
    shut = Goal(client=goal.client, url=goal.url, must=False)
    answer = mend(snapshot_of(CASES["no-return-route"].guide.estate), [shut, goal_of(CASES["no-return-route"])])
    assert answer.verdict is Verdict.ALLOWED


def test_contrary_goals_have_no_repair():
    goal = goal_of(CASES["no-return-route"])
    shut = Goal(client=goal.client, url=goal.url, must=False)
    answer = mend(snapshot_of(CASES["no-return-route"].guide.estate), [goal, shut])
    assert answer.verdict is not Verdict.ALLOWED


def test_a_mended_route_opens_what_it_leads_to_and_says_so():
    case = CASES["no-return-route-by-alias"]
    answer = mend(snapshot_of(case.guide.estate), [goal_of(case)])
    assert any(each.kind == "socket" and "443" in each.what for each in answer.opened)


def test_the_given_snapshot_stays_as_it_is():
    snapshot = snapshot_of(CASES["no-return-route"].guide.estate)
    tables = dict(snapshot.facts.route_tables)
    mend(snapshot, [goal_of(CASES["no-return-route"])])
    assert snapshot.facts.route_tables == tables


def test_a_condition_that_lists_nobody_is_left_as_it_is():
    case = VARIATIONS["policy-names-the-client-vpc"].make()
    asked = {"Null": {"aws:SourceVpce": "true"}, "StringNotEquals": {"aws:SourceVpc": case.guide.api.vpc}}
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*",
        "Condition": asked,
    }
    case.guide.api.estate.set_policy("a1b2c3d4e5", {"Version": "2012-10-17", "Statement": [statement]})
    case.guide.api.estate.deploy("a1b2c3d4e5", "prod")
    (change,) = mend(snapshot_of(case.guide.estate), [goal_of(case)]).changes
    assert "allow execute-api:/prod/GET/orders through" in change.text
