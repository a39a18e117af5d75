"""EPT009 endpoint-not-available."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoints whose state is known and neither available nor gone for good."""
    for endpoint in estate.execute_api_endpoints:
        state = endpoint.state.lower() if isinstance(endpoint.state, str) else "available"
        if state not in ("available", "deleted"):
            message = f"{estate.named(endpoint.vpc_endpoint_id)} is {state}"
            yield Defect(endpoint.vpc_endpoint_id, message, {"State": state})


RULE = Rule(
    id="EPT009",
    name="endpoint-not-available",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="An execute-api endpoint is in a state other than available.",
    why=(
        "Only an available endpoint serves; while it is pending, failed or being deleted every call times "
        "out or the name is gone."
    ),
    remediation="Look at why it is in that state; make it again where it failed.",
    rules=("VPCE-04",),
    check=check,
)
