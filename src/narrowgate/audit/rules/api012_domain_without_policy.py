"""API012 domain-without-policy."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Private custom domain names that have no policy, where it was read."""
    for own_id, domain in sorted(estate.facts.domain_names.items()):
        if "PRIVATE" in domain.endpoint_configuration.types and domain.policy is None:
            message = f"{domain.domain_name} has no policy"
            yield Defect(own_id, message, {"policy": "none"})


RULE = Rule(
    id="API012",
    name="domain-without-policy",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    what="A private custom domain name has no policy.",
    why="Like a private API it lets nobody in without one: every call by the name is refused.",
    remediation="Give it a policy that admits the endpoint, as the API's own does.",
    rules=("AGW-08",),
    check=check,
)
