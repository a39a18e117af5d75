"""The parts of a client that groups, ACLs, routes and policies on its way treat alike (RCH-02)."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from narrowgate.engine.network.address_classes import refine_client
from narrowgate.engine.network.interfaces import interface
from narrowgate.engine.trace.api_call import ApiCall
from narrowgate.engine.trace.walk import Arrived, HostsCall
from narrowgate.model.address import Cidr, is_block, parse_address, parse_cidr
from narrowgate.model.host import Client, Host
from narrowgate.model.kept import Kept
from narrowgate.model.snapshot import Snapshot, index

# Addresses as policies write them: host bits and bare addresses included (POL-09).
_BLOCK = re.compile(r'"((?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?|[0-9a-fA-F:]*:[0-9a-fA-F:]+(?:/\d{1,3})?)\\?"')


@index
def _parts(snapshot: Snapshot) -> Kept[tuple[object, ...], tuple[Host, ...]]:
    """Hosts in parts, by who they are, what is reached and which blocks policies name."""
    return Kept(20_000)


def hosts_in_parts(snapshot: Snapshot, client: Client, calls: Sequence[HostsCall]) -> tuple[Host, ...]:
    """A client's hosts in parts, as the ways and the replies of its calls tell them apart."""
    if not client.any_address:
        return client.hosts
    arrived = [each.arrived for each in calls if each.arrived is not None]
    reached = tuple([each.ways.reached for each in arrived])
    blocks = _policy_blocks(snapshot, arrived) if arrived else frozenset[Cidr]()
    family = next(iter([own for each in calls if (own := _family(each)) is not None]), 4)
    key = (client.hosts, reached, family, blocks)
    kept = _parts(snapshot)
    hosts = kept.get(key)
    if hosts is None:
        ends = sorted(frozenset[str]().union(*reached))
        targets = [found for each in ends if (found := interface(snapshot, each)) is not None]
        hosts = kept.keep(key, refine_client(snapshot, client, targets, family, blocks).hosts)
    return hosts


def _family(called: HostsCall) -> int | None:
    if called.addresses:
        return called.addresses[0].family
    end = called.end
    return parse_address(end.address).family if end is not None and end.address else None


@index
def _blocks(snapshot: Snapshot) -> Kept[tuple[str | None, str | None], frozenset[Cidr]]:
    """By the endpoint that was reached and the method's ARN."""
    return Kept(20_000)


def _policy_blocks(snapshot: Snapshot, arrived: Iterable[Arrived]) -> frozenset[Cidr]:
    """Every address range that a policy on the way names: `aws:VpcSourceIp` tells hosts of one subnet apart."""
    kept = _blocks(snapshot)
    found: frozenset[Cidr] = frozenset()
    for each in arrived:
        for reply in each.replies:
            place = _policies(reply.call)
            blocks = kept.get(place)
            if blocks is None:
                blocks = kept.keep(place, _blocks_of(snapshot, *place))
            found = found | blocks if found else blocks
    return found


def _policies(call: ApiCall) -> tuple[str | None, str | None]:
    return call.endpoint, call.authorization.resource if call.authorization is not None else None


def _blocks_of(snapshot: Snapshot, endpoint_id: str | None, method: str | None) -> frozenset[Cidr]:
    endpoint = snapshot.facts.vpc_endpoints.get(endpoint_id or "")
    texts = list(_policies_of_apis(snapshot).get(method.split(":")[5].split("/")[0], ())) if method else []
    if endpoint is not None and isinstance(endpoint.policy_document, str):
        texts.append(endpoint.policy_document)
    return frozenset[Cidr]().union(*(_blocks_in(text) for text in texts))


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


@lru_cache(maxsize=4096)
def _blocks_in(text: str) -> frozenset[Cidr]:
    found = [match[1] for match in _BLOCK.finditer(text.replace("\\", ""))]
    return frozenset(parse_cidr(each) for each in found if is_block(each))
