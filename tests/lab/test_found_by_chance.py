"""What random estates found: each difference between packets and engine as the smallest case that shows it.

In all of them but the last two the lab was wrong; the engine's own cases stand in tests/conformance by rule.
"""

from collections.abc import Callable

import pytest
from tests.builders import (
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
from narrowgate.lab.observe import Query, observe
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
