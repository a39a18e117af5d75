"""The engine against the kernel's packet filter: random estates, and what packets really do there."""

import os
from random import Random

import pytest
from tests.differential.random_estates import RandomEstate
from tests.tools import missing

from narrowgate.engine.network.clients import find_client
from narrowgate.engine.network.reach import evaluate_reach
from narrowgate.engine.network.targets import find_target
from narrowgate.lab.doctor import examine
from narrowgate.lab.observe import Query, observe
from narrowgate.lab.probe import Observed
from narrowgate.model.answer import ReachAnswer, Verdict
from narrowgate.model.snapshot import Snapshot

BATCHES, ESTATES, PAIRS = 10, int(os.environ.get("NARROWGATE_LAB_ESTATES", "500")) // 10, 12
"""`NARROWGATE_LAB_ESTATES=20000` is the soak."""

COMPARABLE = frozenset({Verdict.ALLOWED, Verdict.DENIED})
"""What AWS would refuse cannot be built there, and what differs from flow to flow is one flow here."""

PLACES = {
    "SGOUT": "security_group",
    "SGIN": "security_group",
    "NACLOUT": "network_acl",
    "NACLIN": "network_acl",
}


@pytest.fixture(scope="module", autouse=True)
def lab_runs() -> None:
    lacking = next((each for each in examine() if not each.holds), None)
    if lacking is not None:
        missing(f"{lacking.name} for the lab ({lacking.text})")


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_engine_and_packets_agree_on_random_estates(batch):
    for seed in range(batch * ESTATES, (batch + 1) * ESTATES):
        estate = RandomEstate(seed)
        snapshot = estate.snapshot()
        pairs = list(_pairs(seed, estate))
        seen = observe(snapshot, [_query(snapshot, *each) for each in pairs]).answers
        for pair, (found,) in zip(pairs, seen, strict=True):
            assert not _difference(_engine(snapshot, *pair), found, pair[1]), (seed, pair)


def _pairs(seed, estate):
    random = Random(seed + 1)
    for number in range(PAIRS):
        client = random.choice(estate.hosts)
        target = random.choice([each for each in estate.interfaces if each != client])
        # Each call has a port of its own, so that no connection is taken for an earlier one's.
        yield (
            client,
            target,
            random.choice((443, 443, 53, 8080)),
            random.choice((1024, 20000, 33000, 50000, 61000)) + number,
        )


def _query(snapshot: Snapshot, client: str, target: str, port: int, client_port: int) -> Query:
    address = snapshot.facts.network_interfaces[target].private_ip_address
    return Query(client=client, kind="reach", target=f"{address}:{port}", source_port=client_port)


def _engine(snapshot: Snapshot, client: str, target: str, port: int, client_port: int) -> ReachAnswer:
    return evaluate_reach(
        snapshot,
        find_client(snapshot, client),
        find_target(snapshot, target),
        port=port,
        protocol="tcp",
        client_ports=(client_port, client_port),
    )


def _difference(answer: ReachAnswer, found: Observed, target: str) -> str:
    """What engine and packets do not agree on; an address that another interface has too is not the target."""
    if answer.verdict not in COMPARABLE:
        return ""
    arrived = found.symptom == "reached" and found.arrived_at == target
    if arrived != (answer.verdict is Verdict.ALLOWED):
        return f"{answer.verdict}, and packets: {found}"
    layer = PLACES.get((found.dropped_at or "").partition(" ")[0])
    named = {str(each.layer) for each in answer.blocking}
    # Where a route is wrong, packets may meet the filters of another network, which the target does not have.
    if layer is not None and named <= set(PLACES.values()) and layer not in named:
        return f"{answer.decided_by}, and packets: {found}"
    return ""


FAULTS = {
    "security group": lambda estate, names: estate.set_permissions(names["group"], ingress=[]),
    "route": lambda estate, names: estate.resource(names["table"]).update(Routes=[]),
    "network ACL": lambda estate, names: estate.network_acl(
        names["vpc"], "shut", entries=[], subnets=[names["subnet"]]
    ),
}


@pytest.mark.parametrize("layer", FAULTS)
def test_a_fault_that_the_engine_does_not_see_is_a_difference(layer):
    """The engine is told the estate as it was; packets meet it with a fault in one layer, in many estates."""
    found = 0
    for seed in range(12):
        known, faulty = RandomEstate(seed), RandomEstate(seed)
        vpc = faulty.vpcs[0]
        for table in faulty.tables[vpc]:
            for group in faulty.groups[vpc]:
                names = {"vpc": vpc, "table": table, "group": group, "subnet": faulty.subnets[vpc][0]}
                FAULTS[layer](faulty.estate, names)
        pairs = list(_pairs(seed, known))
        seen = observe(faulty.snapshot(), [_query(known.snapshot(), *each) for each in pairs]).answers
        told = known.snapshot()
        found += sum(
            bool(_difference(_engine(told, *pair), each, pair[1]))
            for pair, (each,) in zip(pairs, seen, strict=True)
        )
    assert found > 0
