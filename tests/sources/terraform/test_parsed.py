"""Folders read with `tfparse` 0.6.22, whose answers were recorded: which instances there are."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.sources.terraform.reading import GUIDE, SHAPES, copy_of, unlike

from narrowgate.api.sources import load
from narrowgate.model.errors import InputError
from narrowgate.sources.terraform import folder as folders


def install(patch: pytest.MonkeyPatch, path: Path, answer) -> None:
    """A `tfparse` that answers as recorded, on a machine without Terraform."""
    fake = SimpleNamespace(load_from_path=answer, __spec__=SimpleNamespace())
    patch.setitem(sys.modules, "tfparse", fake)
    patch.setenv("PATH", str(path))


@pytest.mark.parametrize("shape", ["sides", "forms"])
def test_a_folder_tells_what_its_plan_tells(monkeypatch, tmp_path, shape: str):
    recorded = json.loads((SHAPES / shape / "tfparse.json").read_text())
    install(monkeypatch, tmp_path, lambda *_, **__: recorded)
    estate = copy_of(SHAPES / shape, tmp_path, plan=False)
    told: list[str] = []
    read = folders.load_terraform_folder(estate, say=told.append)
    assert told == [f"{estate}: read by `tfparse`"]
    assert unlike(load(SHAPES / shape / "plan.json"), read) == []


def test_an_instance_that_tfparse_leaves_out_is_found_in_the_text():
    recorded = (SHAPES / "forms" / "tfparse.json").read_text()
    assert '\\"client\\"' in recorded and '\\"range\\"' not in recorded


def test_what_tfparse_cannot_read_is_one_clear_error(monkeypatch, tmp_path):
    def broken(*_, **__):
        raise ValueError("with a value of the file")

    install(monkeypatch, tmp_path, broken)
    estate = copy_of(SHAPES / "sides", tmp_path, plan=False)
    (estate / "more.tf").write_text("locals {\n")
    with pytest.raises(InputError) as told:
        folders.load_terraform_folder(estate, say=lambda _: None)
    assert "`tfparse` cannot read it" in told.value.message and "value of the file" not in told.value.message
    assert "`terraform` is not installed" in told.value.message and "terraform show -json" in told.value.help


@pytest.mark.parametrize("estate", [GUIDE, SHAPES / "sides", SHAPES / "forms"], ids=lambda each: each.name)
def test_without_anything_the_text_alone_tells_the_same(monkeypatch, tmp_path, estate: Path):
    monkeypatch.setitem(sys.modules, "tfparse", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    told: list[str] = []
    read = folders.load_terraform_folder(copy_of(estate, tmp_path, plan=False), say=told.append)
    assert told[-1].endswith("read by its text alone")
    assert unlike(load(estate / "plan.json"), read) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('resource "aws_vpc" "this" {\n  count = length(split(",", uuid()))\n}\n', "main.tf:1"),
        ('module "net" {\n  source = "registry/net/aws"\n}\n', "module `net` is not in the folder"),
        ('resource "aws_vpc" "this" {\n', "not understood"),
    ],
)
def test_an_estate_with_a_part_left_out_is_no_answer(monkeypatch, tmp_path, text: str, reason: str):
    monkeypatch.setitem(sys.modules, "tfparse", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "main.tf").write_text(text)
    with pytest.raises(InputError) as told:
        folders.load_terraform_folder(tmp_path, say=lambda _: None)
    assert reason in told.value.message and "`terraform` is not installed" in told.value.message
