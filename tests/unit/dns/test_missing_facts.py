"""What was not collected: an answer that could depend on it is unknown, never a guess (unknown is a value)."""

from collections.abc import Callable

import pytest
from tests.unit.dns.estates import DOMAIN, ORDERS_NAME, World, forwarded, peered

from narrowgate.model.answer import ResolveAnswer, Verdict
from narrowgate.sources.synthetic.calls import ONCE, ONCE_GLOBAL, PER_PARENT, PER_PARENT_GLOBAL

# The client itself is found by these.
_CLIENT = frozenset({"ec2.describe_instances", "ec2.describe_network_interfaces"})
CALLS = [call for call in (*ONCE, *ONCE_GLOBAL, *PER_PARENT, *PER_PARENT_GLOBAL) if call not in _CLIENT]

# The lists in which something else that covers the name could stand, whatever answers now.
_VIEW = frozenset(
    {
        "ec2.describe_dhcp_options",
        "ec2.describe_vpc_attribute",
        "ec2.describe_vpc_endpoints",
        "ec2.describe_vpcs",
        "route53.list_hosted_zones",
        "route53profiles.list_profile_associations",
        "route53resolver.list_firewall_rule_group_associations",
        "route53resolver.list_resolver_rule_associations",
    }
)
_PATH = frozenset(
    {
        "ec2.describe_network_acls",
        "ec2.describe_route_tables",
        "ec2.describe_security_groups",
        "ec2.describe_vpc_peering_connections",
    }
)


QUESTIONS: dict[str, tuple[Callable[[], World], Callable[[World], ResolveAnswer], frozenset[str]]] = {
    "a zone": (
        peered,
        lambda world: world.ask("db.corp.internal", client="database"),
        # A zone of the name's own parent leaves room for a rule, a Profile, a more specific zone or endpoint.
        _VIEW | {"route53.get_hosted_zone", "route53.list_resource_record_sets"},
    ),
    "private DNS": (
        peered,
        lambda world: world.ask(ORDERS_NAME, client="database"),
        _VIEW,
    ),
    "a forwarded name": (
        forwarded,
        lambda world: world.ask(ORDERS_NAME),
        _VIEW
        | _PATH
        | {
            "route53resolver.list_resolver_endpoint_ip_addresses",
            "route53resolver.list_resolver_endpoints",
            "route53resolver.list_resolver_rules",
        },
    ),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_without_one_call_is_the_same_or_unknown(question: str, call: str) -> None:
    make, ask, needed = QUESTIONS[question]
    complete = ask(make())
    assert (complete.verdict, complete.unknowns) == (Verdict.ALLOWED, ())
    world = make()
    world.estate.forget(call)
    answer = ask(world)
    if call in needed:
        assert answer.verdict is Verdict.UNKNOWN
        assert answer.unknowns
        assert (answer.addresses, answer.decided_by) == ((), None)
    else:
        assert (answer.verdict, answer.addresses) == (Verdict.ALLOWED, complete.addresses)


@pytest.mark.parametrize("call", sorted(_VIEW - {"ec2.describe_vpc_attribute", "ec2.describe_vpcs"}))
def test_absent_lists_are_empty_where_the_caller_says_so(call: str) -> None:
    world = peered()
    world.zone("app.example", web="10.9.0.1")
    world.estate.forget(call)
    answer = world.ask("web.app.example", complete=True)
    assert answer.verdict is Verdict.ALLOWED


def test_a_refused_call_stays_unknown_even_then() -> None:
    world = peered()
    world.zone("app.example", web="10.9.0.1")
    world.estate.refuse("route53resolver.list_firewall_rule_group_associations")
    answer = world.ask("web.app.example", complete=True)
    assert answer.verdict is Verdict.UNKNOWN
    assert answer.unknowns[0].why.startswith("refused")


def test_a_negative_answer_is_as_open_as_a_positive_one() -> None:
    world = forwarded(DOMAIN)
    assert world.ask("absent.corp.internal").verdict is Verdict.DENIED
    world.estate.forget("route53resolver.list_resolver_rule_associations")
    answer = world.ask("absent.corp.internal")
    assert (answer.verdict, answer.decided_by, answer.blocking) == (Verdict.UNKNOWN, None, ())


def test_zones_of_another_account_of_the_estate_could_be_on_the_vpc() -> None:
    world = peered(two_accounts=True)
    world.zone("app.example", web="10.9.0.1")
    assert world.ask("deep.web.app.example").verdict is Verdict.DENIED
    world.api_estate.forget("route53.list_hosted_zones")
    assert world.ask("deep.web.app.example").verdict is Verdict.UNKNOWN
    answer = world.ask("app.example")
    assert answer.verdict is Verdict.DENIED
