"""QTA007 resolver-endpoints-near-their-quota."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near_in_account
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Accounts with 4 Resolver endpoints in a Region."""
    found = estate.facts.resolver_endpoints
    yield from near_in_account(estate, found, 4, "Resolver endpoints", "ResolverEndpoints")


RULE = Rule(
    id="QTA007",
    name="resolver-endpoints-near-their-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="An account has all the Resolver endpoints of a Region that it can have.",
    why=(
        "The default is 4 endpoints of an account in a Region, in and out together: it is the first quota "
        "that a design with Resolver meets."
    ),
    remediation="Ask for more, or let one pair serve all VPCs: rules and answers can be shared.",
    rules=("QUOTA-01", "COST-03"),
    check=check,
)
