"""DNS031 resolver-endpoint-with-one-address."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Resolver endpoints of which one address is known, where all were collected."""
    for own_id in sorted(estate.facts.resolver_endpoints):
        addresses = estate.facts.resolver_endpoint_ips.get(own_id)
        if addresses is not None and len(addresses) == 1:
            message = f"{estate.named(own_id)} has 1 address"
            yield Defect(own_id, message, {"IpAddressCount": 1})


RULE = Rule(
    id="DNS031",
    name="resolver-endpoint-with-one-address",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A Resolver endpoint has one address.",
    why="AWS asks for two at least: in a plan or template the deployment fails.",
    remediation="Give it an address in a second Availability Zone.",
    rules=("IN-02",),
    check=check,
)
