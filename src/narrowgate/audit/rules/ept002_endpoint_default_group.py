"""EPT002 endpoint-default-group."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoints with a group named `default`."""
    for endpoint in estate.execute_api_endpoints:
        for group_id in estate.groups(endpoint):
            group = estate.facts.security_groups.get(group_id)
            if group is not None and group.group_name == "default":
                message = f"{estate.named(endpoint.vpc_endpoint_id)} carries the VPC's default group {group_id}"
                yield Defect(endpoint.vpc_endpoint_id, message, {"Groups": group_id}, (group_id,))


RULE = Rule(
    id="EPT002",
    name="endpoint-default-group",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="An execute-api endpoint carries its VPC's default security group.",
    why=(
        "Without a group of its own an endpoint gets the default one, which admits its own members only: "
        "callers of other VPCs time out, and whoever opens it opens every host that has it."
    ),
    remediation="Give the endpoint a security group of its own that admits TCP 443 from its callers' ranges.",
    rules=("SG-06", "SG-02"),
    check=check,
)
