"""The engine against packets: random estates with their names, endpoints and policies.

`NARROWGATE_LAB_ESTATES=20000` is the soak; `NARROWGATE_LAB_FIRST=133 NARROWGATE_LAB_ESTATES=10` begins at a seed
that a failure names.
"""

import os

import pytest
from tests.differential.lab_estates import LabEstate
from tests.differential.lab_mutants import differences
from tests.tools import missing

from narrowgate.lab.doctor import examine

FIRST = int(os.environ.get("NARROWGATE_LAB_FIRST", "0"))
ESTATES = int(os.environ.get("NARROWGATE_LAB_ESTATES", "500"))
BATCHES = 10


@pytest.fixture(scope="module", autouse=True)
def lab_runs() -> None:
    lacking = next((each for each in examine() if not each.holds), None)
    if lacking is not None:
        missing(f"{lacking.name} for the lab ({lacking.text})")


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_engine_and_packets_agree_on_random_estates(batch):
    size = max(1, ESTATES // BATCHES)
    for seed in range(FIRST + batch * size, FIRST + (batch + 1) * size):
        assert list(differences(LabEstate(seed).snapshot(), seed)) == [], f"seed {seed}"
