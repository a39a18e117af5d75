"""Small generated files as people get to see them; `NARROWGATE_GOLDEN=1` writes them anew."""

import os
import re
from pathlib import Path

import pytest
from tests.unit.generate import every

from narrowgate.api.generate import generated_files

HERE = Path(__file__).parent
GOLDEN = [
    ("terraform", "main.tf"),
    ("terraform", "outputs.tf"),
    ("terraform", "modules/us-east-1/endpoints.tf"),
    ("terraform", "modules/us-east-1/dns.tf"),
    ("cloudformation", "DEPLOY.md"),
]


@pytest.mark.parametrize(("form", "name"), GOLDEN)
def test_a_generated_file_is_as_it_was(form, name):
    text = generated_files(every.plan("guide", "hosted-zone"), form)[name]
    masked = re.sub(r"narrowgate \d+\.\d+\.\d+\S*", "narrowgate VERSION", text)
    path = HERE / f"{form}.{name.replace('/', '.')}"
    if os.environ.get("NARROWGATE_GOLDEN"):
        path.write_text(masked)
    assert masked == path.read_text()
    assert masked.count("\n") < 150
