"""The Principal element: whom it names, and how directly (POL-23, POL-25, ORG-03)."""

import re
from typing import Final

from narrowgate.engine.policy.callers import (
    ArnKind,
    Caller,
    CallerKind,
    PrincipalArn,
    parse_principal_arn,
)
from narrowgate.engine.policy.kleene import NO, UNKNOWN, YES

DIRECT: Final = 3
"""Named as anyone (`*`), as the user, or as the very session."""
BY_ROLE: Final = 2
"""Named by the role: the session stays inside its permissions boundary and session policies (ORG-03)."""
BY_ACCOUNT: Final = 1
"""Named by the account, which only delegates: an identity policy must allow as well (POL-25)."""

_ACCOUNT: Final = re.compile(r"\d{12}\Z")
_UNIQUE_ID: Final = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,124}\Z")


class PrincipalSet:
    """A compiled Principal (or NotPrincipal) element.

    Args:
        element: `*`, or principal types with their values.
    """

    __slots__ = ("_accounts", "_arns", "_canonical", "_ids", "_odd", "_roles", "anyone", "element")

    def __init__(self, element: str | dict[str, tuple[str, ...]]) -> None:
        self.element = element
        self.anyone = element == "*"
        self._accounts: set[tuple[str, str]] = set()
        self._arns: set[str] = set()
        self._roles: set[tuple[str, str, str]] = set()
        self._ids: set[str] = set()
        self._odd = False
        self._canonical = False
        if isinstance(element, dict):
            for value in element.get("AWS", ()):
                self._add(value)
            self._canonical = bool(element.get("CanonicalUser"))
            # Federated and Service principals call STS and other services; a signed call of execute-api is
            # always made by a user or a session, so these never match here.

    def _add(self, value: str) -> None:
        if value == "*":
            self.anyone = True
        elif _ACCOUNT.match(value):
            self._accounts.add(("", value))
        elif _UNIQUE_ID.match(value):
            self._ids.add(value)
        else:
            parsed = parse_principal_arn(value)
            if parsed is None or "*" in value or "?" in value or parsed.kind is ArnKind.OTHER:
                self._odd = True
            elif parsed.kind is ArnKind.ROOT:
                self._accounts.add((parsed.partition, parsed.account))
            elif parsed.kind is ArnKind.ROLE:
                self._roles.add((parsed.partition, parsed.account, parsed.name))
                self._arns.add(value)
            elif parsed.kind is not ArnKind.GROUP:  # POL-25: groups cannot be principals
                self._arns.add(value)

    def match(self, caller: Caller) -> tuple[int, int]:
        """Whether the caller is named (no, unknown, yes), and how directly.

        A value that AWS would refuse when the policy is saved, and a signer whom nobody named, are unknown.
        """
        if self.anyone:
            return YES, DIRECT
        if caller.kind is CallerKind.ANONYMOUS:
            return NO, 0
        if caller.principal is None or caller.parsed is None:
            return (UNKNOWN, DIRECT) if self._names_someone() else (NO, 0)
        parsed = caller.parsed
        if caller.arn in self._arns and parsed.kind is not ArnKind.ROLE:
            return YES, DIRECT
        if (parsed.partition, caller.principal.account) in self._accounts and parsed.kind is ArnKind.ROOT:
            return YES, DIRECT
        open_part = self._undecided(caller, parsed)
        if parsed.kind in (ArnKind.SESSION, ArnKind.ROLE) and self._names_role(parsed):
            return YES, BY_ROLE
        if self._names_account(parsed.partition, caller.principal.account):
            return YES, BY_ACCOUNT
        return (UNKNOWN, DIRECT) if open_part else (NO, 0)

    def spares(self, caller: Caller) -> int:
        """Whether the caller is an exception of a Deny with NotPrincipal (POL-25).

        AWS strikes whoever has a permissions boundary, named or not; and where the caller is named without the
        account, or the account beside others of it, it documents only what might happen.
        """
        named, _ = self.match(caller)
        if named == NO or self.anyone:
            return named
        if caller.bounded == YES:
            return NO
        if caller.bounded == UNKNOWN or caller.principal is None or caller.parsed is None:
            return UNKNOWN
        partition, account = caller.parsed.partition, caller.principal.account
        if caller.arn in self._arns or self._names_role(caller.parsed):
            return named if self._names_account(partition, account) else UNKNOWN
        others = (parse_principal_arn(arn) for arn in self._arns)
        is_beside_others = any(other is not None and other.account == account for other in others)
        return UNKNOWN if is_beside_others and caller.parsed.kind is not ArnKind.ROOT else named

    def _names_someone(self) -> bool:
        return bool(self._accounts or self._arns or self._ids or self._odd or self._canonical)

    def _names_role(self, parsed: PrincipalArn) -> bool:
        # A session's ARN carries the role's name without its path; role names are unique in an account.
        return (parsed.partition, parsed.account, parsed.name) in self._roles

    def _names_account(self, partition: str, account: str) -> bool:
        return ("", account) in self._accounts or (partition, account) in self._accounts

    def _undecided(self, caller: Caller, parsed: PrincipalArn) -> bool:
        if self._odd or self._canonical:
            return True
        if self._ids and caller.principal is not None:
            userid = caller.principal.userid
            if not isinstance(userid, str) or userid.partition(":")[0] in self._ids:
                return True
        if parsed.kind is not ArnKind.ROLE:
            return False
        # The caller is given as a role, its session is not known: a named session of it may be the one.
        sessions = (parse_principal_arn(arn) for arn in self._arns)
        return any(
            other is not None
            and other.kind is ArnKind.SESSION
            and (other.partition, other.account, other.name) == (parsed.partition, parsed.account, parsed.name)
            for other in sessions
        )
