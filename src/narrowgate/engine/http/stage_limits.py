"""What a stage sets around the policies: a web ACL before them, limits after them (AGW-03, OBS-05, OBS-07)."""

from narrowgate.engine.http.deployment import Outcome
from narrowgate.model.answer import Leg, Missing, Step, Verdict
from narrowgate.model.apigateway import MethodSetting, Stage
from narrowgate.model.reason import Reason


def behind_web_acl(found: Outcome) -> Outcome | None:
    """An open step where the stage that was found has a web ACL: its rules are not evaluated. None without one.

    Args:
        found: the stage, as `find_stage` tells it.
    """
    acl = found.stage.web_acl_arn if found.stage is not None else None
    if found.target is None or not acl:
        return None
    missing = Missing(fact="what the web ACL makes of the request", resource=acl, why="its rules are not modelled")
    step = Step(
        layer="web_acl",
        component=acl,
        verdict=Verdict.UNKNOWN,
        text=f"web ACL {acl} is asked before every policy, and may refuse with 403",
        rule="OBS-05",
        unknowns=(missing,),
    )
    return Outcome(step=step, target=found.target, stage=found.stage)


def over_limit(found: Outcome, verb: str) -> Step | None:
    """A refusal where the stage lets no call of the method through (ERR-16). None for other limits.

    That is a burst of 0, or a rate of 0 without a burst: whoever has both may spend the burst once.

    Args:
        found: the deployed method, as `find_method` tells it.
        verb: the method that is called.
    """
    stage, method = found.stage, found.method
    if stage is None or method is None or found.target is None:
        return None
    setting = _setting(stage, method.resource_path, verb)
    if setting is None or not _is_shut(setting):
        return None
    return Step(
        layer="http",
        component=found.target.api_id,
        verdict=Verdict.DENIED,
        text=f"stage `{stage.stage_name}` limits {verb} `{method.resource_path}` to no request at all",
        leg=Leg.FORWARD,
        reason=Reason.THROTTLED,
        rule="ERR-16",
    )


def _is_shut(setting: MethodSetting) -> bool:
    burst = setting.throttling_burst_limit
    return burst == 0 or (burst is None and setting.throttling_rate_limit == 0)


def _setting(stage: Stage, path: str, verb: str) -> MethodSetting | None:
    """The method's own limits where it has any, else the stage's; keys write `/` as `~1`."""
    own = stage.method_settings.get(f"{path.replace('/', '~1')}/{verb}")
    own = own or stage.method_settings.get(f"{path.strip('/')}/{verb}")
    if own is not None and (own.throttling_burst_limit, own.throttling_rate_limit) != (None, None):
        return own
    return stage.method_settings.get("*/*")
