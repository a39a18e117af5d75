"""JSON that is written part by part, against the same as one text."""

import msgspec
import pytest

from narrowgate.model.answer import Verdict
from narrowgate.model.exposure import Difference, ExposedName, ExposureAnswer
from narrowgate.report import json as json_report
from narrowgate.report.json import json_parts, to_json


def answer_of(names: int, *, added: bool) -> ExposureAnswer:
    entries = tuple(
        ExposedName(
            name=f"ü {number}\n.example.com", consumers=("vpc-1", "vpc-2")[: number % 3], addresses=("::1",)
        )
        for number in range(names)
    )
    told = (Difference(kind="name", what="x"),) * names
    return ExposureAnswer(
        verdict=Verdict.ALLOWED,
        source="here",
        consumers=("vpc-1", "vpc-2"),
        labels={"vpc-1": "a"},
        names=entries,
        added=told if added else msgspec.UNSET,
    )


@pytest.mark.parametrize("names", [0, 1, 2, 3, 4, 5, 9])
@pytest.mark.parametrize("indent", [1, 2])
def test_parts_come_to_the_very_same_text(monkeypatch, names, indent):
    monkeypatch.setattr(json_report, "_AT_ONCE", 2)
    answer = answer_of(names, added=names % 2 == 0)
    assert b"".join(json_parts(answer, indent=indent)).decode() == to_json(answer, indent=indent)


def test_no_part_holds_more_than_so_many_entries(monkeypatch):
    monkeypatch.setattr(json_report, "_AT_ONCE", 2)
    assert max(part.count(b"example.com") for part in json_parts(answer_of(9, added=False))) == 2
