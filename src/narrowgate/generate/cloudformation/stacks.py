"""The files: a template for each side, and `DEPLOY.md` with the order."""

import json

from narrowgate.generate.cloudformation.given import called, read_by_commands
from narrowgate.generate.cloudformation.rounds import Deployment, deployments
from narrowgate.generate.cloudformation.steps import deploy_page
from narrowgate.generate.cloudformation.template import Template, make_template
from narrowgate.generate.cloudformation.values import Key
from narrowgate.generate.plan import Plan


def cloudformation_files(plan: Plan) -> dict[str, str]:
    """The text of every file by its path."""
    order = deployments(plan)
    templates = make_templates(plan, order)
    files = {f"{each.side.name}.yaml": each.text for each in templates}
    files["DEPLOY.md"] = deploy_page(plan, order, templates)
    files["narrowgate-templates.json"] = _settings(plan, order)
    return files


def make_templates(plan: Plan, order: tuple[Deployment, ...]) -> list[Template]:
    """A template for each side, with what others read of it."""
    # What each template gives is known once all others are written: they are written twice.
    draft = [make_template(plan, side, order, ()) for side in plan.sides]
    given = _given(plan, draft)
    return [make_template(plan, side, order, tuple(given[side.name])) for side in plan.sides]


def _settings(plan: Plan, order: tuple[Deployment, ...]) -> str:
    """Where each template is deployed, for reading the folder back as it is after the last round."""
    templates: dict[str, dict[str, object]] = {}
    for side in plan.sides:
        last = max((each.round for each in order if each.side == side), default=0)
        told: dict[str, object] = {"account": side.account, "region": side.region}
        templates[f"{side.name}.yaml"] = told | ({"parameters": {"Round": str(last)}} if last > 1 else {})
    return json.dumps({"outputs": True, "templates": templates}, indent=2) + "\n"


def _given(plan: Plan, templates: list[Template]) -> dict[str, dict[Key, None]]:
    """What other templates, later rounds, commands and callers read of each template."""
    by_id = plan.by_id
    given: dict[str, dict[Key, None]] = {side.name: {} for side in plan.sides}
    for key in (*(key for each in templates for key in each.parameters), *read_by_commands(plan), *called(plan)):
        side = plan.side_of(by_id[key[0]])
        if side is not None and not by_id[key[0]].exists:
            given[side.name][key] = None
    return given
