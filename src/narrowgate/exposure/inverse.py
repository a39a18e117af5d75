"""The question turned round: which VPCs, endpoints, principals and addresses can invoke one API, and how."""

from collections.abc import Iterator, Sequence

import msgspec

from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.proof.cells import OutsideError, key_values
from narrowgate.engine.policy.proof.words import TooComplexError
from narrowgate.exposure.apis.decisions import decisions
from narrowgate.exposure.apis.doors import Door, doors_of
from narrowgate.exposure.apis.entries import entries_through, merge_verbs
from narrowgate.exposure.apis.policies import documents_of
from narrowgate.exposure.exposure import unknowns_of
from narrowgate.exposure.intent import NOTHING_MEANT, Intent
from narrowgate.exposure.labels import labels_of
from narrowgate.exposure.sockets.sockets import sockets_of_vpc
from narrowgate.exposure.sockets.spelling import spell_ranges
from narrowgate.model.answer import Missing, Verdict
from narrowgate.model.apigateway import RestApi
from narrowgate.model.exposure import UNKNOWN, Because, ExposedApi, ExposureAnswer
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot

ANY_ENDPOINT = "any other execute-api endpoint of the Region, of any account"
_KEYS = ("aws:sourcevpce", "aws:sourcevpc")


def evaluate_inverse(snapshot: Snapshot, api_id: str, *, intent: Intent = NOTHING_MEANT) -> ExposureAnswer:
    """Everybody who can invoke an API: from every VPC of the estate, and through endpoints that others own.

    Args:
        snapshot: the estate.
        api_id: the API.
        intent: what the design means to be open.
    """
    api = snapshot.facts.rest_apis[api_id]
    vpcs = sorted(snapshot.facts.vpcs)
    found = [entry for vpc_id in vpcs for entry in _from_vpc(snapshot, vpc_id, api)]
    found += strangers_of(snapshot, api)
    answer = ExposureAnswer(
        verdict=Verdict.ALLOWED,
        source=snapshot.label,
        consumers=tuple(vpcs),
        apis=tuple(intent.mark_api(each) for each in merge_consumers(found)),
    )
    gaps = unknowns_of(answer)
    verdict = Verdict.UNKNOWN if gaps else Verdict.ALLOWED
    return msgspec.structs.replace(answer, verdict=verdict, unknowns=gaps, labels=labels_of(snapshot, answer))


def _from_vpc(snapshot: Snapshot, vpc_id: str, api: RestApi) -> Iterator[ExposedApi]:
    """By every door of the API's Region that the VPC reaches."""
    region = snapshot.region_of(api.id)
    for door in doors_of(snapshot, sockets_of_vpc(snapshot, vpc_id)):
        if snapshot.region_of(door.endpoint_id) in (region, None) or region is None:
            for entry in merge_verbs(entries_through(snapshot, door, (api,))):
                yield msgspec.structs.replace(entry, consumers=(vpc_id,), sources=_sources(door, entry))


def _sources(door: Door, entry: ExposedApi) -> tuple[str, ...]:
    return entry.sources or spell_ranges(4 if door.is_ipv4 else 6, door.sources)


def strangers_of(snapshot: Snapshot, api: RestApi) -> Iterator[ExposedApi]:
    """Endpoints that are in no account of the source, as far as the API's policy tells them apart (AGW-14)."""
    stand_ins = _strange_endpoints(snapshot, api)
    if isinstance(stand_ins, Missing):
        yield _entry(api, UNKNOWN, ANY_ENDPOINT, "anybody", (stand_ins,))
        return
    for endpoint, spelled in stand_ins:
        for decision in decisions(snapshot, api, endpoint):
            call = decision.call
            entry = _entry(api, decision.state, spelled, decision.who, decision.unknowns)
            sources = spell_ranges(4, decision.sources) if decision.sources is not None else ()
            yield msgspec.structs.replace(
                entry,
                stage=call.stage if call else "*",
                method=call.verb if call else "*",
                path=call.path if call else "*",
                sources=sources,
                needs=decision.needs,
                because=(*entry.because, *decision.because),
            )


def _entry(api: RestApi, state: str, endpoint: str, who: str, unknowns: tuple[Missing, ...]) -> ExposedApi:
    reason = Because(text=f"its policy admits {endpoint}", rule="AGW-14", resource=api.id)
    return ExposedApi(
        api=api.id,
        name=api.name,
        stage="*",
        method="*",
        path="*",
        who=who,
        endpoint=endpoint,
        state=state,
        via="outside of the source",
        because=(reason,),
        unknowns=unknowns,
    )


def _strange_endpoints(snapshot: Snapshot, api: RestApi) -> list[tuple[VpcEndpoint, str]] | Missing:
    """An endpoint for each way in which conditions on endpoint and VPC can come out beyond the estate."""
    region = snapshot.region_of(api.id) or "us-east-1"
    stage = next((each.stage_name for each in snapshot.facts.api_stages.get(api.id, ())), "")
    plain = VpcEndpoint(
        vpc_endpoint_id="vpce-0",
        vpc_id="vpc-0",
        service_name=f"com.amazonaws.{region}.execute-api",
        policy_document=None,
    )
    conditions = documents_of(snapshot, api, stage, plain).conditions
    values: list[Sequence[str | None]] = []
    for key in _KEYS:
        try:
            values.append(key_values(key, [each for each in conditions if each.lowered == key]) or ("",))
        except (OutsideError, TooComplexError) as outside:
            return Missing(fact="conditions on the endpoint", resource=api.id, why=f"not computed: {outside}")
    known = {each.vpc_endpoint_id for each in snapshot.facts.vpc_endpoints.values()}
    found = []
    for own in values[0]:
        for vpc_id in values[1]:
            if own and vpc_id and own not in known and vpc_id not in snapshot.facts.vpcs:
                endpoint = msgspec.structs.replace(plain, vpc_endpoint_id=own, vpc_id=vpc_id)
                found.append((endpoint, _spell(conditions, own, vpc_id)))
    return found


def _spell(conditions: Sequence[Condition], own: str, vpc_id: str) -> str:
    wanted = {value for each in conditions for value in each.wanted}
    if own in wanted:
        return own
    return f"any endpoint in {vpc_id}" if vpc_id in wanted else ANY_ENDPOINT


def merge_consumers(entries: Sequence[ExposedApi]) -> Iterator[ExposedApi]:
    """Entries that differ in the VPC alone, as one."""
    groups: dict[tuple[object, ...], list[ExposedApi]] = {}
    for each in merge_verbs_by_vpc(entries):
        groups.setdefault(_but_for_consumer(each), []).append(each)
    for members in groups.values():
        vpcs = tuple(dict.fromkeys(vpc for each in members for vpc in each.consumers))
        yield msgspec.structs.replace(members[0], consumers=vpcs)


def merge_verbs_by_vpc(entries: Sequence[ExposedApi]) -> Iterator[ExposedApi]:
    """Methods merged inside each VPC."""
    by_vpc: dict[tuple[str, ...], list[ExposedApi]] = {}
    for each in entries:
        by_vpc.setdefault(each.consumers, []).append(each)
    for members in by_vpc.values():
        yield from merge_verbs(members)


def _but_for_consumer(entry: ExposedApi) -> tuple[object, ...]:
    return (
        entry.stage,
        entry.method,
        entry.path,
        entry.who,
        entry.endpoint,
        entry.sources,
        entry.needs,
        entry.state,
        entry.via,
        entry.unknowns,
    )
