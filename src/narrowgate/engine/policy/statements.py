"""Compiled statements and policies, and which effects a policy has on one call.

A policy's effect is not one value but the set of those that are still possible: an undecided Deny leaves
`DENY` open, an undecided Allow leaves both its allow and silence open. Sets are bit masks.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from narrowgate.engine.policy.callers import Caller
from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.context import Context
from narrowgate.engine.policy.kleene import NO, UNKNOWN, WORDS, YES
from narrowgate.engine.policy.principals import BY_ACCOUNT, BY_ROLE, DIRECT, PrincipalSet
from narrowgate.engine.policy.resources import ActionSet, ResourceSet
from narrowgate.model.policy import Decider, Layer, StatementResult

ALLOW: Final = 1
"""An allow that stands by itself."""
ALLOW_ROLE: Final = 2
"""An allow that names the caller's role (ORG-03)."""
ALLOW_ACCOUNT: Final = 4
"""An allow that names the caller's account (POL-25)."""
SILENT: Final = 8
DENY: Final = 16
ANY_ALLOW: Final = ALLOW | ALLOW_ROLE | ALLOW_ACCOUNT
UNREAD: Final = ALLOW | SILENT | DENY
"""The effects of a policy that exists and that nobody read."""

MATCHED: Final = "statement_matched"

_ALLOW_BITS: Final = {DIRECT: ALLOW, BY_ROLE: ALLOW_ROLE, BY_ACCOUNT: ALLOW_ACCOUNT}


class PolicyKind(StrEnum):
    """What a document is attached to, which decides on its elements and on the short form of resources."""

    RESOURCE = "resource"
    ENDPOINT = "endpoint"
    DOMAIN = "domain"
    IDENTITY = "identity"
    SCP = "scp"
    PERMISSIONS_BOUNDARY = "permissions_boundary"
    SESSION = "session"

    @property
    def layer(self) -> Layer:
        """The layer that answers name."""
        return _LAYERS[self]

    @property
    def has_principal(self) -> bool:
        """Whether its statements must name principals; the others must not."""
        return self in (PolicyKind.RESOURCE, PolicyKind.ENDPOINT, PolicyKind.DOMAIN)

    @property
    def has_short_form(self) -> bool:
        """Whether `execute-api:/…` is expanded: in policies that API Gateway holds (POL-16)."""
        return self in (PolicyKind.RESOURCE, PolicyKind.DOMAIN)


_LAYERS: Final = {
    PolicyKind.RESOURCE: Layer.RESOURCE_POLICY,
    PolicyKind.ENDPOINT: Layer.ENDPOINT_POLICY,
    PolicyKind.DOMAIN: Layer.DOMAIN_POLICY,
    PolicyKind.IDENTITY: Layer.IDENTITY_POLICY,
    PolicyKind.SCP: Layer.SCP,
    PolicyKind.PERMISSIONS_BOUNDARY: Layer.PERMISSIONS_BOUNDARY,
    PolicyKind.SESSION: Layer.SESSION_POLICY,
}


class Statement:
    """One compiled statement."""

    __slots__ = (
        "actions",
        "conditions",
        "decider",
        "index",
        "is_deny",
        "not_principal",
        "principals",
        "resources",
        "sid",
    )

    def __init__(
        self,
        *,
        index: int,
        sid: str | None,
        is_deny: bool,
        principals: PrincipalSet | None,
        not_principal: bool,
        matchers: tuple[ActionSet, ResourceSet, tuple[Condition, ...]],
        layer: Layer,
    ) -> None:
        self.decider = Decider(layer=layer, statement=sid, index=index, reason=MATCHED)
        """How answers name the statement where it is the one document of its layer."""
        self.index = index
        self.sid = sid
        self.is_deny = is_deny
        self.principals = principals
        self.not_principal = not_principal
        self.actions, self.resources, self.conditions = matchers

    @property
    def effect(self) -> str:
        """`Allow` or `Deny`."""
        return "Deny" if self.is_deny else "Allow"

    def applies(self, context: Context) -> int:
        """Whether the statement speaks about this call: no, unknown or yes."""
        result = self.actions.applies(context)
        if result == NO:
            return NO
        # Cheapest first: of the four parts, any NO settles the statement.
        principals = self.principals
        if principals is not None and (self.not_principal or not principals.anyone):
            result = min(result, self.names(context.caller))
            if result == NO:
                return NO
        outcome = self.resources.applies(context)
        if outcome < result:
            if outcome == NO:
                return NO
            result = outcome
        for condition in self.conditions:
            outcome = condition.holds(context)
            if outcome < result:
                if outcome == NO:
                    return NO
                result = outcome
        return result

    def names(self, caller: Caller) -> int:
        """Whether Principal, or NotPrincipal, lets the statement speak about a caller."""
        if self.principals is None:
            return YES
        if not self.not_principal:
            return self.principals.match(caller)[0]
        return 2 - (self.principals.spares(caller) if self.is_deny else self.principals.match(caller)[0])

    def allow_bit(self, context: Context) -> int:
        """How directly an Allow names the caller, as an effect."""
        if self.principals is None or self.not_principal or self.principals.anyone:
            return ALLOW
        return _ALLOW_BITS[self.principals.match(context.caller)[1] or DIRECT]

    def explain(self, context: Context, layer: Layer, policy: int | None) -> StatementResult:
        """Everything that was compared, whether or not an earlier part already settled the statement."""
        return StatementResult(
            layer=layer,
            policy=policy,
            statement=self.sid,
            index=self.index,
            effect=self.effect,
            applies=WORDS[self.applies(context)],
            principal=None if self.principals is None else WORDS[self.names(context.caller)],
            action=WORDS[self.actions.applies(context)],
            resource=WORDS[self.resources.applies(context)],
            conditions=tuple(condition.explain(context) for condition in self.conditions),
        )

    def open_reasons(self, context: Context) -> tuple[str, ...]:
        """The keys, operators and other facts that leave the statement undecided."""
        reasons: list[str] = []
        if self.names(context.caller) == UNKNOWN:
            reasons.append("principal")
        if self.resources.applies(context) == UNKNOWN:
            reasons.append(self.resources.open_variable(context))
        for condition in self.conditions:
            if condition.holds(context) == UNKNOWN:
                reason = condition.open_reason(context)
                if reason not in reasons:
                    reasons.append(reason)
        return tuple(reasons)


class Effects:
    """What one policy does to one call: the possible effects, and the statements behind them."""

    __slots__ = ("allows", "denies", "mask", "undecided")

    def __init__(
        self,
        mask: int,
        denies: Sequence[Statement] = (),
        allows: Sequence[Statement] = (),
        undecided: Sequence[Statement] = (),
    ) -> None:
        self.mask = mask
        self.denies = denies
        self.allows = allows
        self.undecided = undecided


class Policy:
    """A compiled policy document: immutable, made once by `document.compile_policy`, evaluated often."""

    __slots__ = ("document", "id", "is_full_access", "kind", "statements", "version")

    def __init__(
        self,
        *,
        kind: PolicyKind,
        version: str | None,
        id: str | None,
        statements: tuple[Statement, ...],
        document: Any,
    ) -> None:
        self.kind = kind
        self.version = version
        self.id = id
        self.statements = statements
        self.document = document
        self.is_full_access = kind is PolicyKind.ENDPOINT and _is_full_access(statements)
        """Whether this is AWS's default endpoint policy, full access (VPE-01): not a custom policy."""

    def __repr__(self) -> str:
        return f"Policy({self.kind.value}, {len(self.statements)} statements)"

    def evaluate(self, context: Context) -> Effects:
        """The possible effects on one call; the order of statements is irrelevant (POL-05)."""
        denies: list[Statement] = []
        allows: list[Statement] = []
        undecided: list[Statement] = []
        for statement in self.statements:
            applies = statement.applies(context)
            if applies == YES:
                (denies if statement.is_deny else allows).append(statement)
            elif applies == UNKNOWN:
                undecided.append(statement)
        mask = DENY if denies else _allow_mask(allows, undecided, context)
        return Effects(mask, denies, allows, undecided)


def _allow_mask(allows: list[Statement], undecided: list[Statement], context: Context) -> int:
    """Possible effects where no Deny matches for certain: the strongest allow wins, an open one may win."""
    best = SILENT
    for statement in allows:
        best = min(best, statement.allow_bit(context))
    mask = best
    for statement in undecided:
        if statement.is_deny:
            mask |= DENY
        else:
            bit = statement.allow_bit(context)
            if bit < best:
                mask |= bit
    return mask


def _is_full_access(statements: tuple[Statement, ...]) -> bool:
    if len(statements) != 1:
        return False
    only = statements[0]
    return (
        not only.is_deny
        and not only.conditions
        and only.principals is not None
        and only.principals.anyone
        and not only.not_principal
        and not only.actions.negated
        and not only.resources.negated
        and "*" in only.actions.values
        and any(pattern.text == "*" for pattern in only.resources.patterns)
    )
