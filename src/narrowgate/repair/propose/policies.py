"""Policies that refuse: a right condition for a wrong one, an Allow for the one call, a deployment (POL-*)."""

import json
from collections.abc import Iterator
from shlex import quote
from typing import Any

import msgspec

from narrowgate.engine.policy.document import compile_policy
from narrowgate.engine.policy.statements import PolicyKind
from narrowgate.model.answer import Cause
from narrowgate.model.apigateway import RestApi
from narrowgate.model.errors import InputError
from narrowgate.model.estate_facts import Collections, StageExport
from narrowgate.model.fact import UnsetType
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.propose.callers import callers_of
from narrowgate.repair.propose.statements import Found, Known, admitting, corrected
from narrowgate.repair.scene import Scene

_VERSION = "2012-10-17"
_FULL = {"Version": _VERSION, "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}


def propose_resource_policy(scene: Scene, cause: Cause) -> Iterator[Change]:
    """Deploy what is saved; correct the condition that is wrong; let this one call in by this endpoint."""
    api = scene.facts.rest_apis.get(cause.resource or "")
    if api is None:
        return
    yield from deploy(scene.facts, api, "the saved policy counts once it is deployed")
    # An API that has no policy is listed without the field.
    saved = None if isinstance(api.policy, UnsetType) else api.policy
    document = document_of(saved, PolicyKind.RESOURCE)
    callers = callers_of(scene.sharing(cause))
    known = known_endpoints(scene.facts)
    for found in (*corrected(callers, document, known), *admitting(callers, document, by_endpoint=True)):
        yield policy_change(scene.facts, api, found)


def propose_endpoint_policy(scene: Scene, cause: Cause) -> Iterator[Change]:
    """Let this one call out through the endpoint."""
    endpoint = scene.facts.vpc_endpoints.get(cause.resource or "")
    if endpoint is None or isinstance(endpoint.policy_document, UnsetType):
        return
    document = document_of(endpoint.policy_document, PolicyKind.ENDPOINT) or _FULL
    for found in admitting(callers_of(scene.sharing(cause)), document, by_endpoint=False):
        spelled = json.dumps(found.document, separators=(",", ":"))
        changed = msgspec.structs.replace(endpoint, policy_document=spelled)
        yield Change(
            kind="endpoint_policy",
            resource=endpoint.vpc_endpoint_id,
            text=f"policy of {endpoint.vpc_endpoint_id}: {found.text}",
            commands=(
                f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint.vpc_endpoint_id} "
                f"--policy-document {quote(spelled)}",
            ),
            edits=(Edit("vpc_endpoints", endpoint.vpc_endpoint_id, changed),),
            rule="VPE-02",
        )


def deploy(facts: Collections, api: RestApi, why: str) -> Iterator[Change]:
    """Deploy an API to the stages whose export shows something else than what is saved (POL-03)."""
    edits = tuple(
        Edit("stage_exports", key, _exported(facts, api, export))
        for key, export in facts.stage_exports.items()
        if key[0] == api.id and _exported(facts, api, export) != export
    )
    if edits:
        stages = ", ".join(edit.key[1] for edit in edits)
        yield Change(
            kind="deployment",
            resource=api.id,
            text=f"{api.id}: deploy the API to {stages}; {why}",
            commands=tuple(
                f"aws apigateway create-deployment --rest-api-id {api.id} --stage-name {edit.key[1]}"
                for edit in edits
            ),
            edits=edits,
            rule="POL-03",
        )


def policy_change(facts: Collections, api: RestApi, found: Found) -> Change:
    """An API with another policy, deployed to its stages (POL-03)."""
    spelled = json.dumps(found.document, separators=(",", ":"))
    changed = msgspec.structs.replace(api, policy=spelled)
    keys = [key for key in facts.stage_exports if key[0] == api.id]
    stages = [key[1] for key in keys] or [each.stage_name for each in facts.api_stages.get(api.id, ())]
    patched = json.dumps([{"op": "replace", "path": "/policy", "value": spelled}], separators=(",", ":"))
    return Change(
        kind="resource_policy",
        resource=api.id,
        text=f"policy of {api.id}: {found.text}; then deploy it",
        commands=(
            f"aws apigateway update-rest-api --rest-api-id {api.id} --patch-operations {quote(patched)}",
            *(f"aws apigateway create-deployment --rest-api-id {api.id} --stage-name {each}" for each in stages),
        ),
        edits=(
            Edit("rest_apis", api.id, changed),
            *(Edit("stage_exports", key, _exported(facts, changed, facts.stage_exports[key])) for key in keys),
        ),
        rule="POL-06",
        width=found.width,
    )


def _exported(facts: Collections, api: RestApi, export: StageExport) -> StageExport:
    """What a stage's export would show after a deployment: what is saved."""
    methods = {
        resource.path: {
            name: method.authorization_type if isinstance(method.authorization_type, str) else None
            for name, method in resource.resource_methods.items()
        }
        for resource in facts.api_resources.get(api.id, ())
        if resource.path is not None and not isinstance(resource.resource_methods, UnsetType)
    }
    return StageExport(policy=api.policy or None, methods=methods or export.methods)


def known_endpoints(facts: Collections) -> Known:
    """The execute-api endpoints of an estate."""
    found = [each for each in facts.vpc_endpoints.values() if str(each.service_name).endswith(".execute-api")]
    return Known(frozenset(each.vpc_endpoint_id for each in found), frozenset(each.vpc_id for each in found))


def document_of(text: str | None, kind: PolicyKind) -> dict[str, Any]:
    """A policy as an object; an empty one where there is none, or none that can be read."""
    if not text:
        return {"Version": _VERSION, "Statement": []}
    try:
        found: dict[str, Any] = compile_policy(text, kind=kind).document
    except InputError:
        return {"Version": _VERSION, "Statement": []}
    statements = found["Statement"]
    return dict(found) | {"Statement": list(statements) if isinstance(statements, list) else [statements]}
