"""API008 stage-without-web-acl."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Stages that name no web ACL."""
    for api in estate.apis("PRIVATE"):
        for stage in estate.facts.api_stages.get(api.id, ()):
            if not stage.web_acl_arn:
                message = f"stage {stage.stage_name} of {estate.named(api.id)} has no web ACL"
                yield Defect(api.id, message, {"webAclArn": ""}, subject=stage.stage_name)


RULE = Rule(
    id="API008",
    name="stage-without-web-acl",
    severity=Severity.INFO,
    confidence=Confidence.LOW,
    what="A stage of a private API has no web ACL.",
    why=(
        "A web ACL can limit rates and refuse known attacks before policies are asked; many private APIs "
        "do without."
    ),
    remediation="Associate a Regional web ACL with the stage where callers are not all trusted.",
    rules=("OPS-07", "OBS-05"),
    check=check,
)
