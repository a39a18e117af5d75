"""The picture of a session: what it shows is what the commands print now."""

import importlib.util
import re
import shutil
from xml.etree import ElementTree

import pytest
from tests.tools import ROOT, missing

PICTURES = ROOT / "docs" / "pictures"


def _record():
    spec = importlib.util.spec_from_file_location("record", PICTURES / "record.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


record = _record()


def _text(svg: str) -> list[str]:
    """The lines of a picture, without what differs from run to run: which of two addresses was called."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own picture
    lines = ("".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text"))
    return [re.sub(r"eni-\w+ (\S+) -> 10\.0\.[12]\.10:", r"ENI \1 -> ADDRESS:", each) for each in lines]


@pytest.mark.parametrize("name", record.SESSIONS)
def test_a_picture_shows_what_its_commands_print(name):
    for program in ("dig", "curl"):
        if shutil.which(program) is None:
            missing(program)
    drawn = record.draw(tuple(record.record(record.SESSIONS[name])))
    assert _text((PICTURES / name).read_text(encoding="utf-8")) == _text(drawn)


def test_every_picture_is_recorded_and_shown_in_a_page():
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = "".join(each.read_text(encoding="utf-8") for each in pages)
    assert {each.name for each in PICTURES.glob("*.svg")} == set(record.SESSIONS)
    assert all(f"pictures/{name}" in shown for name in record.SESSIONS)
