"""QTA008 resolver-endpoint-near-its-address-quota."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Resolver endpoints with 6 addresses."""
    for own_id, addresses in sorted(estate.facts.resolver_endpoint_ips.items()):
        yield from near(estate, own_id, len(addresses), 6, "addresses", "IpAddresses")


RULE = Rule(
    id="QTA008",
    name="resolver-endpoint-near-its-address-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A Resolver endpoint has all the addresses that it can have.",
    why=(
        "The default is 6 addresses of an endpoint. Each answers up to 10,000 questions a second, and about "
        "1,500 where its group's rules are tracked: more cannot be added for the next peak."
    ),
    remediation=(
        "Ask for more, widen the group so that connections are not tracked, or answer names without "
        "Resolver endpoints (a hosted zone, a Profile)."
    ),
    rules=("QUOTA-01", "IN-02", "IN-07"),
    check=check,
)
