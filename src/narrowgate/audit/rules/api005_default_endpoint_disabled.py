"""API005 default-endpoint-disabled."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Disabled APIs that no base path mapping names."""
    mapped = {each.rest_api_id for found in estate.facts.base_path_mappings.values() for each in found}
    for api in estate.apis("PRIVATE"):
        if api.disable_execute_api_endpoint and api.id not in mapped:
            message = f"{estate.named(api.id)} can be called by no name"
            yield Defect(api.id, message, {"disableExecuteApiEndpoint": True})


RULE = Rule(
    id="API005",
    name="default-endpoint-disabled",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A private API has its default endpoint disabled, and no custom domain name leads to it.",
    why="Every default and alias name answers 403 Forbidden: nothing is left to call.",
    remediation="Enable the default endpoint, or map a private custom domain name to the API.",
    rules=("AGW-21", "AGW-08"),
    check=check,
)
