"""EPT017 dual-stack-endpoint-without-ipv6-rule."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.network.flow import TCP
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoints with IPv6 whose groups admit TCP 443 from IPv4 ranges and from no IPv6 range."""
    for endpoint in estate.execute_api_endpoints:
        if endpoint.ip_address_type not in ("dualstack", "ipv6"):
            continue
        groups = estate.groups(endpoint)
        families = {
            each.block.family for group in groups for each in estate.admissions(group) if each.admits(TCP, 443)
        }
        if families == {4} and not any(estate.has_references(group) for group in groups):
            own = endpoint.vpc_endpoint_id
            message = f"{estate.named(own)} has IPv6 addresses, and its groups admit TCP 443 over IPv4 only"
            yield Defect(own, message, {"IpAddressType": endpoint.ip_address_type}, groups)


RULE = Rule(
    id="EPT017",
    name="dual-stack-endpoint-without-ipv6-rule",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what=("An execute-api endpoint has IPv6 addresses, and no rule of its groups admits TCP 443 over IPv6."),
    why=(
        "Its names then have AAAA records: hosts with IPv6 try those first and wait, and some clients never "
        "try the other."
    ),
    remediation="Admit the clients' IPv6 ranges, or make the endpoint IPv4 only.",
    rules=("IP6-01", "IP6-02"),
    check=check,
)
