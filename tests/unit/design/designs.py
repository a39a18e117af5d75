"""Designs for tests: the guide's, with one thing changed."""

from pathlib import Path

import pytest

from narrowgate.model.design import Design
from narrowgate.model.errors import InputError
from narrowgate.sources.design.check import check_design
from narrowgate.sources.design.read import read_design

GUIDE = """\
region: us-east-1
vpcs:
  requester: {cidr: 10.1.0.0/16}
  api: {cidr: 10.0.0.0/16}
apis:
  orders: {vpc: api, routes: [GET /orders, "GET /orders/{id}"]}
consumers:
  web: {vpc: requester, may_call: [orders]}
links:
  - peering: [requester, api]
"""


def read(text: str = GUIDE, **files: bytes) -> Design:
    """A design out of text; `files` stand beside it, by name with `_` for the dot."""

    def beside(name: str) -> bytes:
        return files[name.replace(".", "_")]

    design = read_design(text.encode(), file="narrowgate.yaml", read_beside=beside)
    check_design(design)
    return design


def changed(old: str, new: str) -> str:
    """The guide's design with one piece of text replaced."""
    assert old in GUIDE
    return GUIDE.replace(old, new, 1)


def refusal(text: str, **files: bytes) -> InputError:
    """How a design is refused."""
    with pytest.raises(InputError) as refused:
        read(text, **files)
    return refused.value


EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples").glob("*/narrowgate.yaml"))
