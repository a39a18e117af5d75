"""One estate as a design and as a template: equal snapshots but for ids, and equal answers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.canonical import differences

from narrowgate import api
from narrowgate.api.addresses import followed
from narrowgate.api.designs import load_design
from narrowgate.api.sources import TemplateSettings
from narrowgate.model.resource import GetAtt, Join, Ref, Resource
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.registry import OPTIONS
from narrowgate.options.world import World
from narrowgate.sources.resources.build import build_world

EXAMPLES = Path(__file__).parents[2] / "examples"
ONE_ACCOUNT = ("guide", "custom-domain", "privatelink", "without-route53")
DIFFER = {
    "custom-dns": "DHCP options of the design name a domain, and no template tells what a DNS server answers",
    "custom-dns-in-api-vpc": "the same",
    "load-balancer": "a balancer's name is made up otherwise",
}
"""Options whose snapshots differ, and why."""
NO_TEMPLATE_TELLS = frozenset({"custom-dns", "custom-dns-in-api-vpc"})
"""Options whose answers differ: they depend on a server's own configuration."""


def template_of(resources: tuple[Resource, ...]) -> dict[str, Any]:
    """A list of resources written out as a template."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {
            each.logical_id: {"Type": each.type, "Properties": _written(each.properties)} for each in resources
        },
    }


def _written(value: Any) -> Any:
    match value:
        case Ref(logical_id=own):
            return {"Ref": own}
        case GetAtt(logical_id=own, attribute=attribute) if attribute.startswith("DnsEntries.0."):
            at = 0 if attribute.endswith("HostedZoneId") else 1
            first = {"Fn::Select": [0, {"Fn::GetAtt": [own, "DnsEntries"]}]}
            return {"Fn::Select": [at, {"Fn::Split": [":", first]}]}
        case GetAtt(logical_id=own, attribute=attribute):
            return {"Fn::GetAtt": [own, attribute]}
        case Join(parts=parts):
            return {"Fn::Join": ["", [_written(each) for each in parts]]}
        case dict():
            return {key: _written(each) for key, each in value.items()}
        case list() | tuple():
            return [_written(each) for each in value]
        case _:
            return value


def _cases() -> Iterator[tuple[str, str]]:
    for example in ONE_ACCOUNT:
        design = load_design(EXAMPLES / example / "narrowgate.yaml")
        for option in OPTIONS:
            if option.applies(design).fits and (example == "guide" or option.name in _OF_INTEREST):
                yield example, option.name


_OF_INTEREST = frozenset({"alias", "hosted-zone", "privatelink", "custom-domain", "resolver", "peering-dns"})


def _both(example: str, name: str, folder: Path) -> tuple[World, Snapshot]:
    design = load_design(EXAMPLES / example / "narrowgate.yaml")
    option = next(each for each in OPTIONS if each.name == name)
    resources = option.resources(design)
    path = folder / "stack.json"
    path.write_text(json.dumps(template_of(resources)))
    account, region = resources[0].account, resources[0].region
    snapshot = api.load(path, settings=TemplateSettings(account=account, region=region))
    return build_world(resources), snapshot


@pytest.mark.parametrize(("example", "option"), list(_cases()))
def test_a_template_of_a_design_tells_the_same_estate(example: str, option: str, tmp_path: Path) -> None:
    world, snapshot = _both(example, option, tmp_path)
    found = differences(world.snapshot, snapshot)
    assert (found != []) is (option in DIFFER), found[:2]
    if option in NO_TEMPLATE_TELLS:
        return
    ids = {place.address: followed(snapshot, place.address) for place in snapshot.places.values() if place.address}
    asked = 0
    for call in _calls(world):
        mine = call(world.snapshot, dict(world.ids))
        theirs = call(snapshot, ids)
        assert mine == theirs
        asked += 1
    assert asked


def _calls(world: World) -> Iterator[Any]:
    """Each subnet of each consumer calls each API by its default name and by its alias name."""
    facts = world.snapshot.facts
    by_id = {own: name for name, own in world.ids.items()}
    doors = [by_id[own] for own, each in facts.vpc_endpoints.items() if "execute-api" in str(each.service_name)]
    for subnet in (by_id[own] for own in facts.subnets if own in by_id):
        for rest_api in (by_id[own] for own in facts.rest_apis):
            for door in (None, *doors):

                def call(
                    snapshot: Snapshot,
                    ids: dict[str, str],
                    subnet: str = subnet,
                    rest_api: str = rest_api,
                    door: str | None = door,
                ) -> tuple[Any, ...]:
                    label = ids[rest_api] if door is None else f"{ids[rest_api]}-{ids[door]}"
                    url = f"https://{label}.execute-api.us-east-1.amazonaws.com/prod/orders"
                    answer = api.trace(snapshot, ids[subnet], url)
                    reason = answer.decided_by.reason if answer.decided_by else None
                    return answer.verdict, answer.symptom, reason

                yield call


def test_a_template_without_the_group_rule_is_refused_at_its_line(tmp_path: Path) -> None:
    source = Path(__file__).parent / "cloudformation" / "guide.yaml"
    snapshot = api.load(source)
    assert snapshot.warnings[-1].startswith("nothing tells") or snapshot.warnings
    (own,) = snapshot.facts.rest_apis
    url = f"https://{own}.execute-api.us-east-1.amazonaws.com/prod/orders"
    assert api.trace(snapshot, "requester-a", url).verdict == "allowed"
    text = source.read_text()
    narrowed = text.replace(
        "ToPort: 443, CidrIp: !GetAtt RequesterVpc.CidrBlock", "ToPort: 443, CidrIp: 10.9.0.0/16"
    )
    assert narrowed != text
    path = tmp_path / "guide.yaml"
    path.write_text(narrowed)
    snapshot = api.load(path)
    answer = api.trace(snapshot, "requester-a", url)
    assert (answer.verdict, answer.symptom) == ("denied", "connect_timeout")
    assert answer.decided_by is not None
    place = snapshot.place(answer.decided_by.resource or "")
    line = 1 + text[: text.index("  EndpointGroup:")].count("\n")
    assert (place.source, place.line, place.address) == (str(path), line, "EndpointGroup")
