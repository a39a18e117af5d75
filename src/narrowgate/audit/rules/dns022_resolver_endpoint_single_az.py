"""DNS022 resolver-endpoint-single-az."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Resolver endpoints whose known addresses share a zone."""
    for endpoint_id, addresses in estate.facts.resolver_endpoint_ips.items():
        zones = estate.zones(tuple(each.subnet_id for each in addresses if each.subnet_id))
        if endpoint_id in estate.facts.resolver_endpoints and len(zones) == 1:
            message = f"{estate.named(endpoint_id)} stands in {next(iter(zones))} only"
            yield Defect(endpoint_id, message, {"IpAddressCount": len(addresses)})


RULE = Rule(
    id="DNS022",
    name="resolver-endpoint-single-az",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="The addresses of a Resolver endpoint lie in one Availability Zone.",
    why="When that zone fails, every name that is forwarded fails with it.",
    remediation="Move one address to a subnet in another Availability Zone.",
    rules=("IN-02", "OUT-01"),
    check=check,
)
