"""Complete lists of designs, read as if somebody had declared them, give the snapshot that the design gives."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.canonical import differences

from narrowgate.api.designs import load_design
from narrowgate.model.resource import Resource
from narrowgate.options.registry import OPTIONS
from narrowgate.sources.declared import build_snapshot
from narrowgate.sources.resources.build import build_world

EXAMPLES = Path(__file__).parents[2] / "examples"

DIFFER = {
    "custom-dns": "DHCP options of the design name a domain that its list does not",
    "custom-dns-in-api-vpc": "the same",
    "load-balancer": "a balancer's name is made up otherwise",
}
"""Options whose snapshots differ, and why; their answers are compared elsewhere."""


def _lists() -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for example in ("guide", "two-accounts", "two-regions", "custom-domain", "privatelink"):
        design = load_design(EXAMPLES / example / "narrowgate.yaml")
        for option in OPTIONS:
            # A design puts the associations of a Profile into its owner's account, a list where they are made.
            differs = option.name in DIFFER or (example, option.name) == ("two-accounts", "profiles")
            if option.applies(design).fits and not differs:
                if example == "guide" or option.name not in seen or example == "two-accounts":
                    yield example, option.name
                seen.add(option.name)


def _list(example: str, name: str) -> tuple[Resource, ...]:
    design = load_design(EXAMPLES / example / "narrowgate.yaml")
    return next(each for each in OPTIONS if each.name == name).resources(design)


@pytest.mark.parametrize(("example", "option"), list(_lists()))
def test_a_declared_list_tells_what_the_design_tells(example: str, option: str) -> None:
    resources = _list(example, option)
    assert differences(build_world(resources).snapshot, build_snapshot(resources, label="list")) == []


def test_one_changed_range_shows() -> None:
    resources = _list("guide", "alias")
    changed = [each if each.type != "AWS::EC2::SecurityGroup" else _narrowed(each) for each in resources]
    found = differences(build_world(resources).snapshot, build_snapshot(changed, label="list"))
    assert {row.split()[1] for row in found} == {"security_groups"}


def _narrowed(group: Resource) -> Resource:
    import msgspec

    rules = [each | {"CidrIp": "10.9.9.9/32"} for each in group.properties.get("SecurityGroupIngress", ())]
    return msgspec.structs.replace(group, properties=group.properties | {"SecurityGroupIngress": rules})
