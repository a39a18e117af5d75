"""One request at one endpoint: which API is meant, what the policies say, what API Gateway answers (AGW-03)."""

import json
from collections.abc import Mapping

import msgspec

from narrowgate.lab.https.policy import ALLOW, DENY, Asked, decide, parse_policy, role_of
from narrowgate.lab.https.signature import Key, Signed, Verified, verify
from narrowgate.model.apigateway import DomainName, RestApi
from narrowgate.model.fact import UnsetType
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What arrived at an endpoint, and from which address."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = {}
    body: bytes = b""
    client: str = ""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What goes back; `reason` is for the log alone, as AWS tells nobody."""

    status: int
    body: bytes
    error: str | None = None
    api: str | None = None
    stage: str | None = None
    reason: str = ""
    principal: str | None = None


class _Refusal(Exception):
    def __init__(self, status: int, message: str, error: str, reason: str = "", *, key: str = "message") -> None:
        super().__init__(reason)
        self.reply = Reply(
            status=status,
            body=json.dumps({key: message}, separators=(",", ":")).encode(),
            error=error,
            reason=reason,
        )


def _forbidden(reason: str) -> _Refusal:
    """ERR-01: nothing tells the caller why, and no log of an API tells either."""
    return _Refusal(403, "Forbidden", "ForbiddenException", reason)


def _denied(asked: Asked, *, explicit: bool, reason: str) -> _Refusal:
    """ERR-02 to ERR-04."""
    who = asked.principal or "anonymous"
    parts = asked.resource.split(":")
    account = f"********{parts[4][-4:]}"
    shown = ":".join((*parts[:4], account, *parts[5:]))
    text = f"User: {who} is not authorized to perform: execute-api:Invoke on resource: {shown}"
    tail = " with an explicit deny" if explicit else ""
    return _Refusal(403, text + tail, "AccessDeniedException", reason, key="Message")


class Gateway:
    """API Gateway behind one endpoint."""

    def __init__(self, snapshot: Snapshot, endpoint: VpcEndpoint, keys: Mapping[str, Key]) -> None:
        """Serve what an endpoint's Region has."""
        self.snapshot = snapshot
        self.facts = snapshot.facts
        self.endpoint = endpoint
        self.keys = keys
        self.region = snapshot.region_of(endpoint.vpc_endpoint_id) or ""

    def answer(self, request: Request) -> Reply:
        """The reply to a request."""
        try:
            return self._answer(request)
        except _Refusal as refusal:
            return refusal.reply

    def _answer(self, request: Request) -> Reply:
        if request.path in ("/ping", "/sping"):
            return Reply(status=200, body=b"healthy")
        api, domain, path = self._identify(request)
        stage, path = self._stage(api, domain, path)
        resource, authorization = self._method(api, stage, request.method, path)
        account = self.snapshot.place(api.id).account or ""
        arn = f"arn:aws:execute-api:{self.region}:{account}:{api.id}"
        verified = self._verified(request)
        context = {
            "aws:sourcevpce": self.endpoint.vpc_endpoint_id,
            "aws:sourcevpc": self.endpoint.vpc_id,
            "aws:vpcsourceip": request.client,
            "aws:securetransport": "true",
            "aws:resourceaccount": account,
        }
        if domain is not None:
            context["execute-api:viadomainarn"] = (domain.domain_name_arn or "").replace(
                "apigateway", "execute-api", 1
            )
        asked = Asked(resource=f"{arn}/{stage}/{request.method}/{path.lstrip('/')}", context=context)
        self._endpoint_policy(asked, verified)
        if domain is not None:
            self._domain_policy(domain, asked)
        if resource is None:
            raise _Refusal(
                403, "Missing Authentication Token", "MissingAuthenticationTokenException", "no such method"
            )
        self._resource_policy(api, stage, asked, authorization, verified, arn)
        return self._integration(api, stage, request, verified)

    def _verified(self, request: Request) -> Verified:
        return verify(
            Signed(
                method=request.method,
                path=request.path,
                query=request.query,
                headers=request.headers,
                body=request.body,
                region=self.region,
            ),
            self.keys,
        )

    # --- which API (AGW-09)

    def _identify(self, request: Request) -> tuple[RestApi, DomainName | None, str]:
        host = request.headers.get("host", "").partition(":")[0].lower().rstrip(".")
        named = request.headers.get("x-apigw-api-id", "").lower()
        domain: DomainName | None = None
        path = request.path
        if not named:
            label, _, rest = host.partition(".")
            if rest == f"execute-api.{self.region}.amazonaws.com":
                named = label.partition("-vpce-")[0]
            else:
                domain, named, path = self._domain(host, request.path)
        api = self.facts.rest_apis.get(named)
        if api is None or self.snapshot.region_of(api.id) != self.region:
            raise _forbidden(f"no API is called {named or host}")
        configuration = api.endpoint_configuration
        if isinstance(configuration, UnsetType) or "PRIVATE" not in configuration.types:
            raise _forbidden(f"{api.id} is not private, and this is an endpoint (AGW-17)")
        if api.disable_execute_api_endpoint and domain is None:
            raise _forbidden(f"the default endpoint of {api.id} is disabled (AGW-21)")
        return api, domain, path

    def _domain(self, host: str, path: str) -> tuple[DomainName, str, str]:
        """A private custom domain name: associated with this endpoint, and mapped (AGW-08)."""
        for domain in self.facts.domain_names.values():
            if domain.domain_name.lower() != host or "PRIVATE" not in domain.endpoint_configuration.types:
                continue
            associated = any(
                each.domain_name_arn == domain.domain_name_arn
                and each.access_association_source == self.endpoint.vpc_endpoint_id
                for each in self.facts.domain_name_access_associations
            )
            if not associated:
                raise _forbidden(f"{host} has no access association with {self.endpoint.vpc_endpoint_id}")
            keys = (domain.domain_name_id, domain.domain_name, domain.domain_name_arn)
            mappings = next(
                (self.facts.base_path_mappings[key] for key in keys if key in self.facts.base_path_mappings), ()
            )
            for mapping in sorted(mappings, key=lambda each: -len(each.base_path)):
                base = "" if mapping.base_path == "(none)" else f"/{mapping.base_path}"
                if mapping.rest_api_id and (path == base or path.startswith(base + "/")):
                    return domain, mapping.rest_api_id, f"/{mapping.stage}{path[len(base) :] or '/'}"
            raise _forbidden(f"{host} maps no API to {path}")
        raise _forbidden(f"`{host}` names no API")

    # --- what is deployed

    def _stage(self, api: RestApi, domain: DomainName | None, path: str) -> tuple[str, str]:
        stage, _, rest = path.lstrip("/").partition("/")
        if stage not in {each.stage_name for each in self.facts.api_stages.get(api.id, ())}:
            raise _forbidden(f"{api.id} has no stage {stage}")
        return stage, "/" + rest

    def _method(self, api: RestApi, stage: str, method: str, path: str) -> tuple[str | None, str]:
        """The deployed resource that matches, literal parts first, and its method's authorization."""
        methods: dict[str, dict[str, str | None]] = {}
        export = self.facts.stage_exports.get((api.id, stage))
        if export is not None and export.methods:
            methods = {path: dict(found) for path, found in export.methods.items()}
        saved: dict[str, dict[str, str | None]] = {}
        for resource in self.facts.api_resources.get(api.id, ()):
            if resource.path is not None and not isinstance(resource.resource_methods, UnsetType):
                saved[resource.path] = {
                    verb: each.authorization_type if isinstance(each.authorization_type, str) else "NONE"
                    for verb, each in resource.resource_methods.items()
                }
        methods = methods or saved
        found = sorted((each for each in methods if _fits(each, path)), key=_rank)
        for best in found[:1]:
            verbs = {verb.upper(): kind for verb, kind in methods[best].items()}
            for verb in (method, "ANY", "X-AMAZON-APIGATEWAY-ANY-METHOD"):
                if verb in verbs:
                    known = saved.get(best, {}).get(method) or saved.get(best, {}).get("ANY")
                    return best, verbs[verb] or known or "NONE"
        return None, "NONE"

    # --- policies

    def _endpoint_policy(self, asked: Asked, verified: Verified) -> None:
        """VPE-02, VPE-03: the signer counts even where the method asks for none; a wrong signature is refused."""
        text = self.endpoint.policy_document
        statements = parse_policy(text if isinstance(text, str) else None)
        if not statements:
            return
        is_default = (
            len(statements) == 1 and statements[0].get("Action") == "*" and not statements[0].get("Condition")
        )
        if is_default and statements[0].get("Principal") in ("*", {"AWS": "*"}):
            return
        if verified.state == "invalid":
            raise _Refusal(403, "The request signature is not valid", verified.error, "endpoint policy, signature")
        who = msgspec.structs.replace(asked, principal=verified.principal, account=_account(verified.principal))
        who = msgspec.structs.replace(who, context=_with_principal(who.context, verified.principal))
        effect = decide(statements, who)
        if effect != ALLOW:
            raise _denied(who, explicit=effect == DENY, reason=f"policy of {self.endpoint.vpc_endpoint_id}")

    def _domain_policy(self, domain: DomainName, asked: Asked) -> None:
        arn = (domain.domain_name_arn or "").replace("apigateway", "execute-api", 1)
        statements = parse_policy(domain.policy if isinstance(domain.policy, str) else None)
        effect = decide(statements, msgspec.structs.replace(asked, resource=arn), short_form=arn)
        if effect != ALLOW:
            raise _denied(asked, explicit=effect == DENY, reason=f"policy of {domain.domain_name}")

    def _resource_policy(
        self, api: RestApi, stage: str, asked: Asked, authorization: str, verified: Verified, arn: str
    ) -> None:
        """POL-04, POL-28, tables A and B with a silent identity side; what the stage runs counts (POL-03)."""
        export = self.facts.stage_exports.get((api.id, stage))
        text = api.policy if export is None or isinstance(export.policy, UnsetType) else export.policy
        statements = parse_policy(text if isinstance(text, str) else None)
        who = asked
        if authorization == "AWS_IAM":
            if verified.state == "none":
                raise _Refusal(
                    403, "Missing Authentication Token", "MissingAuthenticationTokenException", "unsigned"
                )
            if verified.state != "valid":
                error = verified.error or "IncompleteSignatureException"
                raise _Refusal(403, "The request signature is not valid", error, "signature")
            who = msgspec.structs.replace(
                asked, principal=verified.principal, account=_account(verified.principal)
            )
            who = msgspec.structs.replace(who, context=_with_principal(who.context, verified.principal))
        effect = decide(statements, who, short_form=arn)
        if effect != ALLOW:
            raise _denied(who, explicit=effect == DENY, reason=f"resource policy of {api.id}")

    def _integration(self, api: RestApi, stage: str, request: Request, verified: Verified) -> Reply:
        """A mock integration: says what was called, and what API Gateway knows of the caller."""
        body = {
            "api": api.name or api.id,
            "stage": stage,
            "method": request.method,
            "path": request.path,
            "vpcSourceIp": request.client,
            "vpce": self.endpoint.vpc_endpoint_id,
            "principal": verified.principal,
        }
        return Reply(
            status=200, body=json.dumps(body).encode(), api=api.id, stage=stage, principal=verified.principal
        )


def _account(principal: str | None) -> str | None:
    return principal.split(":")[4] if principal else None


def _with_principal(context: Mapping[str, str], principal: str | None) -> Mapping[str, str]:
    if principal is None:
        return context
    return {**context, "aws:principalarn": role_of(principal), "aws:principalaccount": _account(principal) or ""}


def _fits(resource: str, path: str) -> bool:
    wanted, present = resource.strip("/").split("/"), path.strip("/").split("/")
    for number, part in enumerate(wanted):
        if part.endswith("+}"):
            return len(present) > number and present[number] != ""
        if number >= len(present) or (not part.startswith("{") and part != present[number]):
            return False
        if part.startswith("{") and not present[number]:
            return False
    return len(wanted) == len(present)


def _rank(resource: str) -> tuple[tuple[int, ...], int]:
    parts = resource.strip("/").split("/")
    return tuple(2 if each.endswith("+}") else 1 if each.startswith("{") else 0 for each in parts), -len(parts)
