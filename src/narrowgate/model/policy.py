"""What policies decide, as values: the layers, the answer of `authorize`, findings and proofs.

The words are IAM's: `explicit_deny` is a Deny statement (or an authorizer's deny) that matched, `implicit_deny`
is an allow that was needed and is missing. Field names are those of the `narrowgate.authorize/1` answer.
"""

from enum import StrEnum

from narrowgate.model.answer import Record, Verdict


class Layer(StrEnum):
    """Where an allow, a deny or a refusal comes from."""

    ENDPOINT_POLICY = "endpoint_policy"
    DOMAIN_POLICY = "domain_policy"
    RESOURCE_POLICY = "resource_policy"
    IDENTITY_POLICY = "identity_policy"
    SCP = "scp"
    PERMISSIONS_BOUNDARY = "permissions_boundary"
    SESSION_POLICY = "session_policy"
    LAMBDA_AUTHORIZER = "lambda_authorizer"
    COGNITO_AUTHORIZER = "cognito_authorizer"
    SIGNATURE = "signature"
    ROUTING = "routing"
    API_KEY = "api_key"


class Decision(StrEnum):
    """What becomes of the call; `unknown` when open facts could still change it."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicit_deny"
    IMPLICIT_DENY = "implicit_deny"
    UNKNOWN = "unknown"

    @property
    def verdict(self) -> Verdict:
        """The verdict that every verb of narrowgate speaks."""
        if self is Decision.ALLOWED:
            return Verdict.ALLOWED
        return Verdict.UNKNOWN if self is Decision.UNKNOWN else Verdict.DENIED


class Decider(Record, frozen=True, kw_only=True, omit_defaults=True):
    """One statement or layer that decided, or that left the answer open.

    `index` counts statements from 0 inside their document; `policy` is the document's place in a layer of which
    several were given (identity policies, service control policies), and stands only there.
    """

    layer: Layer
    statement: str | None
    index: int | None
    reason: str
    policy: int | None = None


class ConditionResult(Record, frozen=True, kw_only=True):
    """One condition of one statement: what it asked for, what it found, and what came of it."""

    operator: str
    key: str
    wanted: tuple[str, ...]
    found: tuple[str, ...] | None
    """The values; null when there are none, see `state`."""
    state: str
    """`given`, `absent` or `unknown`."""
    holds: str
    """`yes`, `no` or `unknown`."""
    reason: str = ""
    """The key, operator or value that leaves it open, or why an absent key counts as it does."""
    rule: str | None = None


class StatementResult(Record, frozen=True, kw_only=True):
    """One statement as it was looked at; `applies` and what it is made of are `yes`, `no` or `unknown`."""

    layer: Layer
    statement: str | None
    index: int
    effect: str
    applies: str
    principal: str | None
    """Null in policies that have no principal."""
    action: str
    resource: str
    conditions: tuple[ConditionResult, ...] = ()
    policy: int | None = None


class HttpRefusal(Record, frozen=True, kw_only=True):
    """What the client sees when API Gateway refuses; `body` is null where it would name a caller nobody told."""

    status: int
    error_type: str
    body: str | None
    rule: str


class Note(Record, frozen=True, kw_only=True):
    """An assumption that the answer rests on, or a fact that the reader would otherwise miss."""

    code: str
    text: str
    rule: str | None = None


class AuthorizeAnswer(Record, frozen=True, kw_only=True):
    """Whether policies and authorizers let one call through, and everything that was looked at."""

    schema: str = "narrowgate.authorize/1"
    decision: Decision
    verdict: Verdict
    decided_by: tuple[Decider, ...]
    blocking: tuple[Decider, ...]
    """Every certain cause of refusal, in every step, not only the first that refuses."""
    unknowns: tuple[Decider, ...]
    """Every open part, also one that cannot change a refusal; empty where the call is allowed."""
    possible: tuple[Decision, ...]
    """Every decision that the open parts could still lead to."""
    statements: tuple[StatementResult, ...]
    http: HttpRefusal | None
    authorizer_invoked: bool | None
    resource: str
    """The method ARN that the policies were asked about."""
    notes: tuple[Note, ...] = ()


class Severity(StrEnum):
    """How bad a finding about a policy is, in the words of IAM Access Analyzer's policy checks."""

    ERROR = "error"
    SECURITY_WARNING = "security_warning"
    WARNING = "warning"
    SUGGESTION = "suggestion"


class PolicyFinding(Record, frozen=True, kw_only=True):
    """One remark about a policy document; `pointer` is a JSON pointer into it (RFC 6901)."""

    severity: Severity
    code: str
    message: str
    pointer: str
    rule: str | None = None


class ProofOutcome(StrEnum):
    """What became of a proof."""

    HOLDS = "holds"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


class CounterexampleRequest(Record, frozen=True, kw_only=True):
    """A request that one side admits and the other does not, confirmed by evaluating both."""

    caller: str | None
    """ARN of the signer; null for an anonymous call."""
    action: str
    resource: str
    context: dict[str, str]
    absent: tuple[str, ...]
    """Keys that the policies ask for and that this request does not have."""


class Proof(Record, frozen=True, kw_only=True):
    """Whether every request that one policy set admits is admitted by another."""

    outcome: ProofOutcome
    counterexample: CounterexampleRequest | None = None
    reason: str = ""
    """For `unknown`: the construct that is outside, or the budget that ran out."""
    notes: tuple[Note, ...] = ()
