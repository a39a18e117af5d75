"""POL006 private-api-without-policy."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.fact import UnsetType
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Private APIs that were listed without a policy: AWS leaves the field out then (POL-02)."""
    for api in estate.apis("PRIVATE"):
        untold = estate.snapshot.untold_field("RestApi.policy", api.id)
        has_none = isinstance(api.policy, UnsetType) or not api.policy
        # Without a stage nobody can call it anyway.
        if has_none and untold is None and estate.facts.api_stages.get(api.id):
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
