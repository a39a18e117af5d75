"""API004 no-cloudwatch-role."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """APIs with logs whose account was collected and names no role."""
    for api in estate.apis("PRIVATE"):
        place = estate.snapshot.place(api.id)
        account = estate.facts.api_gateway_accounts.get(f"{place.account}/{place.region}")
        logs = any(
            each.access_log_settings is not None or each.method_settings
            for each in estate.facts.api_stages.get(api.id, ())
        )
        if logs and account is not None and not account.cloudwatch_role_arn:
            yield Defect(
                api.id,
                f"the logs of {estate.named(api.id)} go nowhere: no CloudWatch role",
                {"cloudwatchRoleArn": ""},
            )


RULE = Rule(
    id="API004",
    name="no-cloudwatch-role",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="Stages log, and API Gateway has no CloudWatch role in that account and Region.",
    why="Without the role nothing is written, although the stage says that it logs.",
    remediation="Set the account's CloudWatch role (`aws apigateway update-account`).",
    rules=("OBS-01", "OPS-03"),
    check=check,
)
