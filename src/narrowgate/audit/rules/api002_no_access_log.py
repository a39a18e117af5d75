"""API002 no-access-log."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Stages without a destination for access logs."""
    for api in estate.apis("PRIVATE"):
        for stage in estate.facts.api_stages.get(api.id, ()):
            settings = stage.access_log_settings
            if settings is None or not settings.destination_arn:
                message = f"stage {stage.stage_name} of {estate.named(api.id)} has no access log"
                yield Defect(api.id, message, {"accessLogSettings": ""}, subject=stage.stage_name)


RULE = Rule(
    id="API002",
    name="no-access-log",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="A stage of a private API writes no access log.",
    why=(
        "Who called, from which endpoint and address, and what was answered stands nowhere; refused calls "
        "leave no other trace."
    ),
    remediation=(
        "Set an access log with requestId, the endpoint's id, the source address, status and error fields."
    ),
    rules=("OPS-03", "OBS-01"),
    check=check,
)
