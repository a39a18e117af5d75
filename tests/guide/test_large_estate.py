"""The generator of large estates that the benchmarks use."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from narrowgate.guide.folder import snapshot_of
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
