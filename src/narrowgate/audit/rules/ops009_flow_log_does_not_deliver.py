"""OPS009 flow-log-does-not-deliver."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Flow logs whose delivery failed."""
    for own_id, log in estate.facts.flow_logs.items():
        if log.deliver_logs_status == "FAILED":
            yield Defect(
                own_id, f"{own_id} of {log.resource_id} delivers nothing", {"DeliverLogsStatus": "FAILED"}
            )


RULE = Rule(
    id="OPS009",
    name="flow-log-does-not-deliver",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="A flow log cannot deliver its records.",
    why="It looks switched on and records nothing.",
    remediation="Look at `DeliverLogsErrorMessage`: mostly a role or a bucket policy.",
    rules=("OPS-01", "OPS-05"),
    check=check,
)
