"""Names of random views against `resolve`, both ways: by the own resolver, and by asking inbound endpoints."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import snapshot_of
from tests.properties.naive_dns import View
from tests.properties.test_dns_views import VPCS, build, names, views

from narrowgate.engine.dns.resolve import evaluate_resolve
from narrowgate.engine.network.clients import find_client
from narrowgate.exposure.names.names import OWN_RESOLVER, names_of_vpc
from narrowgate.exposure.names.patterns import entry_for
from narrowgate.exposure.sockets.sockets import sockets_of_vpc
from narrowgate.model.answer import ResolveAnswer, Verdict

SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def is_private(answer: ResolveAnswer) -> bool:
    return answer.verdict is Verdict.ALLOWED and answer.target != "public"


@SOME
@given(views(), st.lists(names, min_size=4, max_size=12), st.integers(0, VPCS - 1), st.integers(0, VPCS - 1))
def test_a_name_is_listed_exactly_where_it_resolves(
    found: list[View], asked: list[str], vpc: int, other: int
) -> None:
    estate, subnets = build(found)
    snapshot = snapshot_of(estate)
    client = find_client(snapshot, subnets[vpc])
    own = estate.resource(subnets[vpc])["VpcId"]
    listed = names_of_vpc(snapshot, own, sockets_of_vpc(snapshot, own)).private
    endpoint = next(
        each
        for each in snapshot.facts.resolver_endpoints.values()
        if each.direction == "INBOUND" and each.host_vpc_id == estate.resource(subnets[other])["VpcId"]
    )
    server = estate.resolver_addresses(endpoint.id)[0]
    for via, asking in ((OWN_RESOLVER, None), (f"asking {endpoint.id} directly", server)):
        entries = [each for each in listed if each.via == via]
        held = [each.name for each in entries if not each.name.startswith("*") and not each.embeds]
        for name in dict.fromkeys((*asked, *held)):
            kinds = entry.types if (entry := entry_for(entries, name)) is not None else ("A", "AAAA", "TXT")
            answers = [evaluate_resolve(snapshot, client, name, kind, server=asking) for kind in kinds]
            assert any(map(is_private, answers)) is (entry is not None and entry.state == "open"), (via, name)
            if entry is not None and "A" in entry.types:
                assert set(entry.addresses) == set(answers[entry.types.index("A")].addresses), (via, name)
