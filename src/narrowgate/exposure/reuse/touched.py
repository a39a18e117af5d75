"""What an edit of a snapshot can touch: the VPCs whose network or names depend on a fact that differs, and APIs.

Each kind of fact is told to touch the VPCs that it belongs to. A kind that is not named here, and whatever was
collected otherwise, touches everything: nothing is taken over by mistake.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from narrowgate.engine.network.transit_gateway_routes import all_routes
from narrowgate.engine.network.vpcs import vpc_blocks
from narrowgate.exposure.reuse.owners import vpcs_of
from narrowgate.model.address import Cidr, is_block, parse_cidr
from narrowgate.model.estate_facts import Collections
from narrowgate.model.snapshot import Snapshot


class Difference(NamedTuple):
    """A fact that one snapshot has otherwise than another; None where one has it not."""

    kind: str
    key: object
    was: object
    now: object


class Touched(NamedTuple):
    """What differs between two snapshots, as far as lists can depend on it."""

    network: frozenset[str]
    """VPCs whose hosts, targets, filters, routes or links differ."""
    hosts: frozenset[str]
    """Of these, VPCs whose interfaces or links differ: EC2 names those of connected VPCs (RSLV-08)."""
    views: frozenset[str]
    """VPCs whose resolvers may answer otherwise."""
    apis: frozenset[str]
    """APIs whose policies, stages or methods differ."""


_UNSEEN = frozenset(
    {"flow_logs", "log_groups", "metric_alarms", "query_log_configs", "query_log_config_associations"}
)
"""Kinds that no list depends on."""

_FILTERS = frozenset({"security_groups", "network_acls", "route_tables"})
_HOSTS = frozenset({"network_interfaces", "instances", "subnets", "functions", "vpc_peering_connections"})
_APIS = frozenset({"rest_apis", "api_resources", "api_stages", "api_deployments", "api_authorizers"})
_VIEWS = frozenset({"record_sets", "resolver_rule_associations"})


def touched_by_edit(before: Snapshot, after: Snapshot) -> Touched | None:
    """What of a second snapshot may differ from a first; None where everything may."""
    found = list(differences(before.facts, after.facts))
    if not _collected_alike(before, after, {str(each.key) for each in found}):
        return None
    known = _FILTERS | _HOSTS | _APIS | _VIEWS | _UNSEEN | {"vpc_endpoints"}
    if any(each.kind not in known for each in found):
        return None
    by_kind = {kind: [each for each in found if each.kind == kind] for kind in known}
    owners = {kind: _owners(before, after, changed) for kind, changed in by_kind.items()}
    if any(each is None for each in owners.values()):
        return None
    own = {kind: each or frozenset() for kind, each in owners.items()}
    nobody: frozenset[str] = frozenset()
    hosts = nobody.union(*(own[kind] for kind in _HOSTS))
    network = hosts.union(own["vpc_endpoints"], *(own[kind] for kind in _FILTERS))
    network |= _cut_otherwise((before, after), (each for each in found if each.kind in _FILTERS))
    if network:
        # Which ports a balancer serves depends on whether it reaches its targets, in whatever VPC (ALT-01).
        balancers = (*before.facts.load_balancers.values(), *after.facts.load_balancers.values())
        network |= {each.vpc_id for each in balancers if each.vpc_id}
    if network and _lead_through(before, after, network):
        return None
    views = nobody.union(own["vpc_endpoints"], *(own[kind] for kind in _VIEWS))
    apis = frozenset(str(each.key) for kind in _APIS for each in by_kind[kind])
    return Touched(network, hosts, views, apis)


def differences(before: Collections, after: Collections) -> Iterator[Difference]:
    """The facts that differ."""
    for kind in Collections.__struct_fields__:
        was, now = getattr(before, kind), getattr(after, kind)
        if was is now:
            continue
        if isinstance(was, dict):
            for key in {**was, **now}:
                one, other = was.get(key), now.get(key)
                if one is not other and one != other:
                    yield Difference(kind, key, one, other)
        elif was != now:
            gone, come = [each for each in was if each not in now], [each for each in now if each not in was]
            yield from (Difference(kind, None, each, None) for each in gone)
            yield from (Difference(kind, None, None, each) for each in come)


def _collected_alike(before: Snapshot, after: Snapshot, differing: set[str]) -> bool:
    """Whether both were collected in the same way, but for calls about what differs itself."""
    if before.assume_complete != after.assume_complete or before.outside != after.outside:
        return False
    if (before.refused, before.untold, before.assumed) != (after.refused, after.untold, after.assumed):
        return False
    if before.contradictions != after.contradictions or before.region_of("") != after.region_of(""):
        return False
    if before.calls is not after.calls and any(
        call.parent not in differing for call in before.calls ^ after.calls
    ):
        return False
    places, others = before.places, after.places
    if places is others:
        return True
    return all(
        own in differing or (place.account, place.region) == (others[own].account, others[own].region)
        for own, place in places.items()
        if own in others
    )


def _owners(before: Snapshot, after: Snapshot, changed: Iterable[Difference]) -> frozenset[str] | None:
    """The VPCs that facts belong to; None where one belongs to nobody known."""
    found: set[str] = set()
    for each in changed:
        for snapshot, fact in ((before, each.was), (after, each.now)):
            if fact is None:
                continue
            vpcs = {""} if each.kind in _APIS | _UNSEEN else vpcs_of(snapshot, each.kind, each.key, fact)
            if not vpcs:
                return None
            found |= vpcs
    return frozenset(found)


def _cut_otherwise(snapshots: tuple[Snapshot, Snapshot], changed: Iterable[Difference]) -> frozenset[str]:
    """VPCs parts of which a block of a changed fact names: their addresses are cut at it."""
    texts = {
        text for each in changed for fact in (each.was, each.now) for text in _strings(msgspec.to_builtins(fact))
    }
    blocks = [parse_cidr(text) for text in texts if "/" in text and is_block(text)]
    found = set()
    for snapshot in snapshots:
        for vpc_id in snapshot.facts.vpcs:
            for whole in vpc_blocks(snapshot, vpc_id) or ():
                if any(_is_inside(block, whole) for block in blocks):
                    found.add(vpc_id)
    return frozenset(found)


def _is_inside(block: Cidr, whole: Cidr) -> bool:
    return (
        block.family == whole.family and whole.first <= block.first and block.last <= whole.last and block != whole
    )


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _strings(each)


def _lead_through(before: Snapshot, after: Snapshot, vpcs: frozenset[str]) -> bool:
    """Whether a gateway may send what is meant for other VPCs into one of these: their ways lead through it."""
    for snapshot in (before, after):
        attached = {
            each.transit_gateway_attachment_id: each.vpc_id
            for each in snapshot.facts.transit_gateway_vpc_attachments.values()
            if each.vpc_id in vpcs
        }
        for route in all_routes(snapshot) if attached else ():
            for attachment in route.attachments:
                vpc_id = attached.get(attachment.transit_gateway_attachment_id or "")
                if vpc_id is not None and not _is_within(snapshot, route.cidr, vpc_id):
                    return True
    return False


def _is_within(snapshot: Snapshot, block: Cidr, vpc_id: str) -> bool:
    return any(_is_inside(block, whole) or block == whole for whole in vpc_blocks(snapshot, vpc_id) or ())
