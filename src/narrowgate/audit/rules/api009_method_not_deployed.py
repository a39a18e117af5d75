"""API009 method-not-deployed."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.fact import UnsetType
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Methods that are saved and that a stage's export does not show."""
    for api in estate.apis("PRIVATE"):
        saved = {
            (each.path, verb)
            for each in estate.facts.api_resources.get(api.id, ())
            if each.path is not None and not isinstance(each.resource_methods, UnsetType)
            for verb in each.resource_methods
        }
        for (own_id, stage), export in estate.facts.stage_exports.items():
            if own_id != api.id or not export.methods:
                continue
            deployed = {(path, verb) for path, verbs in export.methods.items() for verb in verbs}
            missing = sorted(f"{verb} {path}" for path, verb in saved - deployed)
            if missing:
                shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
                message = f"stage {stage} of {estate.named(api.id)} does not have {shown}, which is saved"
                yield Defect(api.id, message, {"methods": missing}, subject=stage)


RULE = Rule(
    id="API009",
    name="method-not-deployed",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="A method of a private API is saved, and a stage does not have it.",
    why=(
        "A stage is a copy of the API as it was at its last deployment: the call ends in 403 Missing "
        "Authentication Token."
    ),
    remediation="Deploy the API to the stage.",
    rules=("POL-03", "ERR-05", "AGW-03"),
    check=check,
)
