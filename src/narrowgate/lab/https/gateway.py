"""One request at one endpoint: what the policies say, in API Gateway's order, and whether it passes (AGW-03)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from narrowgate.lab.beliefs import LARGEST_PAYLOAD, LONGEST_ARN, LONGEST_URL
from narrowgate.lab.https.authorizers import lacks_identity
from narrowgate.lab.https.exchange import (
    Refusal,
    Reply,
    Request,
    denied,
    forbidden,
    missing_token,
    too_long,
    unauthorized,
)
from narrowgate.lab.https.identify import Target, has_stage, identify, identify_public
from narrowgate.lab.https.methods import Found, find_method
from narrowgate.lab.https.policy import ALLOW, DENY, Asked, decide, parse_policy, role_of
from narrowgate.lab.https.signature import Key, Signed, Verified, verify
from narrowgate.model.apigateway import DomainName, RestApi
from narrowgate.model.fact import UnsetType
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot

_CUSTOM, _COGNITO = "CUSTOM", "COGNITO_USER_POOLS"
API_KEY = "lab-api-key-good-nowhere-else"
"""What a method that needs an API key takes here: real keys are never collected (POL-32)."""


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """A call that everything lets through to its integration."""

    request: Request
    target: Target
    method: Found
    account: str
    region: str
    endpoint: VpcEndpoint | None
    """None for a public API's."""
    verified: Verified


class Gateway:
    """API Gateway behind one endpoint, or as the Internet meets it."""

    def __init__(self, snapshot: Snapshot, endpoint: VpcEndpoint | None, keys: Mapping[str, Key]) -> None:
        """Serve what an endpoint's Region has, or without one what every Region shows to all."""
        self.snapshot = snapshot
        self.facts = snapshot.facts
        self.endpoint = endpoint
        self.keys = keys

    def admit(self, request: Request) -> Admitted | Reply:
        """The call that its integration is to answer, or the answer that API Gateway gives itself."""
        if request.path in ("/ping", "/sping"):
            return Reply(status=200, body=b"healthy")
        try:
            target = self._identify(request)
        except Refusal as refusal:
            return refusal.reply
        try:
            _check_size(request)
            return self._admit(request, target)
        except Refusal as refusal:
            if not has_stage(self.snapshot, target):
                return refusal.reply
            return msgspec.structs.replace(refusal.reply, api=target.api.id, stage=target.stage)

    def _identify(self, request: Request) -> Target:
        if self.endpoint is None:
            return identify_public(self.snapshot, request)
        return identify(self.snapshot, self.endpoint, request)

    def _admit(self, request: Request, target: Target) -> Admitted:
        api, stage = target.api, target.stage
        region = self.snapshot.region_of(api.id) or ""
        method = find_method(self.snapshot, api.id, stage, request.method, target.path)
        account = self.snapshot.place(api.id).account or ""
        arn = f"arn:aws:execute-api:{region}:{account}:{api.id}"
        verified = self._verified(request, region)
        context = {"aws:securetransport": "true", "aws:resourceaccount": account, **self._origin(request)}
        if target.domain is not None:
            context["execute-api:viadomainarn"] = _invoked_arn(target.domain)
        path = target.path.lstrip("/")
        asked = Asked(resource=f"{arn}/{stage}/{request.method}/{path}", context=context)
        if method is not None and len(asked.resource.encode()) > LONGEST_ARN:
            raise too_long("the method's ARN")
        self._endpoint_policy(asked, verified)
        # The endpoint's policy comes first, whatever of the API is there (VPE-02).
        if not has_stage(self.snapshot, target):
            raise forbidden(f"{api.id} has no stage {stage}")
        if target.domain is not None:
            self._domain_policy(target.domain, asked)
        if method is None:
            raise missing_token("no such method")
        self._authorize(target, method, request, asked, verified, arn)
        if method.needs_key and request.headers.get("x-api-key") != API_KEY:
            raise forbidden("the API key is missing or not the lab's (POL-32)")
        return Admitted(
            request=request,
            target=target,
            method=method,
            account=account,
            region=region,
            endpoint=self.endpoint,
            verified=verified,
        )

    def _origin(self, request: Request) -> dict[str, str]:
        """Where a call came from: through an endpoint there is no `aws:SourceIp` (KEY-03)."""
        if self.endpoint is None:
            return {"aws:sourceip": request.client}
        return {
            "aws:sourcevpce": self.endpoint.vpc_endpoint_id,
            "aws:sourcevpc": self.endpoint.vpc_id,
            "aws:vpcsourceip": request.client,
        }

    def _verified(self, request: Request, region: str) -> Verified:
        return verify(
            Signed(
                method=request.method,
                path=request.path,
                query=request.query,
                headers=request.headers,
                body=request.body,
                region=region,
            ),
            self.keys,
        )

    def _endpoint_policy(self, asked: Asked, verified: Verified) -> None:
        """VPE-02, VPE-03: the signer counts even where the method asks for none; a wrong signature is refused."""
        if self.endpoint is None:
            return
        text = self.endpoint.policy_document
        statements = parse_policy(text if isinstance(text, str) else None)
        if not statements:
            return
        if len(statements) == 1 and _is_full_access(statements[0]):
            return
        if verified.state == "invalid":
            raise Refusal(403, "The request signature is not valid", verified.error, "endpoint policy, signature")
        who = _signed_by(asked, verified.principal)
        effect = decide(statements, who)
        if effect != ALLOW:
            raise denied(who, explicit=effect == DENY, reason=f"policy of {self.endpoint.vpc_endpoint_id}")

    def _domain_policy(self, domain: DomainName, asked: Asked) -> None:
        arn = _invoked_arn(domain)
        statements = parse_policy(domain.policy if isinstance(domain.policy, str) else None)
        about_the_domain = msgspec.structs.replace(asked, resource=arn)
        effect = decide(statements, about_the_domain, short_form=arn)
        if effect != ALLOW:
            raise denied(about_the_domain, explicit=effect == DENY, reason=f"policy of {domain.domain_name}")

    def _authorize(
        self, target: Target, method: Found, request: Request, asked: Asked, verified: Verified, arn: str
    ) -> None:
        """POL-04, POL-28 to POL-30, tables A and B with a silent identity side."""
        kind, api = method.authorization, target.api
        lacks = kind in (_CUSTOM, _COGNITO) and lacks_identity(self.snapshot, api.id, method, request)
        if kind == _COGNITO and lacks:
            raise unauthorized("no token for the user pool")
        who = _signer(asked, verified) if kind == "AWS_IAM" else asked
        statements = self._statements(api, target.stage)
        if self.endpoint is None and not statements and kind in ("NONE", _COGNITO):
            # A public API needs no policy; a private one is nobody's without it (POL-02).
            return
        effect = decide(statements, who, short_form=arn)
        if kind == _CUSTOM and effect != DENY:
            if lacks:
                raise unauthorized("no identity for the authorizer")
            # The authorizer's function is not run here: a call that it would be asked about counts as let in.
            return
        if effect != ALLOW:
            raise denied(who, explicit=effect == DENY, reason=f"resource policy of {api.id}")

    def _statements(self, api: RestApi, stage: str) -> list[dict[str, Any]]:
        """The resource policy that the stage runs (POL-03)."""
        export = self.facts.stage_exports.get((api.id, stage))
        text = api.policy if export is None or isinstance(export.policy, UnsetType) else export.policy
        return parse_policy(text if isinstance(text, str) else None)


def _check_size(request: Request) -> None:
    """ERR-15 and LIM-01: what API Gateway does not read on."""
    url = f"https://{request.headers.get('host', '')}{request.path}"
    if len(url) + (len(request.query) + 1 if request.query else 0) > LONGEST_URL:
        raise too_long("the URL")
    if len(request.body) > LARGEST_PAYLOAD:
        raise Refusal(413, "Request Too Long", "RequestTooLargeException", "the body")


def _signer(asked: Asked, verified: Verified) -> Asked:
    """POL-28: whoever signed, rightly; nobody else gets as far as a policy."""
    if verified.state == "none":
        raise missing_token("unsigned")
    if verified.state != "valid":
        error = verified.error or "IncompleteSignatureException"
        raise Refusal(403, "The request signature is not valid", error, "signature")
    return _signed_by(asked, verified.principal)


def _is_full_access(statement: Mapping[str, Any]) -> bool:
    """AWS's own policy of an endpoint, which nobody is measured by (VPE-01)."""
    everything = statement.get("Action") == statement.get("Resource") == "*"
    everybody = statement.get("Principal") in ("*", {"AWS": "*"})
    return statement["Effect"] == "Allow" and everything and everybody and not statement.get("Condition")


def _invoked_arn(domain: DomainName) -> str:
    return (domain.domain_name_arn or "").replace("apigateway", "execute-api", 1)


def _signed_by(asked: Asked, principal: str | None) -> Asked:
    if principal is None:
        return asked
    account = principal.split(":")[4]
    context = {**asked.context, "aws:principalarn": role_of(principal), "aws:principalaccount": account}
    return msgspec.structs.replace(asked, principal=principal, account=account, context=context)
