"""EPT012 endpoint-group-admits-more-than-https."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.network.flow import TCP
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Groups of endpoints with a permission for more than one port, or for another one."""
    for endpoint in estate.execute_api_endpoints:
        for group_id in estate.groups(endpoint):
            wide = [
                each for each in estate.admissions(group_id) if (each.protocol, each.ports) != (TCP, (443, 443))
            ]
            if wide:
                ports = wide[0].ports
                shown = f"ports {ports[0]}-{ports[1]}" if ports else "every port"
                message = f"{estate.named(group_id)} admits {shown} from {wide[0].block}"
                yield Defect(group_id, message, {"IpPermissions": shown}, (endpoint.vpc_endpoint_id,))


RULE = Rule(
    id="EPT012",
    name="endpoint-group-admits-more-than-https",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="The group of an execute-api endpoint admits other ports than TCP 443.",
    why=(
        "The endpoint listens on 443 only; a wider rule tells readers of something that is not there, and "
        "opens whatever else carries the group."
    ),
    remediation="Admit TCP 443 alone.",
    rules=("SG-06",),
    check=check,
)
