"""EPT004 endpoint-group-open."""

from collections.abc import Iterator

from narrowgate.audit.estate import ANYWHERE, Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.network.flow import TCP
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoints one of whose groups admits 443 from anywhere."""
    for endpoint in estate.execute_api_endpoints:
        for group_id in estate.groups(endpoint):
            wide = [
                each.block
                for each in estate.admissions(group_id)
                if each.block in ANYWHERE and each.admits(TCP, 443)
            ]
            if wide:
                shown = ", ".join(str(each) for each in wide)
                message = f"{group_id} admits {shown} to {estate.named(endpoint.vpc_endpoint_id)}"
                yield Defect(group_id, message, {"IpPermissions": shown}, (endpoint.vpc_endpoint_id,))


RULE = Rule(
    id="EPT004",
    name="endpoint-group-open",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="The security group of an execute-api endpoint admits TCP 443 from every address.",
    why=(
        "Every network that has a route to the endpoint reaches it: peers, transit gateways, VPN and "
        "Direct Connect, also those that are joined later. Only policies are left between them and every "
        "private API."
    ),
    remediation="Admit the callers' ranges or a prefix list of them, not 0.0.0.0/0.",
    rules=("SG-06", "VPCE-03"),
    check=check,
)
