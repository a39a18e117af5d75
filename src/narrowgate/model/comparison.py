"""Answers of `compare` and `check` about designs: what each option does, by computation."""

from narrowgate.model.answer import Cause, Missing, Record, Step, Verdict
from narrowgate.model.design import Usage
from narrowgate.model.finding import Finding


class TracedCall(Record, frozen=True, kw_only=True):
    """One call that a design allows, traced on an option's resources."""

    consumer: str
    api: str
    method: str
    path: str
    url: str
    headers: tuple[str, ...] = ()
    verdict: Verdict
    symptom: str | None = None
    passes: tuple[str, ...] = ()
    """The components on its way, by id."""
    decided_by: Cause | None = None
    unknowns: tuple[Missing, ...] = ()
    steps: tuple[Step, ...] = ()
    """The deciding way, hop by hop; `check` tells it, `compare` leaves it out of its many options."""


class ExpectationAnswer(Record, frozen=True, kw_only=True):
    """One expectation: whether it holds (`allowed`), and what decided where it does not."""

    expectation: str
    where: str = ""
    verdict: Verdict
    text: str
    decided_by: Cause | None = None
    unknowns: tuple[Missing, ...] = ()
    steps: tuple[Step, ...] = ()
    """The deciding way, hop by hop, as in `TracedCall`."""


class Exposed(Record, frozen=True, kw_only=True):
    """Something that an option opens which was shut before: a name, a socket, or a method of an API.

    `is_stand_in` marks what the design does not hold and a usual estate does, such as another team's private API.
    """

    kind: str
    what: str
    consumer: str
    because: str
    intended: bool
    is_stand_in: bool = False


class Broken(Record, frozen=True, kw_only=True):
    """Something that worked before and does not with an option."""

    what: str
    who: str
    is_consumer: bool
    symptom: str
    rule: str
    text: str
    is_stand_in: bool = False


class CostLine(Record, frozen=True, kw_only=True):
    """One line of a month's bill: quantity times unit price.

    `formula` is the arithmetic in words; `unit_price` the first tier's, in US dollars for `unit`, None where the
    price is not known. `is_apart` marks logs, alarms, keys and firewall, which the total leaves out. `payer` is an
    account id (COST-09), `parts` the resources by logical id, `seen` the month of the price's evidence.
    """

    item: str
    text: str
    formula: str
    unit_price: float | None
    unit: str
    quantity: float
    amount: float | None
    is_fixed: bool
    is_apart: bool = False
    region: str = ""
    to: str | None = None
    payer: str = ""
    parts: tuple[str, ...] = ()
    rule: str = ""
    confidence: str = ""
    seen: str = ""
    source: str = ""


class MonthlyCost(Record, frozen=True, kw_only=True):
    """A month's bill in US dollars; None where a price is unknown, and `at_least` the sum of what is known."""

    fixed: float | None
    variable: float | None
    total: float | None
    at_least: float = 0.0
    lines: tuple[CostLine, ...] = ()
    unknown_prices: tuple[str, ...] = ()
    logs: float | None = None
    """What logs, alarms, keys and firewall add, which the total leaves out."""
    prices_as_of: str = ""
    confidence: str = ""
    """That of the least certain price."""


class CostAnswer(Record, frozen=True, kw_only=True):
    """The bill of one option of a design; `verdict` is `unknown` where a price is not known.

    `denied` says that the total is over the design's `max_monthly_cost`. `by_account` are the payers with their
    parts, where there are several.
    """

    schema: str = "narrowgate.cost/1"
    verdict: Verdict
    decided_by: Cause | None = None
    blocking: tuple[Cause, ...] = ()
    unknowns: tuple[Missing, ...] = ()
    design: str
    option: str
    cost: MonthlyCost
    usage: Usage
    by_account: tuple[tuple[str, float | None], ...] = ()


class Violation(Record, frozen=True, kw_only=True):
    """A constraint of the design that an option breaks."""

    constraint: str
    text: str


class Trap(Record, frozen=True, kw_only=True):
    """A limit of an option, with its rule."""

    rule: str
    text: str


class OptionAnswer(Record, frozen=True, kw_only=True):
    """One way to connect, judged: `verdict` is `allowed` where every call and expectation holds."""

    option: str
    title: str
    fits: bool
    rule: str | None = None
    text: str = ""
    way_out: str = ""
    verdict: Verdict
    works: Verdict
    """Of the calls of private APIs alone: an option can work and still break something else."""
    decided_by: Cause | None = None
    uses_route53: bool = False
    uses_peering: bool = False
    keeps_default_name: bool = False
    is_name_stable: bool = True
    """Whether the name that clients call outlives the endpoint: one that holds the endpoint's id does not."""
    is_open_at_caller_only: bool = False
    """Whether all that is unknown is the caller's own side: its identity policies, its token, its authorizer."""
    client_change: str | None = None
    calls: tuple[TracedCall, ...] = ()
    expectations: tuple[ExpectationAnswer, ...] = ()
    exposed: tuple[Exposed, ...] = ()
    broken: tuple[Broken, ...] = ()
    cost: MonthlyCost | None = None
    new_resources: int = 0
    resources: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    single_points_of_failure: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    limits: tuple[Trap, ...] = ()
    unknowns: tuple[Missing, ...] = ()

    @property
    def broken_for_consumers(self) -> tuple[Broken, ...]:
        """What consumers lose; other hosts' losses stand beside."""
        return tuple(each for each in self.broken if each.is_consumer)

    def opened(self, kind: str, *, intended: bool | None = None) -> tuple[Exposed, ...]:
        """What is opened of a kind; all of it, or only what was (or was not) meant."""
        return tuple(
            each for each in self.exposed if each.kind == kind and (intended is None or each.intended is intended)
        )


class RankReason(Record, frozen=True, kw_only=True):
    """One reason for the recommendation, its rule, and the options that it rules out or puts behind."""

    text: str
    rule: str | None = None
    beats: tuple[str, ...] = ()


class BreakEven(Record, frozen=True, kw_only=True):
    """Where another option becomes cheaper than the recommended one."""

    option: str
    text: str


class Recommendation(Record, frozen=True, kw_only=True):
    """The option to take, why, and what would change that."""

    option: str
    reasons: tuple[RankReason, ...]
    would_change: tuple[str, ...] = ()
    break_even: tuple[BreakEven, ...] = ()


class Reply(Record, frozen=True, kw_only=True):
    """A question that people ask about such designs, answered from the computed options."""

    question: str
    answer: str
    options: tuple[str, ...] = ()


class CompareAnswer(Record, frozen=True, kw_only=True):
    """Every option side by side, and a recommendation; `verdict` is `allowed` where one option may be taken."""

    schema: str = "narrowgate.compare/1"
    verdict: Verdict
    decided_by: Cause | None = None
    blocking: tuple[Cause, ...] = ()
    unknowns: tuple[Missing, ...] = ()
    design: str
    via: str
    options: tuple[OptionAnswer, ...]
    recommendation: Recommendation | None = None
    replies: tuple[Reply, ...] = ()


class CheckAnswer(Record, frozen=True, kw_only=True):
    """Whether every call and every expectation of a design holds; `findings` are those of the audit rules."""

    schema: str = "narrowgate.check/1"
    verdict: Verdict
    decided_by: Cause | None = None
    blocking: tuple[Cause, ...] = ()
    unknowns: tuple[Missing, ...] = ()
    source: str
    via: str | None = None
    expectations: tuple[ExpectationAnswer, ...] = ()
    violations: tuple[Violation, ...] = ()
    findings: tuple[Finding, ...] = ()
    failing: tuple[str, ...] = ()
    """Fingerprints of the findings that make the check fail."""
    warnings: tuple[str, ...] = ()
