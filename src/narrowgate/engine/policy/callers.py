"""Who calls, as policies see it: anonymous, a signer, or a signer whom nobody named."""

from enum import Enum
from functools import lru_cache
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from narrowgate.engine.policy.kleene import NO


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """The signer of a request; fields left `UNSET` are not known, null means that there is none.

    `arn` may be a user, a role session, a federated user session, the root user, or a role (whose session is
    then not known).
    """

    arn: str
    account: str
    org_id: str | UnsetType | None = UNSET
    org_paths: tuple[str, ...] | UnsetType | None = UNSET
    tags: dict[str, str] | UnsetType = UNSET
    userid: str | UnsetType | None = UNSET
    username: str | UnsetType | None = UNSET
    role_arn: str | UnsetType = UNSET
    """A session's role, for roles with a path: the session's ARN does not carry it."""


class ArnKind(Enum):
    """What kind of principal an ARN names."""

    ROOT = "root"
    USER = "user"
    ROLE = "role"
    SESSION = "assumed-role"
    FEDERATED = "federated-user"
    GROUP = "group"
    OTHER = "other"


class PrincipalArn(msgspec.Struct, frozen=True):
    """The parts of a principal's ARN that matter; `name` is the last part of a user's or role's path."""

    kind: ArnKind
    partition: str
    account: str
    name: str
    session: str = ""


_KINDS: Final = {
    ("iam", "user"): ArnKind.USER,
    ("iam", "role"): ArnKind.ROLE,
    ("iam", "group"): ArnKind.GROUP,
    ("sts", "assumed-role"): ArnKind.SESSION,
    ("sts", "federated-user"): ArnKind.FEDERATED,
}


@lru_cache(maxsize=4096)
def parse_principal_arn(arn: str) -> PrincipalArn | None:
    """The parts of a principal's ARN; None where the text is no ARN."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        return None
    _, partition, service, _, account, rest = parts
    if service == "iam" and rest == "root":
        return PrincipalArn(ArnKind.ROOT, partition, account, "root")
    head, _, tail = rest.partition("/")
    kind = _KINDS.get((service, head), ArnKind.OTHER)
    if kind is ArnKind.SESSION:
        role, _, session = tail.partition("/")
        return PrincipalArn(kind, partition, account, role, session)
    return PrincipalArn(kind, partition, account, tail.rpartition("/")[2])


class CallerKind(Enum):
    """How much is known about who calls."""

    ANONYMOUS = "anonymous"
    SIGNER = "signer"
    UNNAMED = "unnamed"
    """Somebody signed, and nobody told who."""


class Caller:
    """Who calls, ready for comparison; build with `signer`, or use `ANONYMOUS` and `UNNAMED`."""

    __slots__ = ("arn", "bounded", "kind", "parsed", "principal")

    def __init__(self, kind: CallerKind, principal: Principal | None = None, bounded: int = NO) -> None:
        self.kind = kind
        self.bounded = bounded
        """Whether a permissions boundary is attached to the signer: a Deny with NotPrincipal strikes those."""
        self.principal = principal
        self.arn = principal.arn if principal else ""
        self.parsed = parse_principal_arn(self.arn) if principal else None


ANONYMOUS: Final = Caller(CallerKind.ANONYMOUS)
UNNAMED: Final = Caller(CallerKind.UNNAMED)


def signer(principal: Principal, bounded: int = NO) -> Caller:
    """The caller that a known principal is."""
    return Caller(CallerKind.SIGNER, principal, bounded)


def principal_key(principal: Principal, lowered: str) -> tuple[str, ...] | UnsetType | None:
    """A signer's value of a condition key (name in lower case): values, None if absent, UNSET if not known."""
    if lowered.startswith("aws:principaltag/"):
        return _tag(principal, lowered[len("aws:principaltag/") :])
    parsed = parse_principal_arn(principal.arn)
    kind = parsed.kind if parsed else ArnKind.OTHER
    match lowered:
        case "aws:principalarn":
            return (_principal_arn(principal, parsed),)
        case "aws:principalaccount":
            return (principal.account,)
        case "aws:principalorgid":
            return _single(principal.org_id)
        case "aws:principalorgpaths":
            # An account outside any organization has neither id nor paths.
            return None if principal.org_id is None else principal.org_paths
        case "aws:principaltype":
            name = _PRINCIPAL_TYPES.get(kind)
            return (name,) if name else UNSET
        case "aws:userid":
            return _single(principal.userid)
        case "aws:username":
            if principal.username is not UNSET:
                return _single(principal.username)
            if kind is ArnKind.USER and parsed:
                return (parsed.name,)
            return UNSET if kind is ArnKind.OTHER else None
        case "aws:principalisawsservice":
            return ("false",) if kind is not ArnKind.OTHER else UNSET
        case "aws:principalservicename" | "aws:principalservicenameslist":
            return None if kind is not ArnKind.OTHER else UNSET
    return UNSET


_PRINCIPAL_TYPES: Final = {
    ArnKind.ROOT: "Account",
    ArnKind.USER: "User",
    ArnKind.ROLE: "AssumedRole",
    ArnKind.SESSION: "AssumedRole",
    ArnKind.FEDERATED: "FederatedUser",
}


def _single(value: str | UnsetType | None) -> tuple[str, ...] | UnsetType | None:
    return (value,) if isinstance(value, str) else value


def _tag(principal: Principal, lowered: str) -> tuple[str, ...] | UnsetType | None:
    tags = principal.tags
    if isinstance(tags, UnsetType):
        return UNSET
    for name, value in tags.items():
        if name.lower() == lowered:
            return (value,)
    return None


def _principal_arn(principal: Principal, parsed: PrincipalArn | None) -> str:
    """A role session's `aws:PrincipalArn` is its role; every other signer's is its own ARN."""
    if parsed is None or parsed.kind is not ArnKind.SESSION:
        return principal.arn
    if isinstance(principal.role_arn, str):
        return principal.role_arn
    return f"arn:{parsed.partition}:iam::{parsed.account}:role/{parsed.name}"
