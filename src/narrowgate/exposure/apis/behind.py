"""The APIs behind each endpoint: of which something can be invoked through it, or may be."""

from narrowgate.exposure.apis.decisions import decisions
from narrowgate.exposure.apis.likeness import kind_of, telling_apart
from narrowgate.exposure.reuse.earlier import Earlier
from narrowgate.model.apigateway import RestApi
from narrowgate.model.fact import UnsetType
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot, index


@index
def private_apis(snapshot: Snapshot) -> dict[str | None, tuple[RestApi, ...]]:
    """APIs that are private, or may be, by Region; those of an unknown Region are in every one (AGW-16)."""
    found: dict[str | None, list[RestApi]] = {}
    for api in snapshot.facts.rest_apis.values():
        configuration = api.endpoint_configuration
        if isinstance(configuration, UnsetType) or "PRIVATE" in configuration.types:
            found.setdefault(snapshot.region_of(api.id), []).append(api)
    unplaced = found.pop(None, [])
    regions = {snapshot.region_of(each) for each in snapshot.facts.vpc_endpoints} | set(found)
    return {region: (*found.get(region, ()), *unplaced) for region in regions}


class _Kind:
    """Endpoints of one kind: APIs that are open to whichever of them they do not tell apart, and those unasked."""

    __slots__ = ("apis", "is_open", "left")

    def __init__(self, apis: tuple[RestApi, ...]) -> None:
        self.apis = {api.id: (place, api) for place, api in enumerate(apis)}
        self.is_open: set[str] = set()
        self.left = set(self.apis)


@index
def _kinds(snapshot: Snapshot) -> dict[tuple[object, ...], _Kind]:
    """By kind; filled as endpoints are asked for."""
    return {}


@index
def _kept(snapshot: Snapshot) -> dict[str, tuple[RestApi, ...]]:
    """By endpoint; filled as they are asked for."""
    return {}


def apis_behind(snapshot: Snapshot, endpoint_id: str) -> tuple[RestApi, ...]:
    """The APIs of which something is open through an endpoint, or may be."""
    kept = _kept(snapshot)
    if endpoint_id not in kept:
        kept[endpoint_id] = _read(snapshot, snapshot.facts.vpc_endpoints[endpoint_id])
    return kept[endpoint_id]


def _read(snapshot: Snapshot, endpoint: VpcEndpoint) -> tuple[RestApi, ...]:
    near = private_apis(snapshot).get(snapshot.region_of(endpoint.vpc_endpoint_id), ())
    apart = telling_apart(snapshot, endpoint)
    if apart is None:
        return tuple(api for api in near if decisions(snapshot, api, endpoint))
    kinds, own = _kinds(snapshot), kind_of(snapshot, endpoint)
    if own not in kinds:
        kinds[own] = _Kind(near)
    kind = kinds[own]
    asked = kind.left - apart
    kind.is_open |= {each for each in asked if decisions(snapshot, kind.apis[each][1], endpoint)}
    kind.left -= asked
    mine = {each for each in apart if each in kind.apis and decisions(snapshot, kind.apis[each][1], endpoint)}
    found = (kind.is_open - apart) | mine
    return tuple(api for _, api in sorted((kind.apis[each] for each in found), key=lambda pair: pair[0]))


@index
def _same(snapshot: Snapshot) -> dict[str, bool]:
    """Filled as endpoints are asked for."""
    return {}


def same_behind(snapshot: Snapshot, earlier: Earlier, endpoint_id: str) -> bool:
    """Whether an endpoint lets through what it did before an edit, for certain."""
    kept = _same(snapshot)
    if endpoint_id not in kept:
        kept[endpoint_id] = _is_same(snapshot, earlier, endpoint_id)
    return kept[endpoint_id]


def _is_same(snapshot: Snapshot, earlier: Earlier, endpoint_id: str) -> bool:
    endpoints = [each.facts.vpc_endpoints.get(endpoint_id) for each in (earlier.snapshot, snapshot)]
    if endpoints[0] is None or endpoints[0] != endpoints[1]:
        return False
    for own in earlier.touched.apis:
        was, now = (_decided(each, own, endpoint_id) for each in (earlier.snapshot, snapshot))
        if was != now:
            return False
    return True


def _decided(snapshot: Snapshot, api_id: str, endpoint_id: str) -> object:
    """What of an API is seen through an endpoint."""
    api, region = snapshot.facts.rest_apis.get(api_id), snapshot.region_of(endpoint_id)
    if api is None or api not in private_apis(snapshot).get(region, ()):
        return None
    return (api.name, decisions(snapshot, api, snapshot.facts.vpc_endpoints[endpoint_id]))
