"""The callers that principal elements and conditions about the signer can tell apart."""

import re
import string
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Final

from narrowgate.engine.policy.callers import ArnKind, Caller, Principal, parse_principal_arn, signer
from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.glob import tokenize
from narrowgate.engine.policy.keys import KeyType, condition_key
from narrowgate.engine.policy.principals import PrincipalSet
from narrowgate.engine.policy.proof.cells import OutsideError, condition_words
from narrowgate.engine.policy.proof.words import Item, Word, from_tokens, literal, some, witnesses

ARN_KEYS: Final = frozenset({"aws:principalarn", "aws:principalaccount", "aws:principaltype"})
"""Keys that the signer's ARN settles; all others about the signer vary by themselves."""

_NAMES: Final = string.ascii_letters + string.digits + "+=,.@_/-"
_DIGIT: Final = frozenset(string.digits)
_SESSION: Final = "session"
_NAMED_KINDS: Final = (ArnKind.USER, ArnKind.ROLE)


def signed_callers(
    principals: Sequence[PrincipalSet], conditions: Sequence[Condition], partition: str
) -> tuple[Caller, ...]:
    """Signers for every way in which the elements and the conditions on `ARN_KEYS` can come out.

    Raises:
        OutsideError: a principal or condition is not covered.
        TooComplexError: the patterns tell too many signers apart.
    """
    named = [value for each in principals for value in _aws_values(each)]
    words = list(_named_words(named))
    callers: list[Caller] = []
    for arn in _arns(named, words, conditions, partition):
        parsed = parse_principal_arn(arn)
        if parsed is None:
            continue
        callers.append(signer(_principal(arn, parsed.account, parsed.name, parsed.kind, partition)))
        callers.append(
            signer(Principal(arn=f"arn:{partition}:iam::{parsed.account}:root", account=parsed.account))
        )
        federated = f"arn:{partition}:sts::{parsed.account}:federated-user/f"
        callers.append(signer(Principal(arn=federated, account=parsed.account)))
    callers.extend(_sessions(named, tuple(callers)))
    return tuple({caller.arn: caller for caller in callers}.values())


def _arns(
    named: Sequence[str], words: Sequence[Word], conditions: Sequence[Condition], partition: str
) -> Iterable[str]:
    """ARNs of users and roles for every way in which the elements and conditions can come out."""
    if conditions:
        return witnesses([*words, *_condition_words(conditions)], _universe(partition))
    # Without conditions on ARNs only whoever is named, and one unnamed user and role of each account, differ.
    accounts = {_account_of(value) for value in named}
    accounts.add(next(other for number in count() if (other := f"{number:012}") not in accounts))
    arns = [value for value in named if (parsed := parse_principal_arn(value)) and parsed.kind in _NAMED_KINDS]
    arns += [
        f"arn:{partition}:iam::{parsed.account}:role/{parsed.name}"
        for parsed in map(parse_principal_arn, named)
        if parsed is not None and parsed.kind is ArnKind.SESSION
    ]
    fresh = next(name for number in count() if (name := f"unnamed{number}") not in "".join(named))
    arns += [
        f"arn:{partition}:iam::{account}:{kind}/{fresh}"
        for account in sorted(accounts)
        for kind in ("user", "role")
    ]
    return list(dict.fromkeys(arns))


def _account_of(value: str) -> str:
    parsed = parse_principal_arn(value)
    return parsed.account if parsed is not None else value


def _principal(arn: str, account: str, name: str, kind: ArnKind, partition: str) -> Principal:
    if kind is not ArnKind.ROLE:
        return Principal(arn=arn, account=account)
    session = f"arn:{partition}:sts::{account}:assumed-role/{name}/{_SESSION}"
    return Principal(arn=session, account=account, role_arn=arn)


def _aws_values(principals: PrincipalSet) -> Iterable[str]:
    element = principals.element
    if isinstance(element, str):
        return ()
    if "CanonicalUser" in element:
        raise OutsideError("a CanonicalUser principal")
    return [value for value in element.get("AWS", ()) if value != "*"]


def _named_words(named: Sequence[str]) -> Iterable[Word]:
    """Patterns of the ARNs and accounts that principal elements name."""
    for value in named:
        if re.fullmatch(r"\d{12}", value):
            yield _of_account(value)
            continue
        parsed = parse_principal_arn(value)
        if parsed is None or "*" in value or "?" in value or parsed.kind is ArnKind.OTHER:
            raise OutsideError(f"the principal `{value}`")
        if parsed.kind is ArnKind.ROOT:
            yield _of_account(parsed.account)
        elif parsed.kind is ArnKind.SESSION:
            yield literal(f"arn:{parsed.partition}:iam::{parsed.account}:role/{parsed.name}")
        elif parsed.kind is ArnKind.ROLE:
            # A session shows its role's name without the path, so any role of that name may be meant.
            yield literal(value)
            prefix = f"arn:{parsed.partition}:iam::{parsed.account}:role/"
            yield (*literal(prefix), *some(_NAMES), *literal(f"/{parsed.name}"))
            yield literal(prefix + parsed.name)
        else:
            yield literal(value)


def _of_account(account: str) -> Word:
    return from_tokens(tokenize(f"arn:*:iam::{account}:*"))


def _condition_words(conditions: Sequence[Condition]) -> Iterable[Word]:
    for condition in conditions:
        if condition.lowered == "aws:principalarn":
            yield from condition_words(condition)
        elif condition.lowered == "aws:principalaccount":
            for word in condition_words(condition):
                yield (*from_tokens(tokenize("arn:*:iam::")), *word, *from_tokens(tokenize(":*")))
        known = condition_key(condition.key)
        if known is None or known.type not in (KeyType.STRING, KeyType.ARN):
            raise OutsideError(f"conditions on {condition.key}")


def _universe(partition: str) -> tuple[Word, ...]:
    account = (Item(_DIGIT),) * 12
    return tuple(
        (*literal(f"arn:{partition}:iam::"), *account, *literal(f":{kind}/"), *some(_NAMES))
        for kind in ("user", "role")
    )


def _sessions(named: Sequence[str], callers: Sequence[Caller]) -> Iterable[Caller]:
    """The very sessions that are named, of every role that may be theirs."""
    for value in named:
        parsed = parse_principal_arn(value)
        if parsed is None or parsed.kind not in (ArnKind.SESSION, ArnKind.FEDERATED, ArnKind.ROOT):
            continue
        yield signer(Principal(arn=value, account=parsed.account))
        for caller in callers:
            principal, other = caller.principal, caller.parsed
            if principal is None or other is None or not isinstance(principal.role_arn, str):
                continue
            if (other.account, other.name) == (parsed.account, parsed.name):
                yield signer(Principal(arn=value, account=parsed.account, role_arn=principal.role_arn))
