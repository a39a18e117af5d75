"""The question that `authorize` answers: one call of one method, and every fact that policies may ask for.

A fact is given, absent or unknown. Here a value is given, `None` is absent where a field allows it, and `UNSET`
is unknown; unknown is never read as absent nor as empty.
"""

from collections.abc import Mapping, Set
from typing import Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from narrowgate.engine.policy.callers import Principal
from narrowgate.engine.policy.statements import Policy

SCHEMA: Final = "narrowgate.authorize-request/1"
MAX_METHOD_ARN: Final = 1600
"""Bytes of a method ARN with authorization (LIM-01); what is longer ends in 414 (ERR-15)."""

AuthorizationType = Literal["NONE", "AWS_IAM", "COGNITO_USER_POOLS", "CUSTOM"]
AuthorizationHeader = Literal["none", "sigv4_valid", "sigv4_invalid", "other"]
AuthorizerResult = Literal["allow", "deny", "silent", "unauthenticated", "valid_token", "invalid_token"]
ApiKey = Literal["not_required", "valid", "missing", "invalid"]
UnreadLayer = Literal[
    "resource_policy",
    "deployed_resource_policy",
    "endpoint_policy",
    "domain_policy",
    "identity_policy",
    "scp",
    "permissions_boundary",
    "session_policy",
]

AUTHORIZATION_TYPES: Final[tuple[AuthorizationType, ...]] = ("NONE", "AWS_IAM", "COGNITO_USER_POOLS", "CUSTOM")
AUTHORIZATION_HEADERS: Final[tuple[AuthorizationHeader, ...]] = ("none", "sigv4_valid", "sigv4_invalid", "other")
AUTHORIZER_RESULTS: Final[Mapping[str, tuple[AuthorizerResult, ...]]] = {
    "CUSTOM": ("allow", "deny", "silent", "unauthenticated"),
    "COGNITO_USER_POOLS": ("valid_token", "invalid_token"),
}


class Api(msgspec.Struct, frozen=True, kw_only=True):
    """The API and its owner."""

    id: str
    account: str
    region: str
    partition: str = "aws"
    org_id: str | UnsetType | None = UNSET

    @property
    def arn(self) -> str:
        """The ARN that every method ARN of the API begins with."""
        return f"arn:{self.partition}:execute-api:{self.region}:{self.account}:{self.id}"


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """The private custom domain name that the call goes through."""

    arn: str
    """In the execute-api namespace: `arn:…:execute-api:{region}:{account}:/domainnames/{name}+{id}`."""
    host: str = ""
    base_path: str = ""
    access_association: bool | UnsetType = UNSET
    """Whether the endpoint used has a domain name access association with the domain."""


class Policies(msgspec.Struct, frozen=True, kw_only=True):
    """The documents that were read, compiled, by layer; `None` or empty where a layer was left out."""

    resource_policy: Policy | None = None
    """The policy as it is saved."""
    deployed_resource_policy: Policy | None = None
    """What the stage runs, where that differs; it alone is evaluated then (POL-03)."""
    endpoint_policy: Policy | None = None
    domain_policy: Policy | None = None
    identity_policies: tuple[Policy, ...] = ()
    scp: tuple[tuple[Policy, ...], ...] | None = None
    """One element per level of the organization, outermost first; every level must allow."""
    permissions_boundary: Policy | None = None
    session_policies: tuple[Policy, ...] = ()


class AuthorizeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One call; see `authorize-request` in the documentation for each field."""

    api: Api
    stage: str
    method: str
    path: str
    action: str = "execute-api:Invoke"
    authorization_type: AuthorizationType | UnsetType = UNSET
    authorization_header: AuthorizationHeader | UnsetType = UNSET
    principal: Principal | UnsetType | None = UNSET
    """The signer; None when nobody signed."""
    authorizer_result: AuthorizerResult | UnsetType = UNSET
    api_key: ApiKey = "not_required"
    context: Mapping[str, tuple[str, ...]] = {}
    """Condition keys with their values; names in any case."""
    absent: Set[str] = frozenset()
    """Condition keys that are known not to be in the request context."""
    domain: Domain | None = None
    policies: Policies = Policies()
    unknown_policies: Set[UnreadLayer] = frozenset()
    """Layers that exist and that nobody read."""

    @property
    def resource(self) -> str:
        """The method ARN; the root resource's ends in `/` (POL-18)."""
        return method_arn(self.api, self.stage, self.method, self.path)


def method_arn(api: Api, stage: str, method: str, path: str) -> str:
    """The ARN of a method; the path is kept as the client sent it."""
    owner = f"arn:{api.partition}:execute-api:{api.region}:{api.account}:{api.id}"
    return f"{owner}/{stage}/{method}{path}" if path[:1] == "/" else f"{owner}/{stage}/{method}/{path}"
