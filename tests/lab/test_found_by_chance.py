"""What random estates found: each difference between packets and engine as the smallest case that shows it.

Where the engine was wrong, its case by rule stands in tests/conformance as well.
"""

from collections.abc import Callable

import pytest
from tests.builders import (
    Estate,
    Guide,
    build_guide,
    firewall_rule,
    invoke_statement,
    policy_document,
    snapshot_of,
)

from narrowgate.api.lab_comparison import compare
from narrowgate.api.lab_questions import Question
from narrowgate.guide.estate import CLIENT, ORDERS
from narrowgate.lab.kernel.packet_filter import ruleset
from narrowgate.lab.observe import Query, observe
from narrowgate.lab.plan.build import build_plan
from narrowgate.lab.probe import Observed
from narrowgate.model.fact import name_tag

ELSEWHERE = "elsewhere.test"


def _found(guide: Guide, kind: str, target: str) -> Observed:
    """What packets did; the engine has to say the same."""
    snapshot = snapshot_of(guide.estate)
    host = next(own for own, each in snapshot.facts.instances.items() if name_tag(each.tags) == CLIENT)
    (found,) = observe(snapshot, [Query(client=host, kind=kind, target=target)]).answers
    compared = compare(snapshot, Question(client=host, host=host, kind=kind, target=target), found)
    assert compared.agrees, compared
    return found[0]


def _firewall(guide: Guide, vpc: str, *rules: tuple[int, str, str | None], name: str) -> None:
    site = guide.estate.home(vpc)
    made = []
    for priority, action, response in rules:
        listed = site.domain_list(f"list-{priority}", [name])
        rule = firewall_rule(priority, action, listed, response=response)
        made.append(rule | ({"BlockOverrideDomain": f"{ELSEWHERE}."} if response == "OVERRIDE" else {}))
    site.associate_firewall(site.firewall_group("group", made), vpc)


def _elsewhere(guide: Guide, vpc: str) -> None:
    site = guide.estate.home(vpc)
    site.record(site.private_zone(ELSEWHERE, [vpc]), ELSEWHERE, "A", ["10.1.1.99"])


def test_an_alert_ends_the_firewall_and_no_later_block_counts():
    """FW-02: the first rule that matches ends evaluation, one that only alerts too."""
    guide = build_guide()
    name = guide.api.estate.invoke_host(ORDERS)
    rules = ((10, "ALERT", None), (20, "BLOCK", "NODATA"))
    _firewall(guide, guide.requester.vpc, *rules, name=name)
    assert _found(guide, "resolve", name).symptom == "resolved"


def test_an_overriding_record_is_the_whole_answer():
    """FW-03: the resolver that blocks does not look up what it overrides a name with."""
    guide = build_guide()
    name = guide.api.estate.invoke_host(ORDERS)
    _elsewhere(guide, guide.requester.vpc)
    _firewall(guide, guide.requester.vpc, (10, "BLOCK", "OVERRIDE"), name=name)
    assert _found(guide, "resolve", name).symptom == "dns_nodata"


def test_a_forwarded_cname_is_looked_up_where_it_was_forwarded_from():
    """RSLV-11: the far side's answer for the target does not count; the near side has a zone of its own for it."""
    guide = build_guide()
    far, near = guide.api.estate, guide.requester.estate
    far.record(far.private_zone("moved.test", [guide.api.vpc]), "www.moved.test", "CNAME", [f"{ELSEWHERE}."])
    far_zone = far.private_zone(f"{ELSEWHERE}", [guide.api.vpc])
    far.record(far_zone, ELSEWHERE, "A", ["10.0.1.98"])
    _elsewhere(guide, guide.requester.vpc)
    targets = far.resolver_addresses(guide.api.resolver_endpoint)
    rule = near.resolver_rule("moved.test", guide.requester.resolver_endpoint, targets, name="moved")
    near.associate_rule(rule, guide.requester.vpc)
    assert _found(guide, "resolve", "www.moved.test").address == "10.1.1.99"


def test_an_overriding_record_of_the_far_side_is_a_cname_like_any_other_to_the_near_side():
    """RSLV-11: who forwards cannot know that a firewall made the CNAME; the engine had stopped there."""
    guide = build_guide()
    name = guide.api.estate.invoke_host(ORDERS)
    _elsewhere(guide, guide.requester.vpc)
    _firewall(guide, guide.api.vpc, (10, "BLOCK", "OVERRIDE"), name=name)
    assert _found(guide, "resolve", name).address == "10.1.1.99"


def _unknown_path(guide: Guide) -> str:
    return f"https://{guide.api.estate.invoke_host(ORDERS)}/prod/nothing-here"


def _unknown_stage(guide: Guide) -> str:
    return f"https://{guide.api.estate.invoke_host(ORDERS)}/none/orders"


@pytest.mark.parametrize("url", [_unknown_path, _unknown_stage])
def test_the_endpoint_policy_refuses_before_a_stage_or_method_is_looked_for(url: Callable[[Guide], str]):
    """VPE-02: the engine had looked for the method first, the lab for the stage."""
    guide = build_guide()
    site = guide.api.estate
    site.set_endpoint_policy(guide.endpoint, policy_document(invoke_statement("Deny")))
    found = _found(guide, "call", url(guide))
    assert (found.symptom, found.error_type) == ("http_403", "AccessDeniedException")


def test_what_is_local_beats_what_a_profile_brings():
    """PROF-02: of two zones of one name the VPC's own counts."""
    guide = build_guide()
    near = guide.requester.estate
    local = near.private_zone(ELSEWHERE, [guide.requester.vpc])
    carried = near.private_zone(ELSEWHERE, [])
    near.record(local, ELSEWHERE, "A", ["10.1.1.98"])
    near.record(carried, ELSEWHERE, "A", ["10.1.1.97"])
    arn = f"arn:aws:route53:::hostedzone/{carried}"
    near.profile("shared", vpcs=[guide.requester.vpc], resources=[(arn, "HOSTED_ZONE")])
    assert _found(guide, "resolve", ELSEWHERE).address == "10.1.1.98"


def test_a_domain_name_that_refuses_says_so_with_its_own_arn():
    """POL-31: what is refused is the domain, so its ARN stands in the words, not the method's."""
    guide = build_guide()
    site = guide.api.estate
    deny = policy_document(invoke_statement("Deny"))
    domain = site.custom_domain("api.corp.test", ORDERS, policy=deny)
    site.associate_domain(domain, guide.endpoint)
    near = guide.requester.estate
    near.alias_to_endpoint(
        near.private_zone("api.corp.test", [guide.requester.vpc]), "api.corp.test", guide.endpoint
    )
    assert "/domainnames/api.corp.test" in (_found(guide, "call", "https://api.corp.test/orders").body or "")


@pytest.mark.parametrize("setting", ["enable", "disable"])
def test_an_attachment_carries_ipv6_only_where_that_is_switched_on(setting: str):
    """IP6-03: what comes or goes by another is lost at the link."""
    estate = Estate()
    vpc = estate.vpc("10.0.0.0/16", ipv6="2001:db8:100::/56")
    subnet = estate.subnet(vpc, "10.0.1.0/24", ipv6="2001:db8:100::/64")
    attachment = estate.attach_vpc(estate.transit_gateway("hub"), [subnet])
    estate.set_attachment(attachment, options={"Ipv6Support": setting})
    plan = build_plan(snapshot_of(estate))
    assert ("meta nfproto ipv6" in ruleset(plan, plan.routers[0])) == (setting == "disable")


def test_an_endpoint_policy_of_one_statement_for_another_api_is_not_awss_own():
    """VPE-01: everybody may do everything, and to that API alone; the lab had taken it for full access."""
    guide = build_guide()
    other = "arn:aws:execute-api:us-east-1:111122223333:f6g7h8i9j0/*"
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": other}
    guide.api.estate.set_endpoint_policy(guide.endpoint, policy_document(statement))
    found = _found(guide, "call", f"https://{guide.api.estate.invoke_host(ORDERS)}/prod/orders")
    assert found.error_type == "AccessDeniedException"
