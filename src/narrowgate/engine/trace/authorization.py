"""The policy request that a call amounts to, its condition keys computed from the path (KEY-01 to KEY-03)."""

import re
from typing import TypeGuard, get_args

import msgspec
from msgspec import UNSET, UnsetType

from narrowgate.engine.http.deployment import DeployedMethod, Outcome
from narrowgate.engine.http.symptoms import PASSED_ON, URI_TOO_LONG
from narrowgate.engine.http.url import HttpRequest
from narrowgate.engine.policy.authorize import authorize
from narrowgate.engine.policy.callers import Principal, parse_principal_arn
from narrowgate.engine.policy.document import compile_policy
from narrowgate.engine.policy.request import (
    MAX_METHOD_ARN,
    Api,
    ApiKey,
    AuthorizationHeader,
    AuthorizationType,
    AuthorizeRequest,
    Domain,
    Policies,
    UnreadLayer,
)
from narrowgate.engine.policy.statements import Policy, PolicyKind
from narrowgate.engine.trace.authorizers import authorizer_result
from narrowgate.engine.trace.refusal_text import refusal_text
from narrowgate.model.answer import Considered, Evidence, Missing, Step, Verdict
from narrowgate.model.apigateway import DomainName, RestApi
from narrowgate.model.errors import InputError
from narrowgate.model.policy import AuthorizeAnswer, Decider, Decision, Layer
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import HttpAnswer

_ACCOUNT_IN_ARN = re.compile(r"arn:aws[a-z-]*:execute-api:[a-z0-9-]*:(\d{12}):")
_SIGV4 = re.compile(r"^AWS4-(HMAC|ECDSA)-", re.IGNORECASE)
ANONYMOUS = "anonymous"


class Called(msgspec.Struct, frozen=True, kw_only=True):
    """A call that has found its method: who called what through which endpoint, seen from which address."""

    api: RestApi
    endpoint: VpcEndpoint
    domain: DomainName | None
    outcome: Outcome
    request: HttpRequest
    principal: str
    source: str | None


class Authorization(msgspec.Struct, frozen=True, kw_only=True):
    """What policies make of a call."""

    steps: tuple[Step, ...]
    answer: AuthorizeAnswer | None = None
    http: HttpAnswer | None = None
    warnings: tuple[str, ...] = ()


def evaluate_authorization(snapshot: Snapshot, called: Called) -> Authorization:
    """Derive the policy request of a call from the snapshot and decide it."""
    account = owner_of_api(snapshot, called.api)
    if account is None:
        missing = Missing(fact="the API owner's account", resource=called.api.id)
        step = _step(
            called.api.id, "resource_policy", Verdict.UNKNOWN, "the API's account is not known", (missing,)
        )
        return Authorization(steps=(step,))
    unread: set[UnreadLayer] = set()
    gaps: list[Missing] = []
    policies = _policies(snapshot, called, unread, gaps)
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
        policies=policies,
        unknown_policies=frozenset(unread),
    )
    if len(request.resource.encode()) > MAX_METHOD_ARN:
        return _too_long(called, request.resource)
    answer = authorize(request)
    steps = [*_layer_steps(snapshot, called, answer, tuple(gaps)), *_key_steps(called, method, answer)]
    notes = tuple(note.text for note in answer.notes)
    return Authorization(steps=tuple(steps), answer=answer, http=_http(answer), warnings=notes)


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


def _policies(snapshot: Snapshot, called: Called, unread: set[UnreadLayer], gaps: list[Missing]) -> Policies:
    endpoint_policy = None
    document = called.endpoint.policy_document
    if isinstance(document, str) and document:
        endpoint_policy = _compiled(
            document, PolicyKind.ENDPOINT, f"{called.endpoint.vpc_endpoint_id} PolicyDocument"
        )
    elif isinstance(document, UnsetType) and not snapshot.assume_complete:
        # EC2 always returns the policy of an interface endpoint, also AWS's default (VPE-01).
        unread.add("endpoint_policy")
        gaps.append(Missing(fact="VpcEndpoint.PolicyDocument", resource=called.endpoint.vpc_endpoint_id))
    untold = snapshot.untold_field("RestApi.policy", called.api.id)
    if untold is not None:
        unread.update(("resource_policy", "deployed_resource_policy"))
        gaps.append(untold)
    saved = called.api.policy
    resource_policy = (
        _compiled(saved, PolicyKind.RESOURCE, f"{called.api.id} policy")
        if isinstance(saved, str) and saved
        else None
    )
    deployed: Policy | None = None
    stage = called.outcome.target.stage if called.outcome.target else ""
    export = snapshot.facts.stage_exports.get((called.api.id, stage))
    place = snapshot.place(called.api.id)
    refused = snapshot.missing(
        "apigateway.get_export", place.account, place.region, parent=f"{called.api.id}/{stage}"
    )
    if untold is not None:
        pass
    elif export is None and refused is not None and refused.why.startswith("refused"):
        # Somebody asked for what the stage runs and was turned away: the saved policy may be another one.
        unread.add("deployed_resource_policy")
        gaps.append(refused)
    elif export is not None and isinstance(export.policy, str):
        deployed = _compiled(export.policy, PolicyKind.RESOURCE, f"{called.api.id}/{stage} export")
    elif export is not None and export.policy is None:
        # The export was asked for its policy and has none: nothing allows, whatever is saved (POL-02, POL-03).
        deployed = compile_policy({"Version": "2012-10-17", "Statement": []}, kind=PolicyKind.RESOURCE)
    domain_policy = None
    if called.domain is not None:
        own = called.domain.domain_name_arn or called.domain.domain_name
        untold = snapshot.untold_field("DomainName.policy", own)
        if untold is not None:
            unread.add("domain_policy")
            gaps.append(untold)
    if called.domain is not None and isinstance(called.domain.policy, str) and called.domain.policy:
        where = f"{called.domain.domain_name} policy"
        domain_policy = _compiled(called.domain.policy, PolicyKind.DOMAIN, where)
    return Policies(
        resource_policy=resource_policy,
        deployed_resource_policy=deployed,
        endpoint_policy=endpoint_policy,
        domain_policy=domain_policy,
    )


def _compiled(text: str, kind: PolicyKind, where: str) -> Policy:
    return compile_policy(text, kind=kind, where=where)


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


def _key_steps(called: Called, method: DeployedMethod, answer: AuthorizeAnswer) -> tuple[Step, ...]:
    """An open question about the API key: whether one is required, or whether the one given is valid (POL-32)."""
    if answer.decision not in (Decision.ALLOWED, Decision.UNKNOWN):
        return ()
    given = called.request.header("x-api-key")
    if method.api_key_required is None and given is None:
        missing = Missing(fact="Method.apiKeyRequired", resource=called.api.id)
    elif method.api_key_required and given is not None:
        missing = Missing(
            fact="whether the API key is valid", resource=called.api.id, why="keys are never collected"
        )
    else:
        return ()
    return (_step(called.api.id, "api_key", Verdict.UNKNOWN, "the API key decides", (missing,), rule="POL-32"),)


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


_LAYER_RULES = {
    Layer.ENDPOINT_POLICY: "VPE-02",
    Layer.DOMAIN_POLICY: "POL-31",
    Layer.RESOURCE_POLICY: "POL-04",
    Layer.IDENTITY_POLICY: "POL-26",
    Layer.LAMBDA_AUTHORIZER: "POL-29",
    Layer.COGNITO_AUTHORIZER: "POL-30",
    Layer.SIGNATURE: "POL-28",
    Layer.API_KEY: "POL-32",
}
_UNSIGNED_REASONS = {
    "unsigned": Reason.UNSIGNED,
    "invalid_signature": Reason.INVALID_SIGNATURE,
    "no_access_association": Reason.NO_ACCESS_ASSOCIATION,
    "token_missing": Reason.TOKEN_MISSING,
    "token_invalid": Reason.TOKEN_INVALID,
    "api_key_missing": Reason.API_KEY_MISSING,
    "api_key_invalid": Reason.API_KEY_INVALID,
}


def _layer_steps(
    snapshot: Snapshot, called: Called, answer: AuthorizeAnswer, gaps: tuple[Missing, ...]
) -> tuple[Step, ...]:
    """A step for each statement or layer that decides; one that says who allowed where the call passes."""
    if answer.decision is Decision.ALLOWED:
        by = ", ".join(_named(each) for each in answer.decided_by) or "no policy stands against it"
        layer = answer.decided_by[0].layer if answer.decided_by else Layer.RESOURCE_POLICY
        text = f"policies let the call through: {by}"
        return (_decided(snapshot, called, layer, Verdict.ALLOWED, (text, None), answer),)
    if answer.decision is Decision.UNKNOWN:
        opened = tuple(
            Missing(fact=each.reason, resource=_component(called, each.layer), why=f"{each.layer} stays open")
            for each in answer.decided_by
        )
        layer = answer.decided_by[0].layer if answer.decided_by else Layer.RESOURCE_POLICY
        return (
            _step(
                _component(called, layer),
                str(layer),
                Verdict.UNKNOWN,
                "what policies decide stays open",
                (*gaps, *opened),
                rule=_LAYER_RULES.get(layer),
            ),
        )
    seen: list[Step] = []
    for each in (*answer.decided_by, *(cause for cause in answer.blocking if cause not in answer.decided_by)):
        reason = _UNSIGNED_REASONS.get(each.reason)
        if reason is None:
            is_allow_missing = answer.decision is Decision.IMPLICIT_DENY and each in answer.decided_by
            reason = Reason.IMPLICIT_DENY if is_allow_missing or each.index is None else Reason.EXPLICIT_DENY
        if each.layer is Layer.LAMBDA_AUTHORIZER and each.reason.endswith("deny"):
            reason = Reason.AUTHORIZER_DENY
        text = f"{_named(each)}: {reason.meaning}"
        if reason in (Reason.IMPLICIT_DENY, Reason.EXPLICIT_DENY):
            because = refusal_text(answer, each.layer, each.index, is_deny=reason is Reason.EXPLICIT_DENY)
            text += f" ({because})" if because else ""
        seen.append(_decided(snapshot, called, each.layer, Verdict.DENIED, (text, reason), answer))
    return tuple(seen)


def _decided(
    snapshot: Snapshot,
    called: Called,
    layer: Layer,
    verdict: Verdict,
    told: tuple[str, Reason | None],
    answer: AuthorizeAnswer,
) -> Step:
    considered = tuple(
        Considered(
            item=f"{statement.effect} {statement.statement or f'statement {statement.index}'}",
            outcome={"yes": "chosen", "no": "rejected"}.get(statement.applies, "unknown"),
            why="; ".join(
                f"{condition.operator} {condition.key} wants {', '.join(condition.wanted)}, "
                f"{'has ' + ', '.join(condition.found) if condition.found else 'is ' + condition.state}"
                for condition in statement.conditions
            ),
        )
        for statement in answer.statements
        if statement.layer is layer
    )
    return Step(
        layer=str(layer),
        component=_component(called, layer),
        verdict=verdict,
        text=told[0],
        reason=told[1],
        rule=_LAYER_RULES.get(layer),
        considered=considered,
        evidence=_evidence(snapshot, called, layer),
    )


def _evidence(snapshot: Snapshot, called: Called, layer: Layer) -> tuple[Evidence, ...]:
    """The document behind a layer, and the file it was learnt from."""
    endpoint, api, domain = called.endpoint, called.api, called.domain
    if layer is Layer.ENDPOINT_POLICY:
        document = endpoint.policy_document if isinstance(endpoint.policy_document, str) else "none"
        return (snapshot.evidence(endpoint.vpc_endpoint_id, "PolicyDocument", document),)
    if layer is Layer.DOMAIN_POLICY and domain is not None:
        document = domain.policy if isinstance(domain.policy, str) else "none"
        return (snapshot.evidence(domain.domain_name_arn or domain.domain_name, "policy", document),)
    if layer is Layer.RESOURCE_POLICY:
        return (snapshot.evidence(api.id, "policy", api.policy if isinstance(api.policy, str) else "none"),)
    method = called.outcome.method
    if method is not None:
        told = f"{called.request.method} {method.resource_path}: {method.authorization_type or 'unknown'}"
        return (snapshot.evidence(api.id, "resourceMethods", told),)
    return ()


def _component(called: Called, layer: Layer) -> str:
    if layer is Layer.ENDPOINT_POLICY:
        return called.endpoint.vpc_endpoint_id
    if layer is Layer.DOMAIN_POLICY and called.domain is not None:
        return called.domain.domain_name_arn or called.domain.domain_name
    return called.api.id


def _named(decider: Decider) -> str:
    layer = str(decider.layer).replace("_", " ")
    if decider.index is None:
        return layer
    return f"{layer} statement {decider.statement or decider.index}"


def _step(
    component: str, layer: str, verdict: Verdict, text: str, unknowns: tuple[Missing, ...], rule: str | None = None
) -> Step:
    return Step(layer=layer, component=component, verdict=verdict, text=text, rule=rule, unknowns=unknowns)


def _http(answer: AuthorizeAnswer) -> HttpAnswer | None:
    if answer.decision is Decision.ALLOWED:
        return PASSED_ON
    if answer.http is None:
        return None
    return HttpAnswer(status=answer.http.status, error_type=answer.http.error_type, body=answer.http.body)
