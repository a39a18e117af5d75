"""OPS008 alarm-tells-nobody."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Alarms in the namespaces that matter here."""
    spaces = ("AWS/ApiGateway", "AWS/PrivateLinkEndpoints", "AWS/Route53Resolver", "AWS/TransitGateway")
    for own_id, alarm in estate.facts.metric_alarms.items():
        if alarm.namespace in spaces and (not alarm.alarm_actions or not alarm.actions_enabled):
            yield Defect(own_id, f"{alarm.alarm_name} tells nobody", {"AlarmActions": list(alarm.alarm_actions)})


RULE = Rule(
    id="OPS008",
    name="alarm-tells-nobody",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="An alarm of an API, an endpoint or Resolver has no action, or its actions are off.",
    why="It changes its colour, and nobody sees it.",
    remediation="Give it an action, such as an SNS topic.",
    rules=("OPS-04",),
    check=check,
)
