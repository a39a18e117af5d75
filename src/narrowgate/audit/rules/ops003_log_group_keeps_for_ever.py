"""OPS003 log-group-keeps-for-ever."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Log groups that the estate writes to, without `retentionInDays`."""
    for group in estate.log_groups():
        if group.retention_in_days is None:
            yield Defect(group.arn, f"{group.log_group_name} has no retention", {"retentionInDays": ""})


RULE = Rule(
    id="OPS003",
    name="log-group-keeps-for-ever",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A log group of an API, a flow log or a query log has no retention.",
    why="It keeps everything for ever, and costs grow for ever.",
    remediation="Set a retention (`aws logs put-retention-policy`).",
    rules=("OPS-03", "OPS-05"),
    check=check,
)
