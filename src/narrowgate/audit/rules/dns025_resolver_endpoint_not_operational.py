"""DNS025 resolver-endpoint-not-operational."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity

_WORKING = ("OPERATIONAL", "UPDATING", "AUTO_RECOVERING")


def check(estate: Estate) -> Iterator[Defect]:
    """Resolver endpoints in a state in which they take or send no questions."""
    for endpoint in estate.facts.resolver_endpoints.values():
        if isinstance(endpoint.status, str) and endpoint.status not in _WORKING:
            message = f"{estate.named(endpoint.id)} is {endpoint.status}"
            yield Defect(endpoint.id, message, {"Status": endpoint.status})


RULE = Rule(
    id="DNS025",
    name="resolver-endpoint-not-operational",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A Resolver endpoint is neither operational nor being updated.",
    why=(
        "Rules that use it, or that forward to it, get no answer: nothing falls back to public DNS or to "
        "local zones."
    ),
    remediation="Wait where it is CREATING; make it anew where it needs action or is going.",
    rules=("IN-02", "OUT-04"),
    check=check,
)
