"""Which stage and method a request meets in what is deployed (AGW-08, ERR-01, ERR-05, POL-03)."""

from collections.abc import Iterator

import msgspec

from narrowgate.engine.http.deployed_methods import (
    DeployedMethod,
    Methods,
    Target,
    deployed_methods,
    match_resource,
    saved_methods,
)
from narrowgate.engine.http.symptoms import FORBIDDEN, MISSING_TOKEN, URI_TOO_LONG
from narrowgate.engine.policy.paths import spelled_out
from narrowgate.model.answer import Evidence, Leg, Missing, Step, Verdict
from narrowgate.model.apigateway import BasePathMapping, DomainName, Stage
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import HttpAnswer

_MAX_PRIVATE_URL = 8192
_HEALTH_PATHS = frozenset({"/ping", "/sping"})


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A step, and either what was found or the answer that API Gateway gives at once."""

    step: Step
    http: HttpAnswer | None = None
    target: Target | None = None
    method: DeployedMethod | None = None
    stage: Stage | None = None
    warnings: tuple[str, ...] = ()


def is_health_check(path: str) -> bool:
    """True for the paths that the service answers itself with 200 (LIM-04)."""
    return path in _HEALTH_PATHS


def refuse_long_url(component: str, url: str) -> Outcome | None:
    """The answer to a URL that is longer than a private API takes (ERR-15); None for any other."""
    if len(url) <= _MAX_PRIVATE_URL:
        return None
    text = f"the URL has {len(url)} characters, and a private API takes {_MAX_PRIVATE_URL}"
    return Outcome(step=_denied(component, Reason.URI_TOO_LONG, "ERR-15", text), http=URI_TOO_LONG)


def split_stage(api_id: str, path: str) -> Outcome:
    """The stage is a default name's first path segment (ERR-01 where there is none)."""
    segments = path.lstrip("/").split("/", 1)
    if not segments[0]:
        step = _denied(
            api_id, Reason.STAGE_NOT_FOUND, "ERR-01", "the URL names no stage: it comes first in the path"
        )
        return Outcome(step=step, http=FORBIDDEN)
    rest = "/" + segments[1] if len(segments) > 1 else "/"
    step = _passed(api_id, f"stage `{segments[0]}`, path `{rest}`")
    return Outcome(step=step, target=Target(api_id=api_id, stage=segments[0], path=rest))


def map_base_path(snapshot: Snapshot, domain: DomainName, path: str) -> Outcome:
    """The stage and path behind a custom domain name: its base path mappings, longest first (AGW-08)."""
    name = domain.domain_name
    mappings = next(
        (
            snapshot.facts.base_path_mappings[key]
            for key in (domain.domain_name_id, name, domain.domain_name_arn)
            if key in snapshot.facts.base_path_mappings
        ),
        None,
    )
    if (domain.routing_mode or "BASE_PATH_MAPPING_ONLY") != "BASE_PATH_MAPPING_ONLY":
        missing = Missing(fact="RoutingRule", resource=name, why="routing rules are not modelled")
        return Outcome(step=_unknown(name, "the domain uses routing rules", missing))
    if mappings is None:
        parent = domain.domain_name_id or name
        gap = snapshot.missing("apigateway.get_base_path_mappings", None, None, parent=parent)
        if gap is not None:
            return Outcome(step=_unknown(name, "the domain's base path mappings are not known", gap))
        mappings = ()
    best = max((each for each in mappings if _covers(each, path)), key=_depth, default=None)
    if best is None or best.rest_api_id is None:
        step = _denied(name, Reason.NO_BASE_PATH_MAPPING, "AGW-08", f"no base path mapping covers `{path}`")
        return Outcome(step=step, http=FORBIDDEN)
    rest = path.strip("/")
    if _depth(best):
        rest = rest[len(best.base_path.strip("/")) :].lstrip("/")
    if best.stage in (None, "", "(none)"):
        # A mapping without a stage leaves the stage to the path's next segment.
        return split_stage(best.rest_api_id, "/" + rest)
    step = _passed(name, f"base path `{best.base_path}` maps to stage `{best.stage}` of {best.rest_api_id}")
    return Outcome(step=step, target=Target(api_id=best.rest_api_id, stage=str(best.stage), path="/" + rest))


def _covers(mapping: BasePathMapping, path: str) -> bool:
    return _depth(mapping) == 0 or path.strip("/").split("/")[: _depth(mapping)] == mapping.base_path.strip(
        "/"
    ).split("/")


def _depth(mapping: BasePathMapping) -> int:
    base = mapping.base_path.strip("/")
    return 0 if base in ("", "(none)") else base.count("/") + 1


def find_stage(snapshot: Snapshot, target: Target) -> Outcome:
    """Whether the API has the stage (ERR-01)."""
    stages = snapshot.facts.api_stages.get(target.api_id)
    if stages is None:
        place = snapshot.place(target.api_id)
        gap = snapshot.missing("apigateway.get_stages", place.account, place.region, parent=target.api_id)
        if gap is not None:
            return Outcome(step=_unknown(target.api_id, "the API's stages are not known", gap), target=target)
        stages = ()
    stage = next((each for each in stages if each.stage_name == target.stage), None)
    if stage is None:
        names = ", ".join(f"`{each.stage_name}`" for each in stages) or "none"
        text = f"the API has no stage `{target.stage}` (it has {names})"
        evidence = (snapshot.evidence(target.api_id, "stageName", [each.stage_name for each in stages]),)
        step = _denied(target.api_id, Reason.STAGE_NOT_FOUND, "ERR-01", text, evidence)
        return Outcome(step=step, http=FORBIDDEN)
    step = _passed(target.api_id, f"stage `{target.stage}` exists")
    return Outcome(step=step, target=target, stage=stage, warnings=tuple(_limits_to_mention(stage)))


def _limits_to_mention(stage: Stage) -> Iterator[str]:
    """A rate of 0 lets through no more than one burst; how often clients call is not known (OBS-07)."""
    for methods, setting in sorted(stage.method_settings.items()):
        if setting.throttling_rate_limit == 0 and setting.throttling_burst_limit:
            yield (
                f"stage `{stage.stage_name}` limits `{methods}` to a rate of 0: calls beyond one burst end in "
                "429 Too Many Requests (ERR-16, OBS-07)"
            )


def find_method(snapshot: Snapshot, target: Target, verb: str, stage: Stage | None) -> Outcome:
    """The deployed method for a path and verb (ERR-05).

    What the stage runs is the export or the deployment's summary (POL-03); without either the saved resources
    stand in for them, and the answer says so.
    """
    view = deployed_methods(snapshot, target, stage)
    if isinstance(view, Missing):
        return Outcome(step=_unknown(target.api_id, "the API's resources are not known", view), target=target)
    methods, warnings = view
    resource = match_resource(tuple(methods), target.path)
    other = match_resource(tuple(methods), spelled_out(target.path))
    if other != resource or "//" in target.path:
        missing = Missing(
            fact=f"how API Gateway reads `{target.path}`",
            resource=target.api_id,
            why="no page says whether it decodes ordinary characters and joins slashes",
        )
        text = f"the path `{target.path}` is spelled in an unusual way"
        return Outcome(step=_unknown(target.api_id, text, missing), target=target, warnings=warnings)
    found = None
    if resource is not None:
        found = methods[resource].get(verb) or methods[resource].get("ANY")
    if resource is None or found is None:
        what = f"no resource for `{target.path}`" if resource is None else f"no method {verb} on `{resource}`"
        saved = saved_methods(snapshot, target.api_id) or {}
        is_saved = verb in saved.get(_match_saved(saved, target.path), {})
        hint = "; it is saved, and not deployed to the stage (POL-03)" if is_saved else ""
        evidence = (snapshot.evidence(target.api_id, "paths", sorted(methods)),)
        text = f"the deployed stage has {what}{hint}"
        step = _denied(target.api_id, Reason.METHOD_NOT_FOUND, "ERR-05", text, evidence)
        return Outcome(step=step, http=MISSING_TOKEN, target=target, warnings=warnings)
    step = _passed(
        target.api_id, f"{verb} `{resource}` is deployed, authorization {found.authorization_type or 'unknown'}"
    )
    return Outcome(step=step, target=target, method=found, stage=stage, warnings=warnings)


def _match_saved(saved: Methods, path: str) -> str:
    return match_resource(tuple(saved), path) or ""


def _passed(component: str, text: str) -> Step:
    return Step(layer="http", component=component, verdict=Verdict.ALLOWED, text=text, rule="AGW-03")


def _unknown(component: str, text: str, missing: Missing) -> Step:
    return Step(
        layer="http", component=component, verdict=Verdict.UNKNOWN, text=text, rule="AGW-03", unknowns=(missing,)
    )


def _denied(component: str, reason: Reason, rule: str, text: str, evidence: tuple[Evidence, ...] = ()) -> Step:
    return Step(
        layer="http",
        component=component,
        verdict=Verdict.DENIED,
        text=text,
        leg=Leg.FORWARD,
        reason=reason,
        rule=rule,
        evidence=evidence,
    )
