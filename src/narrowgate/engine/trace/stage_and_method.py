"""Which API, stage and method a call means, once its endpoint knows whose name it calls (AGW-03, AGW-08)."""

from narrowgate.engine.http.deployed_methods import Target
from narrowgate.engine.http.deployment import (
    Outcome,
    find_method,
    find_stage,
    map_base_path,
    refuse_long_url,
    split_stage,
)
from narrowgate.engine.http.identification import Identification
from narrowgate.engine.http.stage_limits import behind_web_acl
from narrowgate.engine.http.url import HttpRequest
from narrowgate.model.answer import Missing, Step, Verdict
from narrowgate.model.apigateway import RestApi
from narrowgate.model.kept import Kept
from narrowgate.model.snapshot import Snapshot, index


def find_target(snapshot: Snapshot, identity: Identification, request: HttpRequest) -> Outcome:
    """The stage and path that a URL means: behind a custom domain its mapping's, else the path's own."""
    refused = refuse_long_url(identity.step.component or request.host, request.url)
    if refused is not None:
        return refused
    if identity.domain is not None:
        return map_base_path(snapshot, identity.domain, request.path)
    api_id = identity.api.id if identity.api is not None else ""
    return split_stage(api_id, request.path)


def meant_api(snapshot: Snapshot, identity: Identification, outcome: Outcome) -> RestApi | Step | None:
    """The API behind a name or mapping; a step where a mapping leads to one that was not collected."""
    if identity.api is not None or outcome.target is None:
        return identity.api
    api = snapshot.facts.rest_apis.get(outcome.target.api_id)
    if api is not None:
        return api
    missing = Missing(fact="apigateway.get_rest_apis", resource=outcome.target.api_id)
    return Step(
        layer="http",
        component=outcome.target.api_id,
        verdict=Verdict.UNKNOWN,
        text=f"the mapping leads to {outcome.target.api_id}, which no account's API list names",
        rule="AGW-08",
        unknowns=(missing,),
    )


@index
def _deployed(snapshot: Snapshot) -> Kept[tuple[Target, str], tuple[Outcome, ...]]:
    """By path and verb: the same through every endpoint."""
    return Kept(20_000)


def deployed(snapshot: Snapshot, outcome: Outcome, verb: str) -> tuple[Outcome, ...]:
    """The stage of a target, and its method where the stage is there; empty without a target."""
    target = outcome.target
    if target is None:
        return ()
    kept = _deployed(snapshot)
    found = kept.get((target, verb))
    if found is None:
        stage = find_stage(snapshot, target)
        found = (stage,)
        if stage.target is not None and stage.step.verdict is Verdict.ALLOWED:
            screen = behind_web_acl(stage)
            method = find_method(snapshot, target, verb, stage.stage)
            found = (stage, method) if screen is None else (stage, screen, method)
        kept.keep((target, verb), found)
    return found
