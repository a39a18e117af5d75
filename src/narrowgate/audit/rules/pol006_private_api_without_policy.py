"""POL006 private-api-without-policy."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.fact import UnsetType
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Private APIs that were listed without a policy."""
    for api in estate.apis("PRIVATE"):
        if not isinstance(api.policy, UnsetType) and not api.policy:
            yield Defect(api.id, f"{estate.named(api.id)} has no resource policy", {"policy": ""})


RULE = Rule(
    id="POL006",
    name="private-api-without-policy",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A private API has no resource policy.",
    why=(
        "A private API without a policy refuses every call: 403 Forbidden, without a log line; deploying "
        "it may fail as well."
    ),
    remediation="Give it a resource policy that admits its endpoint, then deploy it again.",
    rules=("POL-02", "AGW-03"),
    check=check,
)
