"""Which calls of one API one endpoint lets through, and as whom; independent of who stands before the endpoint."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from narrowgate.engine.http.url import HttpRequest, parse_request
from narrowgate.engine.policy.callers import ANONYMOUS, Caller
from narrowgate.engine.policy.proof.cells import OutsideError, key_values
from narrowgate.engine.policy.proof.words import TooComplexError
from narrowgate.engine.policy.request import Api
from narrowgate.engine.policy.resources import ResourcePattern
from narrowgate.engine.trace.api_call import ApiCall, evaluate_api_call
from narrowgate.engine.trace.authorization import owner_of_api
from narrowgate.exposure.apis.calls import Call, calls_of, likeness_of, stages_of
from narrowgate.exposure.apis.domains import domain_urls, mapped_apis
from narrowgate.exposure.apis.likeness import likeness
from narrowgate.exposure.apis.policies import (
    Documents,
    chosen_headers,
    documents_of,
    signers,
    source_cells,
    who_is,
)
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Missing, Step, Verdict
from narrowgate.model.apigateway import RestApi
from narrowgate.model.errors import InputError
from narrowgate.model.exposure import OPEN, UNKNOWN, Because
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot, index

_ANY_SOURCE = Address(4, (10 << 24) + 10)
_TOKEN = "Authorization: Bearer a-token"  # noqa: S105  what a caller of such a method sends, no secret
_KEY = "x-api-key: a-key"
_NEEDS = {
    "CUSTOM": "a request that the Lambda authorizer allows",
    "COGNITO_USER_POOLS": "a token of the user pool",
    "AWS_IAM": "a signature",
}


class Decision(NamedTuple):
    """A call that is let through, or of which nobody can tell; `sources` is None where no address matters."""

    call: Call | None
    who: str
    state: str
    sources: IntervalSet | None
    needs: tuple[str, ...]
    because: tuple[Because, ...]
    unknowns: tuple[Missing, ...]


@index
def _kept(snapshot: Snapshot) -> dict[tuple[str, str], tuple[Decision, ...]]:
    """By API and endpoint; filled as they are asked for."""
    return {}


def decisions(snapshot: Snapshot, api: RestApi, endpoint: VpcEndpoint) -> tuple[Decision, ...]:
    """Everything of an API that can be invoked through an endpoint by somebody."""
    kept = _kept(snapshot)
    key = (api.id, endpoint.vpc_endpoint_id)
    if key not in kept:
        alike, like = _alike(snapshot), likeness(snapshot, api, endpoint)
        found = alike.get(like)
        if found is None:
            found = tuple(_decide(snapshot, api, endpoint))
            if all(endpoint.vpc_endpoint_id != link.resource for each in found for link in each.because):
                alike[like] = found
        kept[key] = found
    return kept[key]


@index
def _alike(snapshot: Snapshot) -> dict[tuple[object, ...], tuple[Decision, ...]]:
    """By API and what its policies can tell endpoints apart by."""
    return {}


def _decide(snapshot: Snapshot, api: RestApi, endpoint: VpcEndpoint) -> Iterator[Decision]:
    stages = stages_of(snapshot, api)
    if isinstance(stages, Missing):
        yield _open_question(None, (stages,), "which stages the API has is not known")
        return
    account = owner_of_api(snapshot, api)
    if account is None:
        gap = Missing(fact="the API owner's account", resource=api.id)
        yield _open_question(None, (gap,), "whose the API is is not known")
        return
    region = snapshot.region_of(api.id) or snapshot.region_of(endpoint.vpc_endpoint_id) or ""
    owner = Api(id=api.id, account=account, region=region)
    for stage in stages:
        documents = documents_of(snapshot, api, stage.stage_name, endpoint)
        if documents.unreadable:
            yield _open_question(None, documents.unreadable, "a policy cannot be read")
            continue
        patterns = [pattern for each in documents.statements for pattern in each.resources.patterns]
        calls = calls_of(snapshot, api, stage, owner, patterns)
        if isinstance(calls, Missing):
            yield _open_question(None, (calls,), f"which methods stage {stage.stage_name} runs is not known")
            continue
        yield from _of_calls(_Scene(snapshot, api, endpoint, owner, documents), calls, patterns)


def _of_calls(scene: "_Scene", calls: Sequence[Call], patterns: Sequence[ResourcePattern]) -> Iterator[Decision]:
    """Each call; those that nothing tells apart are decided once, where that is certain."""
    told: dict[tuple[object, ...], tuple[Decision, ...]] = {}
    is_mapped = scene.api.id in mapped_apis(scene.snapshot)
    for call in calls:
        likeness = None if is_mapped else likeness_of(call, scene.owner, patterns)
        found = told.get(likeness) if likeness is not None else None
        if found is not None:
            yield from (each._replace(call=call) for each in found)
            continue
        found = tuple(scene.of_call(call))
        if likeness is not None and all(each.state == OPEN for each in found):
            told[likeness] = found
        yield from found


def _open_question(call: Call | None, unknowns: tuple[Missing, ...], text: str) -> Decision:
    return Decision(call, "anybody", UNKNOWN, None, (), (Because(text=text, rule="AGW-03"),), unknowns)


class _Scene:
    """One API behind one endpoint."""

    def __init__(
        self, snapshot: Snapshot, api: RestApi, endpoint: VpcEndpoint, owner: Api, documents: Documents
    ) -> None:
        self.snapshot = snapshot
        self.api = api
        self.endpoint = endpoint
        self.owner = owner
        self.documents = documents
        self.sources = source_cells(documents)
        self.signers = signers(documents, owner.account)

    def of_call(self, call: Call) -> Iterator[Decision]:
        """The call by every caller and from every part of the address space that a policy tells apart."""
        cells: Sequence[IntervalSet | None] = self.sources if self.sources is not None else (None,)
        for cell in cells:
            anonymous = (
                list(self._by(call, cell, ANONYMOUS)) if call.method.authorization_type != "AWS_IAM" else []
            )
            yield from anonymous
            if any(each.state == OPEN for each in anonymous):
                continue
            if call.method.authorization_type not in ("AWS_IAM", None) and not self._sees_signers():
                continue
            if isinstance(self.signers, Missing):
                yield _open_question(call, (self.signers,), "which signers are admitted is not computed")
                continue
            told: set[tuple[str, str]] = set()
            for caller in self.signers:
                for each in self._by(call, cell, caller):
                    if (each.who, each.state) not in told:
                        told.add((each.who, each.state))
                        yield each

    def _sees_signers(self) -> bool:
        """Whether a policy that sees signers on every method, the endpoint's, asks for one (VPE-03)."""
        return any(
            (each.principals is not None and (each.not_principal or not each.principals.anyone))
            or any(condition.lowered.startswith("aws:principal") for condition in each.conditions)
            for policy in self.documents.policies
            if policy.kind == "endpoint"
            for each in policy.statements
        )

    def _by(self, call: Call, cell: IntervalSet | None, caller: Caller) -> Iterator[Decision]:
        source = Address(4, cell.intervals[0][0]) if cell is not None else _ANY_SOURCE
        who = caller.arn or "anonymous"
        best: tuple[ApiCall, tuple[str, ...]] | None = None
        for url in self._urls(call):
            for headers in self._headers(call):
                try:
                    request = parse_request(url, method=call.verb, headers=headers)
                    found = self._ask(request, who, source)
                except InputError as error:
                    gap = Missing(fact="policies", resource=self.api.id, why=str(error.message))
                    yield _open_question(call, (gap,), "a policy cannot be read")
                    return
                if best is None or _rank(found.verdict) > _rank(best[0].verdict):
                    best = (found, tuple(each for each in headers if each not in (_TOKEN, _KEY)))
        if best is not None and _rank(best[0].verdict) > 0:
            yield self._decision(call, cell, caller, *best)

    def _ask(self, request: HttpRequest, who: str, source: Address) -> ApiCall:
        return evaluate_api_call(self.snapshot, self.endpoint, request, who, source=str(source))

    def _urls(self, call: Call) -> Iterator[str]:
        china = ".cn" if self.owner.region.startswith("cn-") else ""
        host = f"{self.api.id}.execute-api.{self.owner.region}.amazonaws.com{china}"
        if not self.api.disable_execute_api_endpoint:
            yield f"https://{host}/{call.stage}{call.sample}"
        yield from domain_urls(self.snapshot, self.api, call.stage, call.sample)

    def _headers(self, call: Call) -> Iterator[tuple[str, ...]]:
        base: tuple[str, ...] = ()
        if call.method.authorization_type in ("CUSTOM", "COGNITO_USER_POOLS"):
            base = (_TOKEN,)
        if call.method.api_key_required:
            base = (*base, _KEY)
        yield base
        for header, about in chosen_headers(self.documents):
            try:
                values = key_values(about[0].lowered, about)
            except (OutsideError, TooComplexError):
                continue
            yield from ((*base, f"{header}: {value}") for value in values if value)

    def _decision(
        self, call: Call, cell: IntervalSet | None, caller: Caller, found: ApiCall, headers: tuple[str, ...]
    ) -> Decision:
        needs = [f"header `{each}`" for each in headers]
        kind = call.method.authorization_type or ""
        needs += [_NEEDS[kind]] if kind in _NEEDS else []
        needs += ["an API key"] if call.method.api_key_required else []
        is_open = found.verdict is Verdict.ALLOWED
        return Decision(
            call,
            who_is(caller, self.documents, self.owner.account),
            OPEN if is_open else UNKNOWN,
            cell,
            tuple(needs),
            tuple(_because(found.steps)),
            () if is_open else tuple(dict.fromkeys(found.unknowns)),
        )


def _because(steps: Sequence[Step]) -> Iterator[Because]:
    for step in steps:
        if step.layer.endswith("policy") or step.layer in ("signature", "lambda_authorizer", "api_key"):
            yield Because(text=step.text, rule=step.rule, resource=step.component)


def _rank(verdict: Verdict) -> int:
    return {Verdict.ALLOWED: 3, Verdict.PARTIAL: 2, Verdict.INDETERMINATE: 1, Verdict.UNKNOWN: 1}.get(verdict, 0)
