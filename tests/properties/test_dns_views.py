"""Random views that forward to each other: a naive reading of the rules as judge, and laws of their own."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import Estate, snapshot_of, tcp, udp
from tests.properties.naive_dns import FORWARD, SYSTEM, Answer, Rule, View, Zone, ask

from narrowgate.engine.dns.resolve import evaluate_resolve
from narrowgate.engine.network.clients import find_client
from narrowgate.model.answer import Rcode, ResolveAnswer, Verdict

SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
VPCS = 3
DOMAINS = ("test", "a.test", "b.test", "a.a.test", "b.a.test", "a.b.a.test")
LABELS = ("a", "b", "c")

names = st.lists(st.sampled_from(LABELS), max_size=4).map(lambda found: ".".join([*found, "test"]))
domains = st.sampled_from(DOMAINS)
addresses = st.integers(1, 9).map(lambda number: f"10.200.0.{number}")


@st.composite
def records(draw: Any, domain: str) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for _ in range(draw(st.integers(0, 6))):
        labels = draw(st.lists(st.sampled_from(LABELS), max_size=3))
        if labels and draw(st.booleans()):
            labels[0] = "*"
        owner = ".".join([*labels, domain])
        if owner in found:
            continue
        kind = draw(st.sampled_from(("A", "A", "TXT", "CNAME"))) if labels else "A"
        value = {"A": draw(addresses), "TXT": '"text"', "CNAME": draw(names)}[kind]
        found[owner] = [(kind, value)]
    return found


@st.composite
def views(draw: Any) -> list[View]:
    found: list[View] = []
    for _ in range(VPCS):
        zone_domains = draw(st.lists(domains, unique=True, max_size=3))
        rule_domains = draw(st.lists(domains, unique=True, max_size=3))
        kinds = [draw(st.sampled_from((FORWARD, FORWARD, SYSTEM))) for _ in rule_domains]
        found.append(
            View(
                zones=[Zone(each, draw(records(each))) for each in zone_domains],
                rules=[
                    Rule(domain, kind, draw(st.integers(0, VPCS - 1)) if kind == FORWARD else None)
                    for domain, kind in zip(rule_domains, kinds, strict=True)
                ],
            )
        )
    return found


def build(found: list[View]) -> tuple[Estate, list[str]]:
    """VPCs that all reach each other, each with both kinds of Resolver endpoints; ids of a subnet in each."""
    estate = Estate()
    vpcs, subnets, tables, inbound, outbound = [], [], [], [], []
    for number in range(VPCS):
        vpc = estate.vpc(f"10.{number}.0.0/16", f"vpc-{number}")
        pair = [estate.subnet(vpc, f"10.{number}.{part}.0/24", zone) for part, zone in ((1, "a"), (2, "b"))]
        group = estate.security_group(vpc, "resolver", ingress=[udp(53, "10.0.0.0/8"), tcp(53, "10.0.0.0/8")])
        vpcs.append(vpc)
        subnets.append(pair[0])
        tables.append(estate.route_table(vpc, f"table-{number}", subnets=pair))
        inbound.append(estate.resolver_endpoint("INBOUND", pair, [group], name=f"in-{number}"))
        outbound.append(estate.resolver_endpoint("OUTBOUND", pair, [group], name=f"out-{number}"))
    for near in range(VPCS):
        for far in range(near):
            peering = estate.peering(vpcs[near], vpcs[far])
            estate.route(tables[near], f"10.{far}.0.0/16", peering)
            estate.route(tables[far], f"10.{near}.0.0/16", peering)
    for number, view in enumerate(found):
        for zone in view.zones:
            zone_id = estate.private_zone(zone.domain, [vpcs[number]])
            for owner, held in zone.records.items():
                for kind, value in held:
                    estate.record(zone_id, owner, kind, [value])
        for rule in view.rules:
            targets = estate.resolver_addresses(inbound[rule.to]) if rule.to is not None else []
            sender = outbound[number] if rule.kind == FORWARD else None
            own = estate.resolver_rule(rule.domain, sender, targets, kind=rule.kind, name=f"{number}{rule.domain}")
            estate.associate_rule(own, vpcs[number])
    return estate, subnets


def told(answer: ResolveAnswer) -> Answer:
    """The engine's answer in the naive reader's words."""
    if answer.verdict is Verdict.INVALID:
        return ("REFUSED", frozenset())
    assert answer.rcode is not None
    assert (answer.verdict is Verdict.ALLOWED) is (answer.rcode is Rcode.NOERROR)
    return (str(answer.rcode), frozenset(answer.addresses))


@SOME
@given(views(), st.lists(names, min_size=1, max_size=6), st.integers(0, VPCS - 1))
def test_the_engine_answers_as_a_naive_reading_does(found: list[View], asked: list[str], vpc: int) -> None:
    estate, subnets = build(found)
    snapshot = snapshot_of(estate)
    client = find_client(snapshot, subnets[vpc])
    for name in asked:
        answer = evaluate_resolve(snapshot, client, name)
        assert answer.unknowns == ()
        assert told(answer) == ask(found, vpc, name, "A"), name


@SOME
@given(views(), names, st.integers(0, VPCS - 1))
def test_the_order_of_questions_changes_no_answer(found: list[View], name: str, vpc: int) -> None:
    estate, subnets = build(found)
    alone, after_others = snapshot_of(estate), snapshot_of(estate)
    for other in range(VPCS):
        evaluate_resolve(after_others, find_client(after_others, subnets[other]), name)
    first = evaluate_resolve(alone, find_client(alone, subnets[vpc]), name)
    assert told(first) == told(evaluate_resolve(after_others, find_client(after_others, subnets[vpc]), name))


@SOME
@given(views(), names, st.sampled_from(("unrelated.example", "xa.test", "a.a.a.a.a.a.a.test", "tes")))
def test_a_zone_that_does_not_cover_the_names_changes_nothing(found: list[View], name: str, domain: str) -> None:
    estate, subnets = build(found)
    before = snapshot_of(estate)
    vpcs = [estate.resource(subnet)["VpcId"] for subnet in subnets]
    zone = estate.private_zone(domain, vpcs)
    estate.record(zone, f"x.{domain}", "A", ["10.200.0.99"])
    after = snapshot_of(estate)
    answers = [evaluate_resolve(each, find_client(each, subnets[0]), name) for each in (before, after)]
    assert told(answers[0]) == told(answers[1])


@SOME
@given(st.lists(domains, unique=True, min_size=1, max_size=6), names)
def test_the_longest_matching_domain_is_the_one_that_brute_force_finds(chosen: list[str], name: str) -> None:
    found = [View(zones=[Zone(each, {f"*.{each}": [("A", "10.200.0.1")]}) for each in chosen])]
    found += [View() for _ in range(VPCS - 1)]
    estate, subnets = build(found)
    snapshot = snapshot_of(estate)
    answer = evaluate_resolve(snapshot, find_client(snapshot, subnets[0]), name)
    labels = name.split(".")
    covering = [each for each in chosen if labels[-len(each.split(".")) :] == each.split(".")]
    by_id = {zone_id: zone.name.rstrip(".") for zone_id, zone in snapshot.facts.hosted_zones.items()}
    if covering:
        assert answer.answered_by is not None
        assert by_id[answer.answered_by] == max(covering, key=len)
    else:
        assert answer.answered_by == "public"


def test_a_target_that_loops_for_one_asker_answers_another() -> None:
    found = [
        View(rules=[Rule("test", FORWARD, 1)]),
        View(rules=[Rule("test", FORWARD, 0)]),
        View(zones=[Zone("test", {"a.test": [("A", "10.200.0.1")]})]),
    ]
    estate, subnets = build(found)
    elements, site = estate.ledger.elements, estate.where
    inbound = {
        each["HostVPCId"]: estate.resolver_addresses(each["Id"])
        for each in elements[(site, "route53resolver.list_resolver_endpoints")]
        if each["Direction"] == "INBOUND"
    }
    second, third = (inbound[estate.resource(subnet)["VpcId"]] for subnet in subnets[1:])
    rules = elements[(site, "route53resolver.list_resolver_rules")]
    first = next(each for each in rules if each["Name"] == "0test")
    first["TargetIps"] += [{"Ip": text, "Port": 53} for text in third]
    snapshot = snapshot_of(estate)
    answer = evaluate_resolve(snapshot, find_client(snapshot, subnets[0]), "a.test")
    assert told(answer) == ("NOERROR", frozenset({"10.200.0.1"}))
    assert any("slow" in text for text in answer.warnings)
    # The second VPC was silent in that circle; asked by somebody else, it answers by way of the first.
    asked = evaluate_resolve(snapshot, find_client(snapshot, subnets[2]), "a.test", server=second[0])
    assert told(asked) == told(answer)
