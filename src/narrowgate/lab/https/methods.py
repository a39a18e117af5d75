"""The deployed resource and method that a path and verb meet, and what it asks of the caller (POL-03)."""

from collections.abc import Mapping
from urllib.parse import unquote

import msgspec

from narrowgate.model.apigateway import Method
from narrowgate.model.fact import UnsetType
from narrowgate.model.snapshot import Snapshot

_ANY = ("ANY", "X-AMAZON-APIGATEWAY-ANY-METHOD")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A method of a resource: `resource` as it was written, `verb` as it was deployed (`ANY` too)."""

    resource: str
    resource_id: str
    verb: str
    parameters: Mapping[str, str]
    """Path parameters by name."""
    authorization: str
    needs_key: bool
    authorizer: str | None = None
    """The id of its authorizer."""


def find_method(snapshot: Snapshot, api_id: str, stage: str, method: str, path: str) -> Found | None:
    """The deployed method that serves a request: literal parts first; None where there is none (ERR-05)."""
    saved = _saved(snapshot, api_id)
    methods: Mapping[str, Mapping[str, str | None]] = {
        each: {verb: _kind(found) for verb, found in verbs.items()} for each, verbs in saved.items()
    }
    export = snapshot.facts.stage_exports.get((api_id, stage))
    if export is not None and export.methods:
        methods = export.methods
    best = min((each for each in methods if _fits(each, path)), key=_rank, default=None)
    if best is None:
        return None
    verbs = {verb.upper(): kind for verb, kind in methods[best].items()}
    verb = next((each for each in (method, *_ANY) if each in verbs), None)
    if verb is None:
        return None
    known = saved.get(best, {}).get(method) or saved.get(best, {}).get("ANY")
    ids = {each.path: each.id for each in snapshot.facts.api_resources.get(api_id, ())}
    return Found(
        resource=best,
        resource_id=ids.get(best, ""),
        verb="ANY" if verb in _ANY else verb,
        parameters=_parameters(best, path),
        authorization=verbs[verb] or (_kind(known) if known is not None else None) or "NONE",
        needs_key=known is not None and known.api_key_required,
        authorizer=known.authorizer_id if known is not None else None,
    )


def resources_of(snapshot: Snapshot, api_id: str) -> tuple[str, ...]:
    """Every resource that an API has methods for, saved or deployed."""
    exports = (each.methods for (own, _), each in snapshot.facts.stage_exports.items() if own == api_id)
    return tuple(sorted({*_saved(snapshot, api_id), *(path for each in exports for path in each)}))


def _saved(snapshot: Snapshot, api_id: str) -> dict[str, Mapping[str, Method]]:
    return {
        resource.path: resource.resource_methods
        for resource in snapshot.facts.api_resources.get(api_id, ())
        if resource.path is not None and not isinstance(resource.resource_methods, UnsetType)
    }


def _kind(method: Method) -> str:
    return method.authorization_type if isinstance(method.authorization_type, str) else "NONE"


def _fits(resource: str, path: str) -> bool:
    wanted, present = resource.strip("/").split("/"), path.strip("/").split("/")
    for number, part in enumerate(wanted):
        if part.endswith("+}"):
            return len(present) > number and present[number] != ""
        if number >= len(present) or (not part.startswith("{") and part != present[number]):
            return False
        if part.startswith("{") and not present[number]:
            return False
    return len(wanted) == len(present)


def _rank(resource: str) -> tuple[tuple[int, ...], int]:
    parts = resource.strip("/").split("/")
    return tuple(2 if each.endswith("+}") else 1 if each.startswith("{") else 0 for each in parts), -len(parts)


def _parameters(resource: str, path: str) -> dict[str, str]:
    found, present = {}, path.strip("/").split("/")
    for number, part in enumerate(resource.strip("/").split("/")):
        if part.endswith("+}"):
            found[part[1:-2]] = unquote("/".join(present[number:]))
        elif part.startswith("{"):
            found[part[1:-1]] = unquote(present[number])
    return found
