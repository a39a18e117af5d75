"""EPT006 endpoint-policy-full-access."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoints whose policy has a statement that allows everything to everybody without a condition."""
    for endpoint in estate.execute_api_endpoints:
        policy = estate.endpoint_policy(endpoint)
        if policy is None:
            continue
        for statement in policy.document["Statement"] if isinstance(policy.document["Statement"], list) else ():
            if (
                statement.get("Effect") == "Allow"
                and statement.get("Resource") in ("*", ["*"])
                and statement.get("Action") in ("*", ["*"], "execute-api:*", "execute-api:Invoke")
                and not statement.get("Condition")
                and statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
            ):
                message = f"{estate.named(endpoint.vpc_endpoint_id)} lets everybody call every private API"
                yield Defect(endpoint.vpc_endpoint_id, message, {"PolicyDocument": statement})
                break


RULE = Rule(
    id="EPT006",
    name="endpoint-policy-full-access",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="An execute-api endpoint has AWS's default policy: every action on every API, for everybody.",
    why=(
        "The endpoint is a door to every private API of the Region whose own policy lets it in, those of "
        "other accounts included; data can leave through it to an API of a stranger."
    ),
    remediation="Write an endpoint policy that names the APIs, stages and methods that its VPC may call.",
    rules=("VPE-01", "VPE-02", "AGW-14"),
    check=check,
)
