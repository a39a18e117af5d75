"""The parts of a client that groups, ACLs, routes and policies on its way treat alike (RCH-02)."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from narrowgate.engine.network.address_classes import refine_client
from narrowgate.engine.network.interfaces import interface
from narrowgate.model.address import Cidr, is_block, parse_address, parse_cidr
from narrowgate.model.host import Client
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.trace import TracePath

# Addresses as policies write them: host bits and bare addresses included (POL-09).
_BLOCK = re.compile(r'"((?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?|[0-9a-fA-F:]*:[0-9a-fA-F:]+(?:/\d{1,3})?)\\?"')
_REMEMBERED = 4096


@index
def _remembered(snapshot: Snapshot) -> dict[tuple[object, ...], Client | None]:
    """Clients in parts, by who they are, what is reached and which blocks policies name; None for one uncut."""
    return {}


def client_in_parts(snapshot: Snapshot, client: Client, paths: Sequence[TracePath]) -> Client:
    """The client in parts, as the paths of its hosts tell them apart; itself where nothing does."""
    if not client.any_address:
        return client
    reached = frozenset([path.connection.target for path in paths if path.connection is not None])
    family = next((parse_address(path.address).family for path in paths if path.address), 4)
    blocks = _policy_blocks(snapshot, paths)
    key = (client, reached, family, blocks)
    remembered = _remembered(snapshot)
    if key not in remembered:
        if len(remembered) >= _REMEMBERED:
            remembered.clear()
        targets = [found for each in sorted(reached) if (found := interface(snapshot, each)) is not None]
        parts = refine_client(snapshot, client, targets, family, blocks)
        remembered[key] = None if parts is client else parts
    return remembered[key] or client


def _policy_blocks(snapshot: Snapshot, paths: Iterable[TracePath]) -> frozenset[Cidr]:
    """Every address range that a policy on the way names: `aws:VpcSourceIp` tells hosts of one subnet apart."""
    endpoints = {path.endpoint for path in paths if path.endpoint}
    resources = {path.authorization.resource for path in paths if path.authorization is not None}
    found: frozenset[Cidr] = frozenset()
    for each in endpoints:
        endpoint = snapshot.facts.vpc_endpoints.get(each)
        if endpoint is not None and isinstance(endpoint.policy_document, str):
            found |= _blocks_in(endpoint.policy_document)
    for api_id in {each.split(":")[5].split("/")[0] for each in resources}:
        for text in _policies_of_apis(snapshot).get(api_id, ()):
            found |= _blocks_in(text)
    return found


@index
def _policies_of_apis(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """The policies of each API, saved and deployed."""
    found: dict[str, list[str]] = {}
    for api in snapshot.facts.rest_apis.values():
        found[api.id] = [api.policy] if isinstance(api.policy, str) else []
    for (api_id, _), export in snapshot.facts.stage_exports.items():
        if isinstance(export.policy, str) and api_id in found:
            found[api_id].append(export.policy)
    return {api_id: tuple(texts) for api_id, texts in found.items()}


@lru_cache(maxsize=_REMEMBERED)
def _blocks_in(text: str) -> frozenset[Cidr]:
    found = [match[1] for match in _BLOCK.finditer(text.replace("\\", ""))]
    return frozenset(parse_cidr(each) for each in found if is_block(each))
