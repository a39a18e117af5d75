"""OPS005 no-alarm-on-api-errors."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Private APIs without an alarm on 4XXError or 5XXError with their name."""
    for api in estate.apis("PRIVATE"):
        watched = estate.alarmed("AWS/ApiGateway", ("4XXError", "5XXError"), {api.name, api.id})
        if not watched and estate.is_collected("cloudwatch.describe_alarms", api.id):
            yield Defect(api.id, f"no alarm watches the errors of {estate.named(api.id)}", {"name": api.name})


RULE = Rule(
    id="OPS005",
    name="no-alarm-on-api-errors",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="No alarm watches the errors of a private API.",
    why=(
        "A policy that was deployed wrongly shows as a jump of 4XX, a broken integration as 5XX; nobody is told."
    ),
    remediation="Alarm on the ratio of `4XXError` and on `5XXError` of the stage.",
    rules=("OPS-04", "OBS-02"),
    check=check,
)
