"""POL021 condition-misspelled."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import endpoint_policy_defects, resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity

_CODES = ("unknown_key", "unknown_operator", "operator_type", "id_form", "key_twice", "variables_in_old_version")


def check(estate: Estate) -> Iterator[Defect]:
    """Keys, operators, values and variables that are none."""
    yield from resource_policy_defects(estate, *_CODES)
    yield from endpoint_policy_defects(estate, *_CODES)


RULE = Rule(
    id="POL021",
    name="condition-misspelled",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what=(
        "A condition has a key or an operator that does not exist, an operator of another type, a value "
        "that the key never has, the same key twice, or a variable that the document's version does not "
        "know."
    ),
    why=(
        "AWS saves most of these without a word: an Allow then admits nobody, and a Deny with a negated "
        "operator refuses everybody."
    ),
    remediation="Mend the spelling: the finding names the place, and the nearest key that exists.",
    rules=("POL-15", "KEY-06", "POL-01"),
    check=check,
)
