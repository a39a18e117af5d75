"""QTA016 api-near-its-quota."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Private APIs with 10 stages or more than 270 resources."""
    for api in estate.apis("PRIVATE"):
        stages, resources = estate.facts.api_stages.get(api.id, ()), estate.facts.api_resources.get(api.id, ())
        yield from near(estate, api.id, len(stages), 10, "stages", "stages")
        yield from near(estate, api.id, len(resources), 300, "resources", "resources")


RULE = Rule(
    id="QTA016",
    name="api-near-its-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A private API has all the stages that it can have, or more than nine tenths of its resources.",
    why="The default is 10 stages and 300 resources of an API.",
    remediation="Ask for more, or split the API: a private custom domain name joins several under one host.",
    rules=("LIM-01",),
    check=check,
)
