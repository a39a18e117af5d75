"""The JSON Schema that editors use: it takes what the reader takes, and every field of it is read."""

import json
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML
from tests.unit.design.designs import EXAMPLES, GUIDE, refusal

from narrowgate.sources.design.fields import OBJECTS, design_schema
from narrowgate.sources.design.reference import reference
from narrowgate.sources.design.starter import STARTER

SCHEMA = design_schema()


def _plain(text: str) -> object:
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text)))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_example_fits_the_schema(path):
    jsonschema.validate(_plain(path.read_text()), SCHEMA)


def test_the_starter_fits_the_schema():
    jsonschema.validate(_plain(STARTER), SCHEMA)


@pytest.mark.parametrize(
    "change",
    [
        ("region", "regoin"),
        ("GET /orders,", "FETCH /orders,"),
        ("cidr: 10.1.0.0/16", "cidr: wide"),
        ("may_call", "may_cal"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(change):
    text = GUIDE.replace(*change, 1)
    assert refusal(text)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(_plain(text), SCHEMA)


def test_every_reference_of_the_schema_leads_to_an_object():
    named = {part for part in json.dumps(SCHEMA).split('"') if part.startswith("#/$defs/")}
    assert {name.removeprefix("#/$defs/") for name in named} == set(OBJECTS) - {"design"}


def test_the_page_about_the_design_file_is_up_to_date():
    page = Path(__file__).resolve().parents[3] / "docs" / "design-file.md"
    assert page.read_text() == reference()
