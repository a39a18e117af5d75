"""An independent evaluator of common IAM agrees, but for named classes of differences."""

import shutil
from pathlib import Path

import pytest
from tests.differential.iam_simulate.compare import CLASSES, compare, install


@pytest.mark.judge
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm installs the simulator, and is missing")
def test_random_policies_come_out_as_the_independent_simulator_says(tmp_path: Path) -> None:
    explained, unexplained, _ = compare(300, 7, install(tmp_path))
    assert unexplained == []
    assert set(explained) <= {*CLASSES, "several of these"}
