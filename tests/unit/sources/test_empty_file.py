"""An empty file is said to be empty, with the way to a design."""

import pytest

from narrowgate.api.sources import load
from narrowgate.model.errors import InputError


@pytest.mark.parametrize("name", ["narrowgate.yaml", "plan.json"])
def test_an_empty_file_is_told_as_that(name, tmp_path):
    path = tmp_path / name
    path.write_text("")
    with pytest.raises(InputError) as refused:
        load(path)
    assert refused.value.message == "is empty"
    assert "narrowgate init" in refused.value.help
