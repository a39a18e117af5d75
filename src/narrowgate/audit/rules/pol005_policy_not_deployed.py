"""POL005 policy-not-deployed."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.policy.differences import same_policy
from narrowgate.engine.policy.request import Api
from narrowgate.engine.policy.statements import PolicyKind
from narrowgate.model.fact import UnsetType
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Stages whose export shows another policy than the saved one."""
    for api in estate.apis("PRIVATE"):
        saved = estate.resource_policy(api)
        account, region = estate.snapshot.place(api.id).account, estate.region(api.id)
        if isinstance(api.policy, UnsetType) or account is None or region is None:
            continue
        arn = Api(id=api.id, account=account, region=region).arn
        for (own_id, stage), export in estate.facts.stage_exports.items():
            if own_id != api.id or isinstance(export.policy, UnsetType):
                continue
            deployed = estate.policy(export.policy, PolicyKind.RESOURCE)
            if (saved is None) != (deployed is None) or (
                saved is not None and deployed is not None and not same_policy(saved, deployed, arn)
            ):
                message = f"stage {stage} of {estate.named(api.id)} still runs another policy than the saved one"
                yield Defect(api.id, message, {"policy": api.policy or ""}, subject=stage)


RULE = Rule(
    id="POL005",
    name="policy-not-deployed",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="The policy that a stage of a private API runs differs from the one that is saved.",
    why=(
        "API Gateway evaluates the policy as it was at the last deployment: what was granted since does "
        "not work, and what was revoked since still does."
    ),
    remediation="Deploy the API to the stage again.",
    rules=("POL-03",),
    check=check,
)
