"""Faults on purpose in one lab: each is seen where it is, and when it is mended the call is as it was."""

import asyncio
from collections.abc import Callable, Sequence

import msgspec
import pytest
from tests.tools import ROOT

from narrowgate.api.lab_designs import of_design
from narrowgate.api.sources import load
from narrowgate.lab.child import in_child
from narrowgate.lab.kernel.spaces import enter_user_namespace
from narrowgate.lab.observe import Query, ask
from narrowgate.lab.plan.breakable import breakable, find_fault
from narrowgate.lab.plan.faults import Fault, Kind
from narrowgate.lab.probe import Observed, Prober
from narrowgate.lab.world import World
from narrowgate.model.snapshot import Snapshot

Step = tuple[Sequence[Fault], Query]
HOST = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"
CALL = Query(client="i-0119035ed3dc2ae44", kind="call", target=f"https://{HOST}/prod/orders")
A, B = "10.0.1.10", "10.0.2.10"


def _fault(kind: str, name: str, **narrowing: object) -> Fault:
    """With the name as target: the lab's own names are put in where it runs."""
    return Fault(kind=Kind(kind), target="", name=name, **narrowing)


def _reach(address: str, port: int = 443) -> Query:
    return Query(client=CALL.client, kind="reach", target=f"{address}:{port}")


def _watch(snapshot: Snapshot, folder, steps: Sequence[Step]) -> list[list[Observed]]:
    """In one lab: set the faults of each step and ask."""

    async def run() -> list[tuple[Observed, ...]]:
        world = World(snapshot, folder)
        await world.start()
        names = breakable(world.plan, snapshot)
        prober, seen = Prober(world), []
        for faults, query in steps:
            world.set_faults([find_fault(names, each.kind, each.name, narrowed=each) for each in faults])
            seen.append(await ask(prober, world.plan.port(query.client), query))
        await world.stop()
        return seen

    def work(tell: Callable[[bytes], None]) -> None:
        enter_user_namespace()
        tell(msgspec.msgpack.encode(asyncio.run(run())))

    return msgspec.msgpack.decode(in_child(work), type=list[list[Observed]])


HTTPS = {"protocol": 6, "ports": (443, 443)}
CASES: dict[str, tuple[Sequence[Fault], Query, set[tuple[str | None, str, str]]]] = {
    "link": ([_fault("link", "requester-to-api")], _reach(A), {(A, "connect_timeout", "NOROUTE")}),
    "forward route": (
        [_fault("route", "requester/10.0.0.0/16")],
        _reach(A),
        {(A, "connect_timeout", "NOROUTE")},
    ),
    "return route": ([_fault("route", "api/10.1.0.0/16")], _reach(B), {(B, "connect_timeout", "NOROUTE")}),
    "one zone": (
        [_fault("endpoint-az", "execute-api/us-east-1a")],
        CALL,
        {(A, "connect_timeout", "NOROUTE"), (B, "http_200", "")},
    ),
    "interface": ([_fault("interface", "execute-api")], _reach(B), {(B, "connect_timeout", "NOROUTE")}),
    "subnet": ([_fault("subnet", "api-b")], _reach(B), {(B, "connect_timeout", "NOROUTE")}),
    "one target of two": (
        [_fault("resolver-ip", "10.0.1.53")],
        CALL,
        {(A, "http_200", ""), (B, "http_200", "")},
    ),
    "one sender of two": (
        [_fault("resolver-ip", "10.1.1.53")],
        CALL,
        {(A, "http_200", ""), (B, "http_200", "")},
    ),
    "both targets": (
        [_fault("resolver-ip", "10.0.1.53"), _fault("resolver-ip", "10.0.2.53")],
        CALL,
        {(None, "dns_servfail", "NOROUTE")},
    ),
    "ACL of one subnet": (
        [_fault("acl", "api-a", ways=("in",), **HTTPS)],
        CALL,
        {(A, "connect_timeout", "NACLIN"), (B, "http_200", "")},
    ),
    "replies through an ACL": (
        [_fault("acl", "api-a", protocol=6, ports=(1024, 65535), ways=("out",))],
        _reach(A),
        {(A, "connect_timeout", "NACLOUT")},
    ),
    "group of the endpoint": (
        [_fault("group", "execute-api-endpoint", ways=("in",), **HTTPS)],
        _reach(A),
        {(A, "connect_timeout", "SGIN")},
    ),
    "group of the client": (
        [_fault("group", "requester-host", ways=("out",))],
        _reach(A),
        {(A, "connect_timeout", "SGOUT")},
    ),
}
WHOLE = {(A, "http_200", ""), (B, "http_200", "")}


def _told(seen: Sequence[Observed]) -> set[tuple[str | None, str, str]]:
    return {(each.address, each.symptom, (each.dropped_at or "").partition(" ")[0]) for each in seen}


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What each case shows, and the same call right after it is mended."""
    folder = tmp_path_factory.mktemp("lab")
    steps = [step for faults, query, _ in CASES.values() for step in ((faults, query), ((), CALL))]
    found = _watch(load(ROOT / "examples" / "guide" / "snapshot"), folder, steps)
    return dict(zip(CASES, zip(found[::2], found[1::2], strict=True), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_seen_where_it_is_and_mended(seen, case):
    broken, mended = seen[case]
    assert _told(broken) == CASES[case][2]
    assert _told(mended) == WHOLE


def test_of_two_faults_that_overlap_one_can_be_mended_alone(tmp_path):
    snapshot = load(ROOT / "examples" / "guide" / "snapshot")
    both = [_fault("subnet", "api-a"), _fault("address", A)]
    found = _watch(snapshot, tmp_path, [(both, _reach(A)), (both[1:], _reach(A)), ((), _reach(A))])
    assert [each.symptom for (each,) in found] == ["connect_timeout", "connect_timeout", "reached"]


def test_an_attachment_takes_its_gateways_routes_with_it_and_they_come_back(tmp_path):
    material = of_design(ROOT / "examples" / "hub" / "narrowgate.yaml")
    shop, support = (
        next(
            Query(client=each.host, kind="call", target=each.target)
            for each in material.questions
            if each.kind == "call" and each.method == "GET" and each.name.startswith(name)
        )
        for name in ("shop-web", "support-desk")
    )
    fault = [_fault("link", "shop-to-hub")]
    found = _watch(material.snapshot, tmp_path, [(fault, shop), (fault, support), ((), shop)])
    symptoms = [{(each.symptom, (each.dropped_at or "").partition(" ")[0]) for each in seen} for seen in found]
    assert symptoms == [{("connect_timeout", "NOROUTE")}, {("http_200", "")}, {("http_200", "")}]
