"""Proofs that nobody but some hosts can call, resolve or reach something: over all requests, or a counterexample.

Everything that any VPC of the estate can do stands in its lists, so that a proof is a search in them; for calls
also through endpoints that others own, which no list of the estate holds.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from narrowgate.exposure.apis.apis import uncollected_doors
from narrowgate.exposure.apis.calls import names_path
from narrowgate.exposure.apis.doors import doors_of
from narrowgate.exposure.apis.entries import entries_through
from narrowgate.exposure.inverse import strangers_of
from narrowgate.exposure.labels import name_tags
from narrowgate.exposure.names.hidden import public_entries_of
from narrowgate.exposure.names.names import names_of_vpc
from narrowgate.exposure.names.patterns import covers
from narrowgate.exposure.sockets.pieces import Chosen
from narrowgate.exposure.sockets.sockets import sockets_of_vpc
from narrowgate.exposure.sockets.spelling import spell_ranges
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Missing, Verdict
from narrowgate.model.exposure import UNKNOWN, Entry, ExposedApi
from narrowgate.model.snapshot import Snapshot

Allowed = Mapping[str, IntervalSet | None]
"""The hosts that may: IPv4 addresses by VPC, None for all hosts of one."""


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """`allowed` where the sentence holds for all requests; else who breaks it, or what would tell."""

    verdict: Verdict
    counterexample: str = ""
    rule: str | None = None
    unknowns: tuple[Missing, ...] = ()


class _Found(msgspec.Struct, frozen=True):
    """Somebody who may not and can, or may be able to."""

    text: str
    entry: Entry


def only_may_call(snapshot: Snapshot, api_id: str, method: str, path: str, allowed: Allowed) -> Proof:
    """Whether nobody but the allowed hosts can invoke a method of an API (any, by `*`), by whatever way.

    Args:
        snapshot: the estate.
        api_id: the API.
        method: a verb, or `*`.
        path: a path, or `*`.
        allowed: who may.
    """
    return _decide(_callers(snapshot, api_id, method, path, allowed))


def only_may_resolve(snapshot: Snapshot, name: str, allowed: Allowed) -> Proof:
    """Whether nobody but the allowed VPCs' hosts gets a private answer for a name, whomever they ask."""
    return _decide(_askers(snapshot, name, allowed))


def only_may_reach(snapshot: Snapshot, address: Address, port: int, protocol: int, allowed: Allowed) -> Proof:
    """Whether nobody but the allowed hosts can open a socket, from what is there or could be started."""
    return _decide(_openers(snapshot, address, port, protocol, allowed))


def _decide(found: Iterator[_Found]) -> Proof:
    doubtful: list[_Found] = []
    for each in found:
        if each.entry.state != UNKNOWN:
            rule = each.entry.because[-1].rule if each.entry.because else None
            return Proof(verdict=Verdict.DENIED, counterexample=each.text, rule=rule)
        doubtful.append(each)
    if not doubtful:
        return Proof(verdict=Verdict.ALLOWED)
    gaps = tuple(dict.fromkeys(fact for each in doubtful for fact in each.entry.unknowns))
    return Proof(verdict=Verdict.UNKNOWN, counterexample=doubtful[0].text, unknowns=gaps)


def _callers(snapshot: Snapshot, api_id: str, method: str, path: str, allowed: Allowed) -> Iterator[_Found]:
    api = snapshot.facts.rest_apis[api_id]
    region = snapshot.region_of(api_id)
    for vpc_id in sorted(snapshot.facts.vpcs):
        sockets = sockets_of_vpc(snapshot, vpc_id)
        for door in doors_of(snapshot, sockets):
            hosts = _beyond(door.hosts, vpc_id, allowed) if door.is_ipv4 else door.hosts
            if not hosts or snapshot.region_of(door.endpoint_id) not in (region, None):
                continue
            for entry in entries_through(snapshot, door, (api,)):
                if _is_meant(entry, method, path):
                    who = f"{spell_ranges(4 if door.is_ipv4 else 6, hosts)[0]} in {_named(snapshot, vpc_id)}"
                    yield _Found(_call(entry, f"a host at {who}", door.via), entry)
        if _is_whole(vpc_id, allowed):
            continue
        for entry in uncollected_doors(snapshot, sockets):
            yield _Found(f"a host in {_named(snapshot, vpc_id)} may reach an endpoint {entry.via}", entry)
    for entry in strangers_of(snapshot, api):
        if _is_meant(entry, method, path):
            yield _Found(_call(entry, f"whoever has {entry.endpoint}", entry.via), entry)


def _call(entry: ExposedApi, who: str, via: str) -> str:
    can = "can" if entry.state != UNKNOWN else "may be able to"
    return f"{who} {can} call {entry.method} {entry.path} as {entry.who} through {entry.endpoint} ({via})"


def _is_meant(entry: ExposedApi, method: str, path: str) -> bool:
    """Whether an entry speaks about the method and path asked for; one that names none may."""
    is_method = method == "*" or entry.method in (method, "*")
    return is_method and (path == "*" or entry.path == "*" or names_path(entry.path, path))


def _beyond(hosts: IntervalSet, vpc_id: str, allowed: Allowed) -> IntervalSet:
    """The hosts of a VPC that may not."""
    if vpc_id not in allowed:
        return hosts
    own = allowed[vpc_id]
    return IntervalSet() if own is None else hosts - own


def _is_whole(vpc_id: str, allowed: Allowed) -> bool:
    return vpc_id in allowed and allowed[vpc_id] is None


def _askers(snapshot: Snapshot, name: str, allowed: Allowed) -> Iterator[_Found]:
    for vpc_id in sorted(snapshot.facts.vpcs):
        if vpc_id in allowed:
            # All hosts of a VPC have one resolver: whom a subnet may ask is no matter of names.
            continue
        names = names_of_vpc(snapshot, vpc_id, sockets_of_vpc(snapshot, vpc_id))
        for entry in (*names.private, *public_entries_of(snapshot, vpc_id)):
            if covers(entry, name):
                can = "gets" if entry.state != UNKNOWN else "may get"
                text = f"a host in {_named(snapshot, vpc_id)} {can} {entry.target or 'an answer'} by {entry.via}"
                yield _Found(text, entry)


def _openers(snapshot: Snapshot, address: Address, port: int, protocol: int, allowed: Allowed) -> Iterator[_Found]:
    wanted = Chosen(lambda target: any(each == address for _, each in target.members))
    for vpc_id in sorted(snapshot.facts.vpcs):
        sockets = sockets_of_vpc(snapshot, vpc_id)
        for socket in sockets.to(wanted):
            if socket.protocol != protocol or port not in socket.opening.ports:
                continue
            if all(each != address for _, each in socket.targets):
                continue
            hosts = IntervalSet(pair for each in socket.senders for pair in each.addresses)
            left = _beyond(hosts, vpc_id, allowed)
            if left:
                where = f"{spell_ranges(address.family, left)[0]} in {_named(snapshot, vpc_id)}"
                opening = socket.opening
                entry = Entry(state=opening.state, because=opening.because, unknowns=opening.unknowns)
                can = "can" if opening.state != UNKNOWN else "may be able to"
                yield _Found(f"a host at {where} {can} open {address}:{port} ({opening.via})", entry)
        if not _is_whole(vpc_id, allowed):
            for unknown in sockets.unknown:
                if unknown.state == UNKNOWN and unknown.target != "internet":
                    yield _Found(f"a host in {_named(snapshot, vpc_id)} may reach {unknown.target}", unknown)


def _named(snapshot: Snapshot, vpc_id: str) -> str:
    name = name_tags(snapshot).get(vpc_id)
    return f"{vpc_id} ({name})" if name else vpc_id


def allow(pairs: Sequence[tuple[str, IntervalSet | None]]) -> dict[str, IntervalSet | None]:
    """Who may, from several lists: what one of them allows is allowed."""
    found: dict[str, IntervalSet | None] = {}
    for vpc_id, hosts in pairs:
        held = found.get(vpc_id, IntervalSet())
        found[vpc_id] = None if hosts is None or held is None else held | hosts
    return found
