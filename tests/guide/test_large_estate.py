"""The generator of large estates that the benchmarks use."""

import cProfile
import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from narrowgate import api
from narrowgate.exposure.apis.apis import apis_of_vpc
from narrowgate.exposure.sockets.sockets import sockets_of_vpc
from narrowgate.guide.folder import snapshot_of
from narrowgate.model.answer import Verdict
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.snapshot import load_snapshot

GENERATOR = Path(__file__).parents[2] / "benchmarks" / "estate.py"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmarks_estate", GENERATOR)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_seed_gives_one_estate(generator: ModuleType) -> None:
    first, again, other = ([unit.responses() for unit in generator.build_units(12, seed)] for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_large_estate_reads_without_warning(generator: ModuleType, tmp_path: Path) -> None:
    generator.write_estate(tmp_path, 40, 7)
    snapshot = load_snapshot(tmp_path)
    facts = snapshot.facts
    assert len(facts.vpcs) == 40
    assert len({place.account for place in snapshot.places.values()}) == 4
    assert snapshot.warnings == ()
    assert snapshot.contradictions == {}
    # The kinds of estate that the figures are about are all there.
    assert facts.vpc_peering_connections and facts.transit_gateway_vpc_attachments
    assert facts.resolver_rule_associations and facts.rest_apis and facts.firewall_rule_groups
    assert 80_000 < sum(path.stat().st_size for path in tmp_path.rglob("*.json")) / 40 < 150_000


def test_units_stand_beside_each_other(generator: ModuleType) -> None:
    units = [snapshot_of(unit) for unit in generator.build_units(generator.VPCS_PER_UNIT + 3, 1)]
    assert [len(unit.facts.vpcs) for unit in units] == [generator.VPCS_PER_UNIT, 3]
    assert not set(units[0].facts.vpcs) & set(units[1].facts.vpcs)


def _calls(ask: Callable[[], object]) -> int:
    """How many functions a question runs: a measure of its work that no other load disturbs."""
    profile = cProfile.Profile()
    profile.runcall(ask)
    return sum(entry.callcount for entry in profile.getstats())


def _work(snapshot: Snapshot) -> list[int]:
    """What a trace, a resolve and a reach take once another question has built what all of them need."""
    url, other = (
        f"https://{each.id}.execute-api.us-east-1.amazonaws.com/prod/v1/resource-00"
        for name in ("api-00001", "api-00011")
        for each in snapshot.facts.rest_apis.values()
        if each.name == name
    )
    api.trace(snapshot, "vpc-00005", other)
    api.reach(snapshot, "host-00004-01", "host-00005-02", api.Flow(port=22))
    return [
        _calls(lambda: api.trace(snapshot, "vpc-00003", url)),
        _calls(lambda: api.resolve(snapshot, "host-00003-01", url.split("/")[2], "AAAA")),
        _calls(lambda: api.reach(snapshot, "host-00003-01", "host-00007-02", api.Flow(port=22))),
    ]


def test_a_question_takes_no_more_work_in_a_larger_estate(generator: ModuleType) -> None:
    small, large = (_work(snapshot_of(unit)) for vpcs in (20, 60) for unit in generator.build_units(vpcs, 7))
    assert all(more < less * 1.1 for less, more in zip(small, large, strict=True)), (small, large)


def test_many_calls_get_the_answers_of_single_traces(generator: ModuleType) -> None:
    (unit,) = generator.build_units(24, 3)
    together, alone = snapshot_of(unit), snapshot_of(unit)
    urls = [
        f"https://{each.id}.execute-api.us-east-1.amazonaws.com/prod/v1/resource-00"
        for each in together.facts.rest_apis.values()
    ]
    vpcs = sorted(together.facts.vpcs)
    seen: set[tuple[str, str | None]] = set()
    for call in api.trace_many(together, vpcs, urls):
        expected = api.trace(alone, call.client, call.url)
        assert (call.verdict, call.symptom) == (expected.verdict, expected.symptom)
        assert call.answer() == expected
        seen.add((call.verdict, call.symptom))
    assert seen == {("allowed", "http_200"), ("denied", "http_403"), ("denied", "dns_nxdomain")}


def test_allowed_calls_stand_in_the_list_of_what_is_open(generator: ModuleType) -> None:
    (unit,) = generator.build_units(24, 3)
    snapshot = snapshot_of(unit)
    apis = {
        f"https://{own}.execute-api.us-east-1.amazonaws.com/prod/v1/resource-00": own
        for own in snapshot.facts.rest_apis
    }
    vpcs = sorted(snapshot.facts.vpcs)
    allowed = {
        (call.client, apis[call.url])
        for call in api.trace_many(snapshot, vpcs, apis)
        if call.verdict is Verdict.ALLOWED
    }
    exposed = {
        (vpc, each.api)
        for vpc in vpcs
        for each in apis_of_vpc(snapshot, vpc, sockets_of_vpc(snapshot, vpc))
        if each.state == "open" and each.path == "/v1/resource-00"
    }
    assert allowed
    assert allowed <= exposed
