"""What one door lets its visitors invoke, as entries; methods that are open alike as one."""

from collections.abc import Iterable, Iterator

import msgspec

from narrowgate.exposure.apis.decisions import Decision, decisions
from narrowgate.exposure.apis.doors import Door
from narrowgate.exposure.apis.strangers import stranger_entries
from narrowgate.exposure.sockets.spelling import spell_ranges
from narrowgate.model.answer import Missing
from narrowgate.model.apigateway import RestApi
from narrowgate.model.exposure import UNKNOWN, ExposedApi, less_sure
from narrowgate.model.snapshot import Snapshot


def entries_through(snapshot: Snapshot, door: Door, apis: Iterable[RestApi]) -> Iterator[ExposedApi]:
    """What one door lets its visitors invoke of some APIs."""
    endpoint = snapshot.facts.vpc_endpoints[door.endpoint_id]
    for api in apis:
        for decision in decisions(snapshot, api, endpoint):
            entry = _entry(snapshot, door, api, decision)
            if entry is not None:
                yield entry


def _entry(snapshot: Snapshot, door: Door, api: RestApi, decision: Decision) -> ExposedApi | None:
    sources, state, unknowns = door.sources, less_sure(door.state, decision.state), decision.unknowns
    spelled: tuple[str, ...] = ()
    if decision.sources is not None:
        if door.is_ipv4:
            sources = door.sources & decision.sources
            if not sources:
                return None
            spelled = spell_ranges(4, sources)
        else:
            state = UNKNOWN
            unknowns = (
                *unknowns,
                Missing(fact="aws:VpcSourceIp of IPv6 callers", resource=api.id, why="not computed"),
            )
    call = decision.call
    return ExposedApi(
        api=api.id,
        name=api.name,
        account=snapshot.place(api.id).account,
        region=snapshot.region_of(api.id),
        stage=call.stage if call else "*",
        method=call.verb if call else "*",
        path=_path(decision),
        who=decision.who,
        endpoint=door.endpoint_id,
        sources=spelled,
        needs=decision.needs,
        state=state,
        via=door.via,
        # Without a way before it, the chain is one for all entries of the decision.
        because=(*door.because, *decision.because) if door.because else decision.because,
        unknowns=tuple(dict.fromkeys((*door.unknowns, *unknowns))) if state == UNKNOWN else (),
    )


def _path(decision: Decision) -> str:
    call = decision.call
    if call is None:
        return "*"
    return f"{call.path} (such as {call.sample})" if call.is_part else call.path


def entries_of_strangers(snapshot: Snapshot, door: Door) -> Iterator[ExposedApi]:
    """What a door lets through of APIs that are in no account of the source."""
    for each in stranger_entries(snapshot, door.endpoint_id):
        yield msgspec.structs.replace(
            each,
            via=door.via,
            state=less_sure(door.state, each.state),
            because=(*door.because, *each.because),
            unknowns=(*door.unknowns, *each.unknowns),
        )


_VERBS = 7


def merge_verbs(entries: Iterable[ExposedApi]) -> Iterator[ExposedApi]:
    """Methods of one path that are open alike as one entry: `GET, POST`, or `ANY` for all seven."""
    groups: dict[tuple[object, ...], list[ExposedApi]] = {}
    for each in entries:
        groups.setdefault(but_for_method(each), []).append(each)
    for members in groups.values():
        yield with_methods(members[0], (each.method for each in members))


def with_methods(entry: ExposedApi, methods: Iterable[str]) -> ExposedApi:
    """An entry for several methods."""
    verbs = list(dict.fromkeys(methods))
    return msgspec.structs.replace(entry, method="ANY" if len(verbs) == _VERBS else ", ".join(verbs))


def but_for_method(entry: ExposedApi) -> tuple[object, ...]:
    """What entries must have in common to be one for all their methods."""
    return (
        entry.api,
        entry.name,
        entry.stage,
        entry.path,
        entry.who,
        entry.endpoint,
        entry.via,
        entry.sources,
        entry.needs,
        entry.state,
        entry.unknowns,
    )
