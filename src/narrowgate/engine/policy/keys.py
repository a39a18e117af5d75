"""Condition keys: which exist on a call of a private API, how their values are typed, which never exist.

Data, because the lists grow with AWS. Names are kept as AWS spells them and compared without case (POL-15).
"""

from enum import StrEnum
from typing import Final

import msgspec


class KeyType(StrEnum):
    """The type of a key's values, which says which operators fit."""

    STRING = "string"
    ARN = "arn"
    IP = "ip"
    BOOL = "bool"
    NUMERIC = "numeric"
    DATE = "date"
    BINARY = "binary"


class Supply(StrEnum):
    """When a key is in the context of a private call."""

    ALWAYS = "always"
    NEVER = "never"
    SIGNED = "signed"
    """Only for signed callers: on `AWS_IAM` methods, and for the endpoint policy (KEY-05, VPE-03)."""
    DOMAIN = "domain"
    """Only when the call goes through a private custom domain name (KEY-08)."""
    SOMETIMES = "sometimes"


class ConditionKey(msgspec.Struct, frozen=True):
    """One condition key; `name` ends in `/` where a tag key follows."""

    name: str
    type: KeyType
    supply: Supply
    rule: str
    multivalued: bool = False


_S, _A, _I, _B, _N, _D = (
    KeyType.STRING,
    KeyType.ARN,
    KeyType.IP,
    KeyType.BOOL,
    KeyType.NUMERIC,
    KeyType.DATE,
)

CONDITION_KEYS: Final = (
    ConditionKey("aws:SourceVpce", _S, Supply.ALWAYS, "KEY-02"),
    ConditionKey("aws:SourceVpc", _S, Supply.ALWAYS, "KEY-01"),
    ConditionKey("aws:VpcSourceIp", _I, Supply.ALWAYS, "KEY-03"),
    ConditionKey("aws:SecureTransport", _B, Supply.ALWAYS, "KEY-07"),
    ConditionKey("aws:CurrentTime", _D, Supply.ALWAYS, "KEY-07"),
    ConditionKey("aws:EpochTime", _D, Supply.ALWAYS, "KEY-07"),
    ConditionKey("aws:ResourceAccount", _S, Supply.ALWAYS, "VPE-04"),
    ConditionKey("aws:ResourceOrgID", _S, Supply.SOMETIMES, "VPE-04"),
    ConditionKey("aws:ResourceOrgPaths", _S, Supply.SOMETIMES, "VPE-04", multivalued=True),
    ConditionKey("aws:UserAgent", _S, Supply.SOMETIMES, "KEY-05"),
    ConditionKey("aws:Referer", _S, Supply.SOMETIMES, "KEY-05"),
    ConditionKey("execute-api:viaDomainArn", _A, Supply.DOMAIN, "KEY-08"),
    ConditionKey("aws:SourceIp", _I, Supply.NEVER, "KEY-04"),
    ConditionKey("aws:SourceVpcArn", _A, Supply.NEVER, "KEY-06"),
    ConditionKey("aws:VpceAccount", _S, Supply.NEVER, "KEY-06"),
    ConditionKey("aws:VpceOrgID", _S, Supply.NEVER, "KEY-06"),
    ConditionKey("aws:VpceOrgPaths", _S, Supply.NEVER, "KEY-06", multivalued=True),
    ConditionKey("aws:PrincipalArn", _A, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:PrincipalAccount", _S, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:PrincipalOrgID", _S, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:PrincipalOrgPaths", _S, Supply.SIGNED, "KEY-05", multivalued=True),
    ConditionKey("aws:PrincipalTag/", _S, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:PrincipalType", _S, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:PrincipalIsAWSService", _B, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:PrincipalServiceName", _S, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:PrincipalServiceNamesList", _S, Supply.SIGNED, "KEY-05", multivalued=True),
    ConditionKey("aws:userid", _S, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:username", _S, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:TokenIssueTime", _D, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:MultiFactorAuthPresent", _B, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:MultiFactorAuthAge", _N, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:AssumedRoot", _B, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:FederatedProvider", _S, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:SourceIdentity", _S, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:ChatbotSourceArn", _A, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:Ec2InstanceSourceVpc", _S, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:Ec2InstanceSourcePrivateIPv4", _I, Supply.SIGNED, "KEY-05"),
    ConditionKey("aws:CalledVia", _S, Supply.SOMETIMES, "KEY-05", multivalued=True),
    ConditionKey("aws:CalledViaFirst", _S, Supply.SOMETIMES, "KEY-05"),
    ConditionKey("aws:CalledViaLast", _S, Supply.SOMETIMES, "KEY-05"),
    ConditionKey("aws:ViaAWSService", _B, Supply.SOMETIMES, "KEY-05"),
    ConditionKey("aws:RequestedRegion", _S, Supply.SOMETIMES, "KEY-05"),
    ConditionKey("aws:RequestTag/", _S, Supply.SOMETIMES, "KEY-05"),
    ConditionKey("aws:ResourceTag/", _S, Supply.SOMETIMES, "KEY-05"),
    ConditionKey("aws:TagKeys", _S, Supply.SOMETIMES, "KEY-05", multivalued=True),
    ConditionKey("aws:SourceArn", _A, Supply.SOMETIMES, "KEY-05"),
    ConditionKey("aws:SourceAccount", _S, Supply.SOMETIMES, "KEY-05"),
    ConditionKey("aws:SourceOrgID", _S, Supply.SOMETIMES, "KEY-05"),
    ConditionKey("aws:SourceOrgPaths", _S, Supply.SOMETIMES, "KEY-05", multivalued=True),
)
"""Every key that this package knows; `Supply.NEVER` are those that execute-api never supplies (KEY-04, KEY-06)."""

_BY_NAME: Final = {key.name.lower(): key for key in CONDITION_KEYS}

NEVER_SUPPLIED: Final = {key.name.lower(): key.rule for key in CONDITION_KEYS if key.supply is Supply.NEVER}
"""Keys that are known to be absent, by name in lower case, with the rule that says so."""

SIGNED_ONLY: Final = frozenset(
    key.name.lower() for key in CONDITION_KEYS if key.supply is Supply.SIGNED and not key.name.endswith("/")
)
"""Keys that nobody but a signed caller has, tags aside, by name in lower case."""

PRINCIPAL_TAG: Final = "aws:principaltag/"


def condition_key(name: str) -> ConditionKey | None:
    """What is known about a key, by its name in any case; None for a key that this package does not know."""
    lowered = name.lower()
    found = _BY_NAME.get(lowered)
    if found is None and "/" in lowered:
        found = _BY_NAME.get(lowered[: lowered.index("/") + 1])
    return found if found is None or found.name.endswith("/") == ("/" in lowered) else None


def is_principal_key(lowered: str) -> bool:
    """Whether a key (in lower case) speaks about the signer."""
    return lowered in SIGNED_ONLY or lowered.startswith(PRINCIPAL_TAG)
