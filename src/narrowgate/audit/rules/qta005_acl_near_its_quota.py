"""QTA005 acl-near-its-quota."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity

_LAST_RULE = 32767


def check(estate: Estate) -> Iterator[Defect]:
    """ACLs with more than 18 entries of a direction; AWS's own last ones do not count."""
    for own_id, acl in estate.facts.network_acls.items():
        entries = acl.entries if isinstance(acl.entries, tuple) else ()
        for way, is_egress in (("in", False), ("out", True)):
            count = sum(each.egress is is_egress and each.rule_number < _LAST_RULE for each in entries)
            yield from near(estate, own_id, count, 20, f"entries {way}", f"Entries.{way}")


RULE = Rule(
    id="QTA005",
    name="acl-near-its-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A network ACL has used more than nine tenths of its entries of a direction.",
    why=(
        "The default is 20 entries of a direction, 40 at the most: an ACL that lists consumers one by one "
        "fills up with the first score of them."
    ),
    remediation="Admit a supernet in place of single ranges, or leave it to the security groups.",
    rules=("ACL-11",),
    check=check,
)
