"""Sockets of random estates against `reach`: what it reaches is listed, and what is listed it reaches."""

from random import Random

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.differential.random_estates import RandomEstate

from narrowgate.engine.network.clients import find_client
from narrowgate.engine.network.flow import TCP, protocol_number
from narrowgate.engine.network.interfaces import interface
from narrowgate.engine.network.reach import evaluate_reach
from narrowgate.engine.network.targets import find_target
from narrowgate.exposure.sockets.pieces import Sockets
from narrowgate.exposure.sockets.sockets import sockets_of_vpc
from narrowgate.model.answer import Verdict
from narrowgate.model.snapshot import Snapshot

ESTATES = 40
PORTS = (443, 443, 53, 8080, 22, 450, 1024, 40000, 65535, 1)
STATES = {
    Verdict.ALLOWED: "open",
    Verdict.UNKNOWN: "unknown",
    Verdict.PARTIAL: "partial",
    Verdict.INDETERMINATE: "partial",
    Verdict.DENIED: None,
    Verdict.INVALID: None,
}


def listed(sockets: Sockets, client: str, target: str, protocol: str, port: int) -> str | None:
    """The best state in which the list has a socket."""
    number = protocol_number(protocol)
    found = {
        each.opening.state
        for each in sockets.found
        if each.protocol == number
        and port in each.opening.ports
        and any(one.is_real and one.host.network_interface_id == client for one in each.senders)
        and any(known.label == target for known, _ in each.targets)
    }
    return next((state for state in ("open", "partial", "unknown") if state in found), None)


def reached(snapshot: Snapshot, client: str, target: str, protocol: str, port: int) -> Verdict:
    answer = evaluate_reach(
        snapshot, find_client(snapshot, client), find_target(snapshot, target), port=port, protocol=protocol
    )
    return answer.verdict


def covered_as_unknown(sockets: Sockets) -> bool:
    """Whether the list says that something behind an unknown way may be open."""
    return any(each.state == "unknown" for each in sockets.unknown)


@settings(max_examples=ESTATES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(min_value=0, max_value=2**32))
@example(seed=403)  # targets in several subnets of one attachment: into one of them packets come without a route
def test_the_list_and_reach_agree_on_every_pair_of_interfaces(seed):
    estate = RandomEstate(seed)
    snapshot = estate.snapshot()
    random = Random(seed + 1)
    for _ in range(40):
        client = random.choice(estate.hosts)
        target = random.choice([each for each in estate.interfaces if each != client])
        protocol, port = random.choice(("tcp", "tcp", "udp")), random.choice(PORTS)
        sockets = sockets_of_vpc(snapshot, interface(snapshot, client).vpc_id)
        state = listed(sockets, client, target, protocol, port)
        verdict = reached(snapshot, client, target, protocol, port)
        if verdict is Verdict.UNKNOWN and state is None and covered_as_unknown(sockets):
            continue
        if verdict is Verdict.INDETERMINATE and state is None:
            # The picks differ in how they fail, not in whether: none of them leads to the target's VPC.
            continue
        assert state == STATES[verdict], (seed, client, target, protocol, port)


@settings(max_examples=ESTATES // 2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(min_value=0, max_value=2**32))
@example(seed=904)  # a subnet outside of its VPC's blocks, which a peering does not carry
def test_whatever_is_listed_for_a_host_that_could_be_started_is_reached_by_one(seed):
    estate = RandomEstate(seed)
    snapshot = estate.snapshot()
    random = Random(seed + 1)
    for vpc in estate.vpcs:
        found = [
            each
            for each in sockets_of_vpc(snapshot, vpc).found
            if not each.senders[0].is_real and each.senders[0].group is None
        ]
        for each in random.sample(found, k=min(8, len(found))):
            client = find_client(snapshot, each.senders[0].host.subnet_id)
            first, last = random.choice(each.opening.ports.intervals)
            port = max(1, random.choice((first, last, (first + last) // 2)))
            answer = evaluate_reach(
                snapshot,
                client,
                find_target(snapshot, random.choice(each.targets)[0].label),
                port=port,
                protocol="tcp" if each.protocol == TCP else "udp",
            )
            # A subnet's answer joins its parts, of which the entry names one.
            assert answer.verdict is not Verdict.DENIED, (seed, each)
            if each.opening.state == "open":
                assert answer.verdict in (Verdict.ALLOWED, Verdict.PARTIAL, Verdict.UNKNOWN), (seed, each)
