"""Which endpoints an API's policies can tell apart: only those that they may name (AGW-07, POL-03)."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from narrowgate.exposure.apis.domains import mapped_apis
from narrowgate.model.apigateway import RestApi
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot, index

_ID = re.compile(r"\bvpce?-[0-9A-Za-z]+")
_PATTERN = re.compile(r'"(?!\*")[^":]*\*[^":]*"')
"""A string with a wildcard that is no ARN and no action: it may mean some ids and not others."""


class Named(NamedTuple):
    """The ids that policies spell out; `is_open` where a wildcard or variable may mean any of them."""

    ids: frozenset[str]
    is_open: bool

    def means(self, endpoint: VpcEndpoint) -> tuple[bool, bool]:
        """Whether an endpoint may be told apart by its own id, and by its VPC's."""
        own, vpc_id = endpoint.vpc_endpoint_id, endpoint.vpc_id
        return (self.is_open or own in self.ids, self.is_open or vpc_id in self.ids)


@index
def _deployed(snapshot: Snapshot) -> dict[str, tuple[object, ...]]:
    """Policies that exports show, by API."""
    found: dict[str, tuple[object, ...]] = {}
    for (api_id, _), export in snapshot.facts.stage_exports.items():
        found[api_id] = (*found.get(api_id, ()), export.policy)
    return found


@index
def _by_api(snapshot: Snapshot) -> dict[str, Named]:
    """What the policies of each API name."""
    return {
        api.id: _named((api.policy, *_deployed(snapshot).get(api.id, ())))
        for api in snapshot.facts.rest_apis.values()
    }


@index
def _by_document(snapshot: Snapshot) -> dict[str, Named]:
    """What each endpoint's policy names; filled as they are asked for."""
    return {}


def _named(texts: Iterable[object]) -> Named:
    # API Gateway escapes the quotes of a policy.
    spelled = [text.replace('\\"', '"') for text in texts if isinstance(text, str)]
    return Named(
        frozenset(own for text in spelled for own in _ID.findall(text)),
        any("?" in text or "${" in text or _PATTERN.search(text) is not None for text in spelled),
    )


def named_by_policy(snapshot: Snapshot, endpoint: VpcEndpoint) -> Named:
    """What an endpoint's own policy names."""
    kept = _by_document(snapshot)
    document = endpoint.policy_document if isinstance(endpoint.policy_document, str) else ""
    if document not in kept:
        kept[document] = _named((document,))
    return kept[document]


def likeness(snapshot: Snapshot, api: RestApi, endpoint: VpcEndpoint) -> tuple[object, ...]:
    """What of an endpoint can matter to an API: its own policy, and its ids where a policy may mean them."""
    by_api, by_own = _by_api(snapshot)[api.id].means(endpoint), named_by_policy(snapshot, endpoint).means(endpoint)
    # A custom domain asks for its association.
    is_named = by_api[0] or by_own[0] or api.id in mapped_apis(snapshot)
    return (
        api.id,
        *kind_of(snapshot, endpoint),
        endpoint.vpc_endpoint_id if is_named else "",
        endpoint.vpc_id if by_api[1] or by_own[1] else "",
    )


def kind_of(snapshot: Snapshot, endpoint: VpcEndpoint) -> tuple[object, ...]:
    """What of an endpoint matters to every API: policy, service and Region."""
    return (endpoint.policy_document, endpoint.service_name, snapshot.region_of(endpoint.vpc_endpoint_id))


@index
def _apis_by_id(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """APIs by the ids of endpoints and VPCs that their policies name."""
    found: dict[str, set[str]] = {}
    for api_id, named in _by_api(snapshot).items():
        for own in named.ids:
            found.setdefault(own, set()).add(api_id)
    return {own: frozenset(apis) for own, apis in found.items()}


@index
def _always(snapshot: Snapshot) -> frozenset[str]:
    """APIs that may tell any endpoint apart."""
    return frozenset(own for own, named in _by_api(snapshot).items() if named.is_open) | mapped_apis(snapshot)


def telling_apart(snapshot: Snapshot, endpoint: VpcEndpoint) -> frozenset[str] | None:
    """The APIs that may tell an endpoint from others of its kind; None where all may, by its own policy."""
    if any(named_by_policy(snapshot, endpoint).means(endpoint)):
        return None
    by_id = _apis_by_id(snapshot)
    nobody: frozenset[str] = frozenset()
    ids = (endpoint.vpc_endpoint_id, endpoint.vpc_id)
    return _always(snapshot).union(*(by_id.get(own, nobody) for own in ids))
