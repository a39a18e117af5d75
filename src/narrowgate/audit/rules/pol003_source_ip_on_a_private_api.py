"""POL003 source-ip-on-a-private-api."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Conditions on the key that private calls never have."""
    for api in estate.apis("PRIVATE"):
        policy = estate.resource_policy(api)
        for statement in policy.statements if policy is not None else ():
            if any(condition.lowered == "aws:sourceip" for condition in statement.conditions):
                where = f"statement {statement.sid or statement.index}"
                message = f"{estate.named(api.id)}, {where}: `aws:SourceIp` is never there on a private call"
                yield Defect(api.id, message, {"policy": "aws:SourceIp"}, subject=str(statement.index))


RULE = Rule(
    id="POL003",
    name="source-ip-on-a-private-api",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A resource policy of a private API has a condition on `aws:SourceIp`.",
    why=(
        "A call through an interface endpoint carries no `aws:SourceIp`: an Allow with it never applies, "
        "a Deny with `NotIpAddress` always does."
    ),
    remediation=(
        "Ask for `aws:VpcSourceIp`, the address that reaches the endpoint, together with `aws:SourceVpce`."
    ),
    rules=("KEY-04", "VPCE-06"),
    check=check,
)
