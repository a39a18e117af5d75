"""The policy request that a call amounts to, its condition keys computed from the path (KEY-01 to KEY-03)."""

import re
from typing import TypeGuard, get_args

import msgspec
from msgspec import UNSET, UnsetType

from narrowgate.engine.http.deployed_methods import DeployedMethod
from narrowgate.engine.http.symptoms import PASSED_ON, URI_TOO_LONG
from narrowgate.engine.policy.authorize import authorize
from narrowgate.engine.policy.callers import Principal, parse_principal_arn
from narrowgate.engine.policy.reads import reads
from narrowgate.engine.policy.request import (
    MAX_METHOD_ARN,
    Api,
    ApiKey,
    AuthorizationHeader,
    AuthorizationType,
    AuthorizeRequest,
    Domain,
    UnreadLayer,
)
from narrowgate.engine.trace.authorization_steps import is_refused, layer_steps, open_step
from narrowgate.engine.trace.authorizers import authorizer_result
from narrowgate.engine.trace.call_policies import policies_of_call
from narrowgate.engine.trace.called import Called
from narrowgate.engine.trace.unknown_owner import gap_of_owner
from narrowgate.model.answer import Leg, Missing, Step, Verdict
from narrowgate.model.apigateway import RestApi
from narrowgate.model.errors import InputError
from narrowgate.model.policy import AuthorizeAnswer, Decision, Layer
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import HttpAnswer

_ACCOUNT_IN_ARN = re.compile(r"arn:aws[a-z-]*:execute-api:[a-z0-9-]*:(\d{12}):")
_SIGV4 = re.compile(r"^AWS4-(HMAC|ECDSA)-", re.IGNORECASE)
_NAMING_ACCOUNTS: tuple[UnreadLayer, ...] = ("resource_policy", "deployed_resource_policy", "endpoint_policy")
"""The layers that may speak of the API's account, left open where nobody knows it."""
_OF_SIGNERS = frozenset({Layer.RESOURCE_POLICY, Layer.IDENTITY_POLICY, Layer.ENDPOINT_POLICY})
ANONYMOUS = "anonymous"
_BEFORE_THE_METHOD = frozenset({Layer.ENDPOINT_POLICY, Layer.DOMAIN_POLICY})


class Authorization(msgspec.Struct, frozen=True, kw_only=True):
    """What policies make of a call."""

    steps: tuple[Step, ...]
    answer: AuthorizeAnswer | None = None
    http: HttpAnswer | None = None
    warnings: tuple[str, ...] = ()
    reads_source: bool = False
    """Whether a policy compares the address that the endpoint sees, so that another one may fare otherwise."""


def evaluate_authorization(snapshot: Snapshot, called: Called) -> Authorization:
    """Derive the policy request of a call from the snapshot and decide it."""
    account = owner_of_api(snapshot, called.api)
    if account is None:
        return _of_nobody(called)
    known = policies_of_call(snapshot, called)
    unread: set[UnreadLayer] = set(known.unread)
    gaps = list(known.gaps)
    method = called.outcome.method or DeployedMethod(
        resource_path="/", authorization_type=None, api_key_required=None
    )
    signer = _signer(called)
    header = _authorization_header(called)
    if header is UNSET:
        unread.add("identity_policy")
        gaps.append(
            Missing(fact="the signer", resource=called.api.id, why="the header's signature was not checked")
        )
    if signer is not None:
        unread.add("identity_policy")
        gaps.append(Missing(fact="identity policies", resource=signer.arn, why="IAM policies are not collected"))
    request = AuthorizeRequest(
        api=Api(id=called.api.id, account=account, region=_region(snapshot, called)),
        stage=called.outcome.target.stage if called.outcome.target else "",
        method=called.request.method,
        path=called.outcome.target.path if called.outcome.target else "/",
        authorization_type=_authorization_type(method),
        authorization_header=header,
        principal=UNSET if header is UNSET else signer,
        authorizer_result=authorizer_result(snapshot, called.api, called.request, method),
        api_key=_api_key(called, method),
        context=_context(called),
        absent=_absent(called),
        domain=_domain(called, account, snapshot),
        policies=known.policies,
        unknown_policies=frozenset(unread),
    )
    if len(request.resource.encode()) > MAX_METHOD_ARN:
        return _too_long(called, request.resource)
    untold = gap_of_owner(snapshot, called, request)
    if untold is not None:
        gaps.append(untold)
        request = msgspec.structs.replace(request, unknown_policies=frozenset({*unread, *_NAMING_ACCOUNTS}))
    answer = authorize(request)
    is_by_policy = _is_refused_by_policies(request, answer)
    by_key = _key_steps(called, method, answer, is_refused=is_by_policy)
    is_by_key = any(each.verdict is Verdict.DENIED for each in by_key)
    return Authorization(
        steps=(*layer_steps(snapshot, called, answer, tuple(gaps), is_refused=is_by_policy), *by_key),
        answer=answer,
        http=_http(answer, is_by_policy=is_by_policy, is_by_key=is_by_key),
        warnings=tuple(note.text for note in answer.notes),
        reads_source=reads(known.policies, "aws:vpcsourceip"),
    )


def refused_before_the_method(snapshot: Snapshot, called: Called) -> Authorization | None:
    """What the endpoint's and the domain's policies refuse of a call whose stage or method is not there.

    Both are asked before API Gateway looks for either (VPE-02, POL-31).
    """
    method = DeployedMethod(resource_path="/", authorization_type="NONE", api_key_required=False)
    open_to_all = msgspec.structs.replace(called, outcome=msgspec.structs.replace(called.outcome, method=method))
    decided = evaluate_authorization(snapshot, open_to_all)
    by = {each.layer for each in decided.answer.decided_by} if decided.answer is not None else set()
    if decided.http is None or not by or not by <= _BEFORE_THE_METHOD:
        return None
    steps = tuple(each for each in decided.steps if each.layer in _BEFORE_THE_METHOD)
    return msgspec.structs.replace(decided, steps=steps)


def _of_nobody(called: Called) -> Authorization:
    """What policies say stays open where nobody knows whose the API is."""
    missing = Missing(fact="the API owner's account", resource=called.api.id)
    text = "the API's account is not known"
    return Authorization(steps=(open_step(called.api.id, "resource_policy", Verdict.UNKNOWN, text, (missing,)),))


def _too_long(called: Called, resource: str) -> Authorization:
    """LIM-01: a private API always has a policy, so its method ARNs are limited; API Gateway answers at once."""
    step = Step(
        layer="http",
        component=called.api.id,
        verdict=Verdict.DENIED,
        text=f"the method's ARN has {len(resource.encode())} bytes, and at most {MAX_METHOD_ARN} are taken",
        reason=Reason.URI_TOO_LONG,
        rule="ERR-15",
    )
    return Authorization(steps=(step,), http=URI_TOO_LONG)


def owner_of_api(snapshot: Snapshot, api: RestApi) -> str | None:
    """The API's account: of the call that listed it, else as its own policy's ARNs spell it (POL-16)."""
    account = snapshot.place(api.id).account
    if account is None and isinstance(api.policy, str):
        found = _ACCOUNT_IN_ARN.search(api.policy)
        account = found[1] if found else None
    if account is None:
        owners = {vpc.owner_id for vpc in snapshot.facts.vpcs.values() if vpc.owner_id}
        account = next(iter(owners)) if len(owners) == 1 else None
    return account


def _region(snapshot: Snapshot, called: Called) -> str:
    return snapshot.region_of(called.api.id) or snapshot.region_of(called.endpoint.vpc_endpoint_id) or ""


def _signer(called: Called) -> Principal | None:
    if called.principal == ANONYMOUS:
        return None
    parsed = parse_principal_arn(called.principal)
    if parsed is None or not parsed.account:
        raise InputError(
            f"`{called.principal[:80]}` is no principal",
            help="`anonymous`, or the ARN of a user, role or role session",
        )
    return Principal(arn=called.principal, account=parsed.account)


def _authorization_type(method: DeployedMethod) -> AuthorizationType | UnsetType:
    kind = method.authorization_type
    return kind if _is_authorization_type(kind) else UNSET


def _is_authorization_type(text: str | None) -> TypeGuard[AuthorizationType]:
    return text in get_args(AuthorizationType)


def _authorization_header(called: Called) -> AuthorizationHeader | UnsetType:
    if called.principal != ANONYMOUS:
        return "sigv4_valid"
    given = called.request.header("authorization")
    if not given:
        return "none"
    # A signature that the caller wrote by hand: whether it is valid is not ours to know (VPE-03).
    return UNSET if _SIGV4.match(given) else "other"


def _api_key(called: Called, method: DeployedMethod) -> ApiKey:
    if not method.api_key_required:
        return "not_required"
    return "missing" if called.request.header("x-api-key") is None else "valid"


def _is_refused_by_policies(request: AuthorizeRequest, answer: AuthorizeAnswer) -> bool:
    """Whether policies refuse the call for certain, whichever it is: not for want of an API key alone."""
    if not is_refused(answer):
        return False
    is_key_wanting = answer.decision is Decision.UNKNOWN and request.api_key in ("missing", "invalid")
    return not is_key_wanting or is_refused(authorize(msgspec.structs.replace(request, api_key="not_required")))


def _key_steps(
    called: Called, method: DeployedMethod, answer: AuthorizeAnswer, *, is_refused: bool
) -> tuple[Step, ...]:
    """What is open about the API key, or that the call lacks one, and nothing else refuses it (POL-32)."""
    if is_refused or answer.decision not in (Decision.ALLOWED, Decision.UNKNOWN):
        return ()
    given = called.request.header("x-api-key")
    if answer.decision is Decision.UNKNOWN and method.api_key_required and given is None:
        # Whatever the policies say, nobody gets past this.
        step = Step(
            layer="api_key",
            component=called.api.id,
            verdict=Verdict.DENIED,
            text=Reason.API_KEY_MISSING.meaning,
            leg=Leg.FORWARD,
            reason=Reason.API_KEY_MISSING,
            rule="POL-32",
        )
        return (step,)
    if method.api_key_required is None and given is None:
        missing = Missing(fact="Method.apiKeyRequired", resource=called.api.id)
    elif method.api_key_required and given is not None:
        missing = Missing(
            fact="whether the API key is valid", resource=called.api.id, why="keys are never collected"
        )
    else:
        return ()
    return (
        open_step(called.api.id, "api_key", Verdict.UNKNOWN, "the API key decides", (missing,), rule="POL-32"),
    )


def _context(called: Called) -> dict[str, tuple[str, ...]]:
    """Keys of the endpoint reached and of the address that it sees, never of the client's VPC (KEY-01)."""
    context: dict[str, tuple[str, ...]] = {"aws:SourceVpce": (called.endpoint.vpc_endpoint_id,)}
    if called.endpoint.vpc_id:
        context["aws:SourceVpc"] = (called.endpoint.vpc_id,)
    if called.source:
        context["aws:VpcSourceIp"] = (called.source,)
    for header, key in (("user-agent", "aws:UserAgent"), ("referer", "aws:Referer")):
        value = called.request.header(header)
        if value is not None:
            context[key] = (value,)
    return context


def _absent(called: Called) -> frozenset[str]:
    """A client sends no Referer unless told to; what it calls itself (aws:UserAgent) is its own business."""
    return frozenset() if called.request.header("referer") is not None else frozenset({"aws:Referer"})


def _domain(called: Called, account: str, snapshot: Snapshot) -> Domain | None:
    domain = called.domain
    if domain is None or "PRIVATE" not in domain.endpoint_configuration.types:
        return None
    owner = snapshot.place(domain.domain_name_arn or domain.domain_name).account or account
    region = _region(snapshot, called)
    name = f"{domain.domain_name}+{domain.domain_name_id}" if domain.domain_name_id else domain.domain_name
    return Domain(
        arn=f"arn:aws:execute-api:{region}:{owner}:/domainnames/{name}",
        host=domain.domain_name,
        base_path=called.request.path,
        access_association=True,
    )


def _http(answer: AuthorizeAnswer, *, is_by_policy: bool, is_by_key: bool) -> HttpAnswer | None:
    """What API Gateway answers; where policies may refuse or the key does, only the status is certain."""
    if answer.decision is Decision.ALLOWED:
        return PASSED_ON
    if answer.http is not None:
        return HttpAnswer(status=answer.http.status, error_type=answer.http.error_type, body=answer.http.body)
    if {each.layer for each in answer.decided_by} <= _OF_SIGNERS and (is_by_policy or is_by_key):
        # Whichever policy refuses a signer says so alike; authorizers have answers of their own.
        return HttpAnswer(status=403, error_type="AccessDeniedException" if is_by_policy else None)
    return None
