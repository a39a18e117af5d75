"""DNS016 dns-hostnames-off."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.dns.vpc_lists import zones_by_vpc
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """VPCs with the attribute off that a zone is associated with, or that hold an endpoint with private DNS."""
    zones = zones_by_vpc(estate.snapshot)
    private = {each.vpc_id for each in estate.facts.vpc_endpoints.values() if each.private_dns_enabled is True}
    for vpc_id, attributes in estate.facts.vpc_attributes.items():
        if attributes.get("enable_dns_hostnames") is False and (vpc_id in private or zones.get(vpc_id)):
            message = f"{estate.named(vpc_id)} has private names and `enableDnsHostnames` off"
            yield Defect(vpc_id, message, {"enableDnsHostnames": False}, zones.get(vpc_id, ()))


RULE = Rule(
    id="DNS016",
    name="dns-hostnames-off",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A VPC that relies on private zones or on private DNS of an endpoint has `enableDnsHostnames` off.",
    why=(
        "Private hosted zones and private DNS need both DNS attributes of the VPC: without them the names "
        "resolve publicly or not at all."
    ),
    remediation="Turn `enableDnsHostnames` on.",
    rules=("DNS-05", "PHZ-01"),
    check=check,
)
