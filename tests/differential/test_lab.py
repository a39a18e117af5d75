"""The engine against packets: random estates with their names, endpoints and policies.

`NARROWGATE_LAB_ESTATES=20000` is the soak; `NARROWGATE_LAB_FIRST=133 NARROWGATE_LAB_ESTATES=10` begins at a seed
that a failure names.
"""

import os

import pytest
from tests.differential.lab_estates import LabEstate
from tests.differential.lab_faults import MUTANTS
from tests.differential.lab_mutants import differences, estates_until_found
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


QUICK = {
    "route": "the main table for every subnet",
    "transit gateway": "one table for all attachments",
    "ACL": "replies go to the service's port",
    "security group": "only the first rule",
    "endpoint": "serves every port",
    "DNS precedence": "the least specific domain wins",
    "DNS records": "CNAMEs are not followed",
    "DNS forwarding": "targets hear whatever stands between",
    "DNS Firewall": "does not count",
    "policy": "conditions do not count",
    "TLS and Host": "`x-apigw-api-id` does not count",
    "deployment": "every stage exists",
}
"""A fault of each layer that few estates show; docs/lab.md has how many it takes for all of them."""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.layer}: {mutant.name}")
def test_every_fault_can_be_planted(mutant):
    """What it takes the place of may have been given another name."""
    with pytest.MonkeyPatch.context() as patch:
        mutant.plant(patch)


@pytest.mark.parametrize("layer", QUICK)
def test_a_fault_planted_in_the_engine_is_found(layer):
    mutant = next(each for each in MUTANTS if (each.layer, each.name) == (layer, QUICK[layer]))
    assert estates_until_found(mutant, range(40)) is not None
