"""What a change opens, closes and breaks: the exposure of every VPC of two sources, side by side."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from narrowgate.engine.network.vpcs import vpc_blocks
from narrowgate.exposure.compare import differences
from narrowgate.exposure.exposure import evaluate_exposure
from narrowgate.exposure.held import API, ENDPOINT_NAME, LOST, NAME, SOCKET, contents, renamer
from narrowgate.exposure.intent import NOTHING_MEANT, Intent
from narrowgate.exposure.labels import name_tags
from narrowgate.exposure.reuse.earlier import continue_from
from narrowgate.model.answer import Verdict
from narrowgate.model.exposure import UNKNOWN, DiffAnswer, Difference
from narrowgate.model.snapshot import Snapshot

T = TypeVar("T")


def evaluate_diff(
    before: Snapshot, after: Snapshot, *, meant_before: Intent = NOTHING_MEANT, meant_after: Intent = NOTHING_MEANT
) -> DiffAnswer:
    """Compare two sources; resources are one where their ids are, else where their names, blocks or services are.

    Args:
        before: the first source.
        after: the second.
        meant_before: what the first means to be open: where that closes, it is broken.
        meant_after: what the second means to be open.
    """
    matched = match_resources(before, after)
    # What the second takes over from the first is no difference: it is not even spelled out.
    is_edit = continue_from(after, before) is not None
    was = evaluate_exposure(
        before, sorted(before.facts.vpcs), intent=meant_before, apart_from=after if is_edit else None
    )
    now = evaluate_exposure(
        after, sorted(after.facts.vpcs), intent=meant_after, apart_from=before if is_edit else None
    )
    names = {**matched, **_names_of_endpoints(before, after, matched)}
    old, new = contents(was), contents(now, renamer(names))
    old, new = old.beside(new), new.beside(old)
    opened = differences(old, new.of_kinds(NAME, SOCKET, API))
    closed = differences(new, old.of_kinds(NAME, SOCKET, API))
    broken = (*differences(old, new.of_kinds(LOST)), *differences(new, old.of_kinds(API, NAME).meant()))
    doubtful = [each for each in (*opened, *broken) if each.state == UNKNOWN]
    certain = [each for each in (*opened, *broken) if each.state != UNKNOWN]
    return DiffAnswer(
        verdict=Verdict.DENIED if certain else Verdict.UNKNOWN if doubtful else Verdict.ALLOWED,
        unknowns=tuple(dict.fromkeys(fact for each in doubtful for fact in each.unknowns)),
        before=before.label,
        after=after.label,
        opened=opened,
        closed=_but(closed, broken),
        broken=broken,
        matched=matched,
        labels={**was.labels, **now.labels},
    )


def _but(every: tuple[Difference, ...], told: tuple[Difference, ...]) -> tuple[Difference, ...]:
    said = {(each.kind, each.what, each.consumers) for each in told}
    return tuple(each for each in every if (each.kind, each.what, each.consumers) not in said)


def match_resources(before: Snapshot, after: Snapshot) -> dict[str, str]:
    """Ids of the second source that stand for a resource of the first, by what people know it by.

    A name, a block or a service that two resources share tells nothing, and matches none.
    """
    matched: dict[str, str] = {}

    def match(
        ids: Callable[[Snapshot], Mapping[str, object]], known_by: Callable[[Snapshot, str], T | None]
    ) -> None:
        ours, theirs = _unique(before, ids(before), known_by), _unique(after, ids(after), known_by)
        for word, own in theirs.items():
            other = ours.get(word)
            if other is not None and own not in ids(before) and own not in matched and other not in ids(after):
                matched[own] = other

    match(lambda each: each.facts.vpcs, _by_tag)
    match(lambda each: each.facts.vpcs, vpc_blocks)
    match(lambda each: each.facts.rest_apis, lambda each, own: each.facts.rest_apis[own].name or None)
    for kind in (_subnets, _instances, _interfaces, _endpoints, _resolvers, _peerings, _gateways):
        match(kind, _by_tag)
    match(
        _subnets,
        lambda each, own: _in_vpc(matched, each.facts.subnets[own].vpc_id, each.facts.subnets[own].cidr_block),
    )
    match(_endpoints, lambda each, own: _service_of(matched, each, own))
    return matched


def _names_of_endpoints(before: Snapshot, after: Snapshot, matched: dict[str, str]) -> dict[str, str]:
    """What names of endpoints of the second source begin with, and what those of the first do (VPCE-DNS-02)."""
    pairs = ((_begins(before, matched.get(own, own)), _begins(after, own)) for own in _endpoints(after))
    return {theirs: ours for ours, theirs in pairs if ours and theirs}


def _begins(snapshot: Snapshot, own: str) -> str | None:
    endpoint = snapshot.facts.vpc_endpoints.get(own)
    entries = endpoint.dns_entries if endpoint is not None and isinstance(endpoint.dns_entries, tuple) else ()
    found = next((ENDPOINT_NAME.match(each.dns_name) for each in entries if each.dns_name), None)
    return found[0] if found else None


def _unique(
    snapshot: Snapshot, ids: Mapping[str, object], known_by: Callable[[Snapshot, str], T | None]
) -> dict[T, str]:
    found: dict[T, list[str]] = {}
    for own in ids:
        word = known_by(snapshot, own)
        if word is not None:
            found.setdefault(word, []).append(own)
    return {word: owners[0] for word, owners in found.items() if len(owners) == 1}


def _by_tag(snapshot: Snapshot, own: str) -> str | None:
    return name_tags(snapshot).get(own)


def _in_vpc(matched: dict[str, str], vpc_id: str, word: object) -> tuple[str, str] | None:
    return (matched.get(vpc_id, vpc_id), str(word)) if word else None


def _service_of(matched: dict[str, str], snapshot: Snapshot, own: str) -> tuple[str, str] | None:
    endpoint = snapshot.facts.vpc_endpoints[own]
    return _in_vpc(matched, endpoint.vpc_id, endpoint.service_name)


def _subnets(snapshot: Snapshot) -> Mapping[str, object]:
    return snapshot.facts.subnets


def _instances(snapshot: Snapshot) -> Mapping[str, object]:
    return snapshot.facts.instances


def _interfaces(snapshot: Snapshot) -> Mapping[str, object]:
    return snapshot.facts.network_interfaces


def _endpoints(snapshot: Snapshot) -> Mapping[str, object]:
    return snapshot.facts.vpc_endpoints


def _resolvers(snapshot: Snapshot) -> Mapping[str, object]:
    return snapshot.facts.resolver_endpoints


def _peerings(snapshot: Snapshot) -> Mapping[str, object]:
    return snapshot.facts.vpc_peering_connections


def _gateways(snapshot: Snapshot) -> Mapping[str, object]:
    return snapshot.facts.transit_gateways
