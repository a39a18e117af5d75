"""What is saved and not deployed, and default endpoints that are switched off (POL-03, AGW-21)."""

from collections.abc import Iterator

import msgspec

from narrowgate.model.answer import Cause
from narrowgate.model.reason import Reason
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.propose.policies import deploy
from narrowgate.repair.scene import Scene


def propose(scene: Scene, cause: Cause) -> Iterator[Change]:
    """A deployment where the method is saved; the default endpoint back on."""
    api = scene.facts.rest_apis.get(cause.resource or "")
    if api is None:
        return
    if cause.reason in (Reason.METHOD_NOT_FOUND, Reason.STAGE_NOT_FOUND):
        yield from deploy(scene.facts, api, "what is saved is called only once it is deployed")
    if cause.reason is Reason.DEFAULT_ENDPOINT_DISABLED:
        enabled = msgspec.structs.replace(api, disable_execute_api_endpoint=False)
        yield Change(
            kind="default_endpoint",
            resource=api.id,
            text=f"{api.id}: enable the default endpoint, and deploy it",
            commands=(
                f"aws apigateway update-rest-api --rest-api-id {api.id} "
                "--patch-operations op=replace,path=/disableExecuteApiEndpoint,value=false",
                *(
                    f"aws apigateway create-deployment --rest-api-id {api.id} --stage-name {stage.stage_name}"
                    for stage in scene.facts.api_stages.get(api.id, ())
                ),
            ),
            edits=(Edit("rest_apis", api.id, enabled),),
            rule="AGW-21",
        )
