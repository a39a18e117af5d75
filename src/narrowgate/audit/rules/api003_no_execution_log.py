"""API003 no-execution-log."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Stages whose settings for all methods name no level, or OFF."""
    for api in estate.apis("PRIVATE"):
        for stage in estate.facts.api_stages.get(api.id, ()):
            levels = {each.logging_level for each in stage.method_settings.values()}
            if not levels & {"ERROR", "INFO"}:
                message = f"stage {stage.stage_name} of {estate.named(api.id)} logs no errors"
                yield Defect(api.id, message, {"methodSettings": "OFF"}, subject=stage.stage_name)


RULE = Rule(
    id="API003",
    name="no-execution-log",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A stage of a private API has execution logs off.",
    why="Why an authorizer, a mapping or an integration failed can be seen there only.",
    remediation="Set the logging level of `*/*` to ERROR; the account needs a CloudWatch role in the Region.",
    rules=("OBS-01", "OPS-03"),
    check=check,
)
