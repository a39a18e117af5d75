"""API011 access-log-without-the-caller."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity

_WANTED = (
    ("$context.identity.vpceId", "the endpoint"),
    ("$context.identity.sourceIp", "the caller's address"),
    ("$context.status", "the status"),
    ("$context.error.", "the error"),
)


def check(estate: Estate) -> Iterator[Defect]:
    """Stages of private APIs whose access log leaves out what tells why a call was refused."""
    for api in estate.apis("PRIVATE"):
        for stage in estate.facts.api_stages.get(api.id, ()):
            written = stage.access_log_settings.format if stage.access_log_settings else None
            if not written or "$context" not in written:
                continue
            lost = [words for variable, words in _WANTED if variable not in written]
            if "requestId" not in written and "extendedRequestId" not in written:
                lost.insert(0, "the request id, without which API Gateway takes no format")
            if lost:
                message = (
                    f"the access log of stage {stage.stage_name} of {estate.named(api.id)} lacks {', '.join(lost)}"
                )
                yield Defect(
                    api.id, message, {"accessLogSettings.format": written[:200]}, subject=stage.stage_name
                )


RULE = Rule(
    id="API011",
    name="access-log-without-the-caller",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what=(
        "The access log of a private API's stage leaves out the endpoint, the caller's address, the status "
        "or the error."
    ),
    why=(
        "These tell a refused call's cause: which endpoint it came by, from where, and which of the "
        "gateway's answers it got."
    ),
    remediation=(
        "Add `$context.identity.vpceId`, `$context.identity.sourceIp`, `$context.status`, "
        "`$context.error.responseType` and `$context.requestId` to the format."
    ),
    rules=("OBS-02", "OPS-03"),
    check=check,
)
