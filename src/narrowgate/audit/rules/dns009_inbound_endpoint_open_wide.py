"""DNS009 inbound-endpoint-open-wide."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import endpoints, groups_of
from narrowgate.engine.network.flow import TCP, UDP
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Ranges of more than 16 addresses on port 53 of an inbound endpoint."""
    for endpoint in endpoints(estate, "INBOUND"):
        for group_id in groups_of(endpoint):
            wide = sorted(
                {
                    str(each.block)
                    for each in estate.admissions(group_id)
                    if (each.admits(UDP, 53) or each.admits(TCP, 53)) and each.block.last - each.block.first >= 16
                }
            )
            if wide:
                shown = ", ".join(wide)
                message = f"{group_id} lets {shown} ask {estate.named(endpoint.id)} any name of its VPC"
                yield Defect(endpoint.id, message, {"SecurityGroupIds": group_id}, (group_id,), subject=group_id)


RULE = Rule(
    id="DNS009",
    name="inbound-endpoint-open-wide",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what=(
        "The group of an inbound Resolver endpoint admits more addresses than those of the outbound "
        "endpoints and servers that forward to it."
    ),
    why=(
        "An inbound endpoint answers for its VPC's whole view - every private zone, every endpoint name - "
        "to whoever its group admits: by name it filters nothing."
    ),
    remediation=(
        "Admit the forwarding endpoints' addresses only (/32 each); filter names with DNS Firewall on the "
        "endpoint's VPC."
    ),
    rules=("IN-05", "IN-06", "IN-03"),
    check=check,
)
