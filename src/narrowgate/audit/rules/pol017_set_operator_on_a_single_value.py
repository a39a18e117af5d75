"""POL017 set-operator-on-a-single-value."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import endpoint_policy_defects, resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity

_CODES = ("set_operator_on_single_value", "missing_set_operator")


def check(estate: Estate) -> Iterator[Defect]:
    """Set operators on keys with one value, and keys with several values without one."""
    yield from resource_policy_defects(estate, *_CODES)
    yield from endpoint_policy_defects(estate, *_CODES)


RULE = Rule(
    id="POL017",
    name="set-operator-on-a-single-value",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what=(
        "A condition uses `ForAllValues` or `ForAnyValue` on a key that has one value, or neither on a key "
        "that has several."
    ),
    why=(
        "`ForAllValues` holds where the key is absent: in an Allow it lets in whoever does not carry the "
        "key at all. Without a set operator a key with several values is compared as nobody means it."
    ),
    remediation=(
        "Leave the set operator away for keys with one value (all keys of private APIs are), and add it for "
        "the others."
    ),
    rules=("POL-13",),
    check=check,
)
