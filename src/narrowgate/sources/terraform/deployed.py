"""Policies that a plan changes without deploying them: a stage goes on with the old one (POL-03)."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.terraform.document import Plan, ResourceChange

_POLICIES = {"aws_api_gateway_rest_api": "id", "aws_api_gateway_rest_api_policy": "rest_api_id"}
_ARGUMENTS = ("policy", "body")


def with_old_policies(snapshot: Snapshot, plan: Plan, path: Path) -> None:
    """Let stages run the policies that they have before a plan, where nothing in it deploys the new ones.

    A policy that comes with an OpenAPI body is told in a warning instead: what the old one said is not read.
    """
    exports = snapshot.facts.stage_exports
    for change, own in _not_deployed(plan):
        before = (change.change.before or {}).get("policy")
        keys = [key for key in exports if key[0] == own]
        goes_on = "stages go on with the old one"
        if keys and isinstance(before, str) and _differs(change, "policy"):
            exports.update({key: msgspec.structs.replace(exports[key], policy=before or None) for key in keys})
            goes_on += ", which is what is judged"
        else:
            goes_on += ", which is not what is judged here"
        told = (
            f"{path}: {change.address}: its policy changes, and no `aws_api_gateway_deployment` of API {own} is "
            f"made anew: {goes_on} (POL-03)"
        )
        snapshot.warnings = (*snapshot.warnings, told)


def _not_deployed(plan: Plan) -> Iterator[tuple[ResourceChange, str]]:
    """Changes of a policy in place, with the API, while no deployment of it is made anew."""
    deployed = {
        (each.change.before or {}).get("rest_api_id")
        for each in plan.resource_changes
        if each.type == "aws_api_gateway_deployment" and "create" in each.change.actions
    }
    new = any(
        each.type == "aws_api_gateway_deployment" and each.change.actions == ("create",)
        for each in plan.resource_changes
    )
    for each in plan.resource_changes:
        own = (each.change.before or {}).get(_POLICIES.get(each.type, ""))
        if own and not new and own not in deployed and any(_differs(each, name) for name in _ARGUMENTS):
            yield each, str(own)


def _differs(change: ResourceChange, name: str) -> bool:
    before, after = change.change.before or {}, change.change.after or {}
    unknown = change.change.after_unknown if isinstance(change.change.after_unknown, dict) else {}
    if "update" not in change.change.actions:
        return False
    return bool(before.get(name) != after.get(name) or unknown.get(name))
