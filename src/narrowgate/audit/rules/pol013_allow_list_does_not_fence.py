"""POL013 allow-list-does-not-fence."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Allow-lists where something else may allow as well."""
    yield from resource_policy_defects(estate, "allow_list_does_not_fence")


RULE = Rule(
    id="POL013",
    name="allow-list-does-not-fence",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    what="A resource policy is an allow-list, and the API has methods with IAM or Lambda authorization.",
    why=(
        "On such methods an identity policy of the same account, or the authorizer, can allow what the "
        "list leaves out (table A): the list keeps nobody away."
    ),
    remediation="Deny what must not call, with `StringNotEquals` on `aws:SourceVpce`, beside the Allow.",
    rules=("POL-06", "POL-26"),
    check=check,
)
