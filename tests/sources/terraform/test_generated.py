"""Every example by every option, written as Terraform from nothing, tells what its list of resources tells."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.sources.terraform.reading import unlike
from tests.unit.design.designs import EXAMPLES
from tests.unit.generate import every

from narrowgate.api.generate import generated_files
from narrowgate.model.design import Design
from narrowgate.options.option import Option
from narrowgate.options.registry import OPTIONS
from narrowgate.sources.design.read import load_design
from narrowgate.sources.resources.build import build_world
from narrowgate.sources.terraform.written import snapshot_by_text

DIFFER = {
    "load-balancer": "a balancer's name is made up otherwise",
    "custom-dns": "the program of a DNS server stands in no AWS API",
    "custom-dns-in-api-vpc": "the same",
    "two-accounts/profiles": "a design puts a Profile's associations into its owner's account",
    "lattice": "VPC Lattice is in no snapshot: what passes through it is unknown",
}
ON_PREMISES = "a network outside AWS is in no Terraform"


def _cases() -> Iterator[tuple[str, Design, Option]]:
    """The guide and two accounts by every option; the others by their first, and by those that are new."""
    seen: set[str] = set()
    for path in sorted(EXAMPLES, key=lambda each: each.parent.name not in ("guide", "two-accounts")):
        design, name = load_design(path), path.parent.name
        for number, option in enumerate(each for each in OPTIONS if each.applies(design).fits):
            if name in ("guide", "two-accounts") or option.name not in seen or number == 0:
                seen.add(option.name)
                yield f"{name}/{option.name}", design, option


CASES = {name: (design, option) for name, design, option in _cases()}


@pytest.mark.parametrize("name", CASES)
def test_generated_terraform_tells_what_the_design_tells(name: str, tmp_path: Path):
    design, option = CASES[name]
    plan = every.whole_plan(design, option)
    if any(each.type == "Custom::OnPremisesNetwork" for each in plan.resources):
        return
    every.write(tmp_path, generated_files(plan, "terraform"))
    found = unlike(build_world(plan.resources).snapshot, snapshot_by_text(tmp_path))
    assert found == [] or option.name in DIFFER or name in DIFFER, found
