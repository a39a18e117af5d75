from pathlib import Path

import pytest

from narrowgate.guide.__main__ import main
from narrowgate.guide.broken import VARIATIONS
from narrowgate.guide.folder import snapshot_of
from narrowgate.sources.snapshot import load_snapshot

RECORDED = Path(main.__code__.co_filename).parent / "recorded"


def test_a_variation_is_written_under_its_name(tmp_path: Path) -> None:
    assert main([str(tmp_path / "broken"), "no-return-route"]) == 0
    made = VARIATIONS["no-return-route"].make().guide.estate
    assert load_snapshot(tmp_path / "broken").facts == snapshot_of(made).facts


def test_a_folder_that_exists_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([str(tmp_path)])
    assert stopped.value.code == 2
    assert "exists already" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_list_names_every_variation_and_what_it_changes(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--list"])
    listed = capsys.readouterr().out
    for variation in VARIATIONS.values():
        assert f"{variation.id}\n    {variation.changed}" in listed


@pytest.mark.parametrize(("folder", "vpcs"), [("vpc-endpoint-interface", 1), ("vpc-peering", 3)])
def test_the_recorded_folders_come_with_the_package(folder: str, vpcs: int) -> None:
    assert len(load_snapshot(RECORDED / folder).facts.vpcs) == vpcs
