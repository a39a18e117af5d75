"""Plans, states, templates and files of AWS Config with something wrong: an answer, or one error with its file."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import build_guide
from tests.properties.damage import GONE, JUNK, damaged, places_of
from tests.sources.config.recording import aggregated, recorded_estate, snapshot_files
from tests.sources.terraform.reading import GUIDE, SHAPES
from tests.sources.terraform.test_files import STATE

from narrowgate import api
from narrowgate.api.sources import load
from narrowgate.model.errors import InputError
from narrowgate.sources.cloudformation.decode import decode_template

PUBLIC = GUIDE.parents[1] / "public"


def template(name: str) -> Any:
    """A template as JSON holds it."""
    return json.loads(json.dumps(decode_template((PUBLIC / name).read_bytes(), name)))


ITEMS = recorded_estate(build_guide().estate)
DOCUMENTS: dict[str, Any] = {
    "a plan": json.loads((SHAPES / "forms" / "plan.json").read_text()),
    "a plan of two sides": json.loads((SHAPES / "sides" / "plan.json").read_text()),
    "the guide's plan": json.loads((GUIDE / "plan.json").read_text()),
    "a state": STATE,
    "a quick start": template("quickstart-vpc.yaml"),
    "what the CDK writes": template("cdk-output.json"),
    "a template with macros inside": template("include.yaml"),
    "a hub": template("landing-zone-hub.yaml"),
    "a file of AWS Config": next(iter(snapshot_files(ITEMS).values())),
    "an aggregator's answer": {
        **aggregated(ITEMS),
        "Results": [json.loads(each) for each in aggregated(ITEMS)["Results"]],
    },
}
PLACES = {name: places_of(document) for name, document in DOCUMENTS.items()}


@contextmanager
def written(document: Any) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.json"
        path.write_text(json.dumps(document))
        yield path


def asked(path: Path) -> None:
    """Load it and ask: whoever is there is asked for."""
    snapshot = load(path)
    for vpc in list(snapshot.facts.vpcs)[:1]:
        api.resolve(snapshot, vpc, "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com")
        api.reach(snapshot, vpc, "10.0.1.10", api.questions.Flow(port=443))
    for own in list(snapshot.facts.rest_apis)[:1]:
        for vpc in list(snapshot.facts.vpcs)[:1]:
            api.trace(snapshot, vpc, f"https://{own}.execute-api.us-east-1.amazonaws.com/prod/orders")


@pytest.mark.parametrize("name", DOCUMENTS)
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_wrong_anywhere_ends_in_an_answer_or_in_one_error(name: str, data: st.DataObject) -> None:
    place = st.sampled_from(PLACES[name])
    hits = data.draw(st.lists(st.tuples(place, JUNK | st.just(GONE)), min_size=1, max_size=3))
    with written(damaged(DOCUMENTS[name], hits)) as path:
        try:
            asked(path)
        except InputError as error:
            assert error.message
            assert "\n" not in error.message


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_cut_off_ends_in_one_error(name: str) -> None:
    text = json.dumps(DOCUMENTS[name])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cut.json"
        for at in range(1, len(text), max(1, len(text) // 12)):
            path.write_text(text[:at])
            with pytest.raises(InputError):
                load(path)
