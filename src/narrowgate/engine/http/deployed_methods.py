"""The methods that a stage runs, and which resource a path matches (AGW-08, POL-03)."""

import msgspec

from narrowgate.model.answer import Missing
from narrowgate.model.apigateway import Stage
from narrowgate.model.fact import UnsetType
from narrowgate.model.snapshot import Snapshot


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """The stage and path that a URL means, after a custom domain's mapping."""

    api_id: str
    stage: str
    path: str


class DeployedMethod(msgspec.Struct, frozen=True, kw_only=True):
    """What the deployed stage runs for a path and verb; None where it is not known."""

    resource_path: str
    authorization_type: str | None
    api_key_required: bool | None
    authorizer_id: str | None = None


Methods = dict[str, dict[str, DeployedMethod]]
"""By resource path and HTTP method."""


def deployed_methods(
    snapshot: Snapshot, target: Target, stage: Stage | None
) -> tuple[Methods, tuple[str, ...]] | Missing:
    """The methods that a stage runs, by path and verb, with warnings about how they are known (POL-03)."""
    saved = saved_methods(snapshot, target.api_id)
    export = snapshot.facts.stage_exports.get((target.api_id, target.stage))
    if export is not None:
        names = {path: tuple(found) for path, found in export.methods.items()}
        kinds = {(path, verb): kind for path, found in export.methods.items() for verb, kind in found.items()}
        return _joined(names, kinds, saved), ()
    summary = _summary(snapshot, target.api_id, stage)
    if summary is not None:
        return summary, ()
    if saved is None:
        place = snapshot.place(target.api_id)
        gap = snapshot.missing("apigateway.get_resources", place.account, place.region, parent=target.api_id)
        return gap if gap is not None else ({}, ())
    return saved, ("the saved resources are taken as the deployed ones: no export or deployment summary tells",)


def _joined(
    names: dict[str, tuple[str, ...]], kinds: dict[tuple[str, str], str | None], saved: Methods | None
) -> Methods:
    """An export names the methods; what it leaves out about one is taken from the saved resource."""
    joined: Methods = {}
    for path, verbs in names.items():
        joined[path] = {}
        for verb in verbs:
            known = (saved or {}).get(path, {}).get(verb)
            joined[path][verb] = DeployedMethod(
                resource_path=path,
                authorization_type=kinds[path, verb] or (known.authorization_type if known else None),
                api_key_required=known.api_key_required if known else None,
                authorizer_id=known.authorizer_id if known else None,
            )
    return joined


def _summary(snapshot: Snapshot, api_id: str, stage: Stage | None) -> Methods | None:
    if stage is None or stage.deployment_id is None:
        return None
    deployments = snapshot.facts.api_deployments.get(api_id, ())
    deployment = next((each for each in deployments if each.id == stage.deployment_id), None)
    if deployment is None or not deployment.api_summary:
        return None
    return {
        path: {
            "ANY" if verb == "ANY" else verb.upper(): DeployedMethod(
                resource_path=path,
                authorization_type=each.authorization_type,
                api_key_required=each.api_key_required,
            )
            for verb, each in verbs.items()
        }
        for path, verbs in deployment.api_summary.items()
    }


def saved_methods(snapshot: Snapshot, api_id: str) -> Methods | None:
    """The methods of the API as it is saved, which a stage may not run yet (POL-03); None where not collected."""
    resources = snapshot.facts.api_resources.get(api_id)
    if resources is None:
        return None
    methods: Methods = {}
    for resource in resources:
        path = resource.path or "/"
        methods[path] = {}
        for verb, each in (
            {} if isinstance(resource.resource_methods, UnsetType) else resource.resource_methods
        ).items():
            kind = None if isinstance(each.authorization_type, UnsetType) else each.authorization_type
            methods[path][verb.upper()] = DeployedMethod(
                resource_path=path,
                authorization_type=kind,
                api_key_required=each.api_key_required,
                authorizer_id=each.authorizer_id,
            )
    return methods


def match_resource(resources: tuple[str, ...], path: str) -> str | None:
    """The resource that serves a path: literal segments before `{name}`, these before `{name+}`."""
    wanted = [segment for segment in path.split("/") if segment]
    best: tuple[tuple[int, ...], str] | None = None
    for resource in resources:
        rank = _rank([segment for segment in resource.split("/") if segment], wanted)
        if rank is not None and (best is None or rank < best[0]):
            best = (rank, resource)
    return best[1] if best else None


def _rank(pattern: list[str], wanted: list[str]) -> tuple[int, ...] | None:
    rank: list[int] = []
    for position, segment in enumerate(pattern):
        if segment.startswith("{") and segment.endswith("+}"):
            return (*rank, 2) if len(wanted) > position else None
        if position >= len(wanted):
            return None
        if segment.startswith("{") and segment.endswith("}"):
            rank.append(1)
        elif segment == wanted[position]:
            rank.append(0)
        else:
            return None
    return tuple(rank) if len(wanted) == len(pattern) else None
