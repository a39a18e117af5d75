"""Policies that a plan changes without deploying them: a stage goes on with the old one (POL-03)."""

from collections.abc import Iterator
from pathlib import Path

from narrowgate.sources.terraform.document import Plan, ResourceChange

_POLICIES = {"aws_api_gateway_rest_api": "id", "aws_api_gateway_rest_api_policy": "rest_api_id"}
_ARGUMENTS = ("policy", "body")


def not_deployed(plan: Plan, path: Path) -> Iterator[str]:
    """A warning for each API whose policy changes in place while no deployment of it is made anew."""
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
        if own and not new and own not in deployed and _changes_policy(each):
            yield (
                f"{path}: {each.address}: its policy changes, and no `aws_api_gateway_deployment` of API {own} is "
                "made anew: stages go on with the old one, which is not what is judged here (POL-03)"
            )


def _changes_policy(change: ResourceChange) -> bool:
    before, after = change.change.before or {}, change.change.after or {}
    unknown = change.change.after_unknown if isinstance(change.change.after_unknown, dict) else {}
    if "update" not in change.change.actions:
        return False
    return any(before.get(name) != after.get(name) or unknown.get(name) for name in _ARGUMENTS)
