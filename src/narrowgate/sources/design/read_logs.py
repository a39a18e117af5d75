"""What a design wants logged and watched."""

import re

from narrowgate.model.design import Logs
from narrowgate.sources.design.fields import LOGS, RETENTIONS
from narrowgate.sources.design.text import Value

_TOPIC = re.compile(r"arn:aws:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?")


def read_logs(value: Value | None) -> Logs:
    """The `logs` of a design.

    Raises:
        InputError: wrong fields, a retention that CloudWatch Logs does not have, or no topic's ARN.
    """
    if value is None:
        return Logs()
    fields = value.fields(LOGS)
    default = Logs()

    def switch(name: str) -> bool:
        return fields[name].boolean() if name in fields else bool(getattr(default, name))

    retention = default.retention_days
    if "retention_days" in fields:
        retention = fields["retention_days"].integer(min(RETENTIONS), max(RETENTIONS))
        if retention not in RETENTIONS:
            near = min(RETENTIONS, key=lambda each: abs(each - retention))
            fields["retention_days"].fail(f"CloudWatch Logs cannot keep a group for {retention} days", f"`{near}`")
    topic = fields["notify"].text() if "notify" in fields else None
    if topic is not None and not _TOPIC.fullmatch(topic):
        fields["notify"].fail("no SNS topic's ARN", "`arn:aws:sns:us-east-1:111122223333:alarms`")
    return Logs(
        enabled=switch("enabled"),
        retention_days=retention,
        alarms=switch("alarms"),
        notify=topic,
        waf=switch("waf"),
    )
