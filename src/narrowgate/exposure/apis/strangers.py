"""An endpoint as a door to private APIs that no account of the source owns (AGW-14, VPE-02)."""

from collections.abc import Iterator

import msgspec

from narrowgate.engine.policy.callers import ANONYMOUS, Caller
from narrowgate.engine.policy.context import Context
from narrowgate.engine.policy.document import compile_policy
from narrowgate.engine.policy.kleene import NO
from narrowgate.engine.policy.proof.callers import ARN_KEYS, signed_callers
from narrowgate.engine.policy.proof.cells import OutsideError
from narrowgate.engine.policy.proof.resources import resource_values
from narrowgate.engine.policy.proof.words import TooComplexError
from narrowgate.engine.policy.resources import ResourcePattern
from narrowgate.engine.policy.statements import ANY_ALLOW, DENY, SILENT, Policy, PolicyKind
from narrowgate.model.answer import Missing
from narrowgate.model.errors import InputError
from narrowgate.model.exposure import OPEN, UNKNOWN, Because, ExposedApi
from narrowgate.model.fact import UnsetType
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot, index

_ANYBODY = "whoever their own policies admit"


@index
def _kept(snapshot: Snapshot) -> dict[str, tuple[ExposedApi, ...]]:
    """Filled as endpoints are asked for."""
    return {}


def stranger_entries(snapshot: Snapshot, endpoint_id: str) -> tuple[ExposedApi, ...]:
    """What an endpoint's policy lets through of APIs that are in no account of the source."""
    kept = _kept(snapshot)
    if endpoint_id not in kept:
        endpoint = snapshot.facts.vpc_endpoints[endpoint_id]
        kept[endpoint_id] = (*_entries(snapshot, endpoint), *_unlisted(snapshot, endpoint_id))
    return kept[endpoint_id]


@index
def _gaps(snapshot: Snapshot) -> dict[str | None, tuple[Missing, ...]]:
    """By Region; filled as they are asked for."""
    return {}


def _unlisted_apis(snapshot: Snapshot, region: str | None) -> tuple[Missing, ...]:
    """The lists of APIs of a Region that nobody has, of accounts that were asked anything there."""
    kept = _gaps(snapshot)
    if region not in kept:
        calls = (*snapshot.calls, *snapshot.refused)
        accounts = {call.account for call in calls if call.region in (region, None)}
        gaps = (snapshot.missing("apigateway.get_rest_apis", each, region) for each in sorted(accounts, key=str))
        kept[region] = tuple(gap for gap in gaps if gap is not None)
    return kept[region]


def _unlisted(snapshot: Snapshot, endpoint_id: str) -> Iterator[ExposedApi]:
    """APIs of the estate's own accounts that nobody listed."""
    region = snapshot.region_of(endpoint_id)
    known = _unlisted_apis(snapshot, region)
    if known:
        entry = _entry(snapshot, endpoint_id, UNKNOWN, "which APIs stand behind it is not known", known)
        yield msgspec.structs.replace(entry, name="private APIs of the estate that nobody listed")


def _entries(snapshot: Snapshot, endpoint: VpcEndpoint) -> Iterator[ExposedApi]:
    own, document = endpoint.vpc_endpoint_id, endpoint.policy_document
    if isinstance(document, UnsetType) and not snapshot.assume_complete:
        gap = Missing(fact="VpcEndpoint.PolicyDocument", resource=own)
        yield _entry(snapshot, own, UNKNOWN, "what its policy lets through is not known", (gap,))
        return
    if not isinstance(document, str) or not document:
        yield _entry(snapshot, own, OPEN, "it has no policy of its own, so AWS's default lets everything through")
        return
    try:
        policy = compile_policy(document, kind=PolicyKind.ENDPOINT, where=own)
    except InputError as error:
        gap = Missing(fact="VpcEndpoint.PolicyDocument", resource=own, why=f"is no policy: {error.message}")
        yield _entry(snapshot, own, UNKNOWN, "its policy cannot be read", (gap,))
        return
    if policy.is_full_access:
        yield _entry(snapshot, own, OPEN, "its policy lets everything through")
        return
    yield from _computed(snapshot, endpoint, policy)


def _computed(snapshot: Snapshot, endpoint: VpcEndpoint, policy: Policy) -> Iterator[ExposedApi]:
    """Cut all methods of all APIs by the policy's patterns, and ask about those that no known API has."""
    own = endpoint.vpc_endpoint_id
    patterns = [pattern for each in policy.statements for pattern in each.resources.patterns]
    principals = [each.principals for each in policy.statements if each.principals is not None]
    conditions = [each for statement in policy.statements for each in statement.conditions]
    about = [each for each in conditions if each.lowered in ARN_KEYS]
    try:
        resources = resource_values(patterns, None, "aws")
        callers = (ANONYMOUS, *signed_callers(principals, about, "aws"))
    except (OutsideError, TooComplexError) as outside:
        gap = Missing(
            fact="VpcEndpoint.PolicyDocument", resource=own, why=f"outside of what is computed: {outside}"
        )
        yield _entry(snapshot, own, UNKNOWN, "what its policy lets through is not computed", (gap,))
        return
    strange = [
        each for each in resources if each.split(":", 5)[5].partition("/")[0] not in snapshot.facts.rest_apis
    ]
    masks = {_mask(endpoint, policy, caller, each) for each in strange for caller in callers}
    spelled = ", ".join(
        sorted({pattern.text for each in _allowing(endpoint, policy, strange) for pattern in each})
    )
    text = f"its policy lets through {spelled}"
    if any(mask & ANY_ALLOW and not mask & (SILENT | DENY) for mask in masks):
        yield _entry(snapshot, own, OPEN, text)
    elif any(mask & ANY_ALLOW for mask in masks):
        open_reasons = tuple(
            Missing(fact=condition.key, resource=own, why="decides in the endpoint's policy")
            for condition in conditions
        )
        yield _entry(snapshot, own, UNKNOWN, text, tuple(dict.fromkeys(open_reasons)))


def _context(endpoint: VpcEndpoint, caller: Caller, resource: str) -> Context:
    given = {"aws:sourcevpce": (endpoint.vpc_endpoint_id,), "aws:sourcevpc": (endpoint.vpc_id,)}
    return Context(caller=caller, resource=resource, given=given, absent=frozenset({"aws:referer"}))


def _mask(endpoint: VpcEndpoint, policy: Policy, caller: Caller, resource: str) -> int:
    return policy.evaluate(_context(endpoint, caller, resource)).mask


def _allowing(
    endpoint: VpcEndpoint, policy: Policy, resources: list[str]
) -> Iterator[tuple[ResourcePattern, ...]]:
    for each in policy.statements:
        contexts = (_context(endpoint, ANONYMOUS, resource) for resource in resources)
        if not each.is_deny and any(each.resources.applies(context) != NO for context in contexts):
            yield each.resources.patterns


def _entry(
    snapshot: Snapshot, endpoint_id: str, state: str, text: str, unknowns: tuple[Missing, ...] = ()
) -> ExposedApi:
    return ExposedApi(
        api="*",
        name="every other private API of the Region, of any account",
        region=snapshot.region_of(endpoint_id),
        stage="*",
        method="*",
        path="*",
        who=_ANYBODY,
        endpoint=endpoint_id,
        state=state,
        because=(Because(text=f"{endpoint_id} is a door: {text}", rule="VPE-02", resource=endpoint_id),),
        unknowns=unknowns,
    )
