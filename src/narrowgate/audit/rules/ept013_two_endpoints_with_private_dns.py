"""EPT013 two-endpoints-with-private-dns."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Interface endpoints beside an earlier one of the same service, VPC and setting."""
    seen: dict[tuple[str, str], str] = {}
    for own, endpoint in sorted(estate.facts.vpc_endpoints.items()):
        if endpoint.private_dns_enabled is not True or not isinstance(endpoint.service_name, str):
            continue
        first = seen.setdefault((endpoint.vpc_id, endpoint.service_name), own)
        if first != own:
            message = (
                f"{estate.named(own)} and {estate.named(first)} both have private DNS for {endpoint.service_name}"
            )
            yield Defect(own, message, {"PrivateDnsEnabled": True}, (first, endpoint.vpc_id))


RULE = Rule(
    id="EPT013",
    name="two-endpoints-with-private-dns",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A VPC has two endpoints of one service with private DNS on.",
    why="Both claim the same name; AWS refuses the second. In a plan or template the deployment fails.",
    remediation="Turn private DNS off for one of them, or remove it.",
    rules=("VPCE-13", "VPCE-DNS-07"),
    check=check,
)
