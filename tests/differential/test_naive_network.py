"""The engine against a second, naive evaluator on random networks: verdict and first cause, pair by pair."""

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.differential.naive_network import Naive
from tests.differential.random_estates import RandomEstate

from narrowgate.engine.network.clients import find_client
from narrowgate.engine.network.reach import evaluate_reach
from narrowgate.engine.network.targets import find_target

ESTATES, PAIRS = 100, 30
"""At least 2,000 pairs a run."""


def _asked(random: Random, estate: RandomEstate) -> tuple[str, str, str, int, tuple[int, int]]:
    # Clients are hosts for the most part: an endpoint as a client has one answer only.
    client = random.choice(estate.hosts if random.random() < 0.97 else estate.interfaces)
    target = random.choice([each for each in estate.interfaces if each != client])
    protocol = random.choice(("tcp", "tcp", "tcp", "udp"))
    port = random.choice((443, 443, 443, 53, 8080))
    client_ports = random.choice(((1024, 65535), (1024, 65535), (32768, 60999), (49152, 65535)))
    return client, target, protocol, port, client_ports


@settings(max_examples=ESTATES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_engine_and_naive_evaluator_agree_on_verdict_and_first_cause(seed):
    estate = RandomEstate(seed)
    snapshot = estate.snapshot()
    naive = Naive(snapshot)
    random = Random(seed + 1)
    for _ in range(PAIRS):
        client, target, protocol, port, client_ports = _asked(random, estate)
        answer = evaluate_reach(
            snapshot,
            find_client(snapshot, client),
            find_target(snapshot, target),
            port=port,
            protocol=protocol,
            client_ports=client_ports,
        )
        cause = answer.decided_by
        ours = (answer.verdict.value, cause and (cause.leg.value, cause.reason.value, cause.resource))
        verdict, first = naive.reach(client, target, protocol, port, client_ports)
        theirs = (verdict, first and (first.leg, first.reason, first.resource))
        assert ours == theirs, (seed, client, target, protocol, port, client_ports)
