"""Generated CloudFormation, read back as it stands after its last round, tells what the design tells."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.canonical import differences

from narrowgate import api
from narrowgate.api.generate import generated_files, plan_of
from narrowgate.api.sources import TemplateSettings
from narrowgate.generate.cloudformation.values import parameter_name
from narrowgate.generate.plan import Plan
from narrowgate.generate.requests import BY_COMMAND
from narrowgate.model.errors import InputError
from narrowgate.model.resource import GetAtt, Join, Ref
from narrowgate.options.parts.logs import with_logs
from narrowgate.options.registry import OPTIONS
from narrowgate.sources.declared import build_snapshot
from narrowgate.sources.design.read import load_design

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/narrowgate.yaml"))
WITH_ALL_OPTIONS = frozenset({"guide", "two-accounts"})
MAIN = frozenset({"alias", "hosted-zone", "privatelink", "custom-domain", "resolver", "profiles"})
DIFFER = {
    "custom-dns": "a generated server has software in its user data, and the list a resource for it",
    "custom-dns-in-api-vpc": "the same",
    "load-balancer": "no attribute of an endpoint tells its addresses: a command asks for the targets",
}
"""Options whose snapshots differ, and why."""


def plans() -> Iterator[Any]:
    for path in EXAMPLES:
        try:
            design = load_design(path)
        except InputError:
            continue  # A design that is an example of what is refused.
        for option in OPTIONS:
            wanted = path.parent.name in WITH_ALL_OPTIONS or option.name in MAIN
            if wanted and option.applies(design).fits and option.name not in DIFFER:
                yield pytest.param(path, option.name, id=f"{path.parent.name}/{option.name}")


@pytest.mark.parametrize(("path", "option"), list(plans()))
def test_generated_templates_tell_what_the_design_tells(path: Path, option: str, tmp_path: Path) -> None:
    design = load_design(path)
    plan = plan_of(design, option)
    own = {each.logical_id: each for each in with_logs(design, plan.option.resources(design))}
    files = generated_files(plan, "cloudformation")
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    tokens = _tokens(plan)
    parameters = {parameter_name(*key): value for key, value in tokens.items()}
    asked = {name for name in parameters if any(f"\n  {name}:\n" in text for text in files.values())}
    told = TemplateSettings(parameters={name: parameters[name] for name in asked})
    snapshot = api.load(tmp_path, settings=told)
    made = [each for each in plan.made if each.type not in BY_COMMAND]
    expected = [
        msgspec.structs.replace(each, properties=_told(own[each.logical_id].properties, tokens)) for each in made
    ]
    assert differences(build_snapshot(expected, label="list"), snapshot) == []


def _tokens(plan: Plan) -> dict[tuple[str, str | None], str]:
    """What stands for each value of something that exists already."""
    found = {}
    for each in plan.inputs():
        prefix = {"AWS::EC2::VPC": "vpc", "AWS::EC2::Subnet": "subnet", "AWS::EC2::RouteTable": "rtb"}
        kind = prefix.get(each.resource.type, "existing")
        found[each.logical_id, each.attribute] = each.known or f"{kind}-{each.logical_id}-{each.attribute or 'id'}"
    return found


def _told(value: Any, tokens: dict[tuple[str, str | None], str]) -> Any:
    """A property with each value of something that exists in its place."""
    match value:
        case Ref(logical_id=own):
            return tokens.get((own, None), value)
        case GetAtt(logical_id=own, attribute=attribute):
            return tokens.get((own, attribute), value)
        case Join(parts=parts):
            return Join(tuple(_told(each, tokens) for each in parts))
        case dict():
            return {key: _told(each, tokens) for key, each in value.items()}
        case list() | tuple():
            return [_told(each, tokens) for each in value]
        case _:
            return value


def test_a_folder_of_stacks_needs_no_parameter_that_another_stack_gives(tmp_path: Path) -> None:
    plan = plan_of(
        load_design(next(each for each in EXAMPLES if each.parent.name == "two-accounts")), "hosted-zone"
    )
    for name, text in generated_files(plan, "cloudformation").items():
        (tmp_path / name).write_text(text)
    snapshot = api.load(tmp_path)
    assert [each for each in snapshot.warnings if "is not known" in each] == []
    assert {each.owner_id for each in snapshot.facts.vpcs.values()} == {side.account for side in plan.sides}
    (tmp_path / "narrowgate-templates.json").unlink()
    assert [each for each in api.load(tmp_path).warnings if each] != []
