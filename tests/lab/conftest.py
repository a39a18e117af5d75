"""What every test of packets needs; a machine without it skips them with the reason, CI fails."""

import pytest
from tests.tools import missing

from narrowgate.lab.doctor import examine


@pytest.fixture(scope="session", autouse=True)
def lab_runs() -> None:
    """A lab can run on this machine."""
    lacking = next((each for each in examine() if not each.holds), None)
    if lacking is not None:
        missing(f"{lacking.name} for the lab ({lacking.text})")
