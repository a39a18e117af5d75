"""OPS004 log-group-without-key."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Log groups that the estate writes to, without `kmsKeyId`."""
    for group in estate.log_groups():
        if group.kms_key_id is None:
            yield Defect(group.arn, f"{group.log_group_name} has no key of its own", {"kmsKeyId": ""})


RULE = Rule(
    id="OPS004",
    name="log-group-without-key",
    severity=Severity.INFO,
    confidence=Confidence.MEDIUM,
    what="A log group of an API, a flow log or a query log is not encrypted with a key of one's own.",
    why=(
        "AWS encrypts it all the same; without a key of one's own nobody can be kept from reading it by "
        "the key's policy."
    ),
    remediation="Associate a KMS key whose policy admits the Logs service of the Region.",
    rules=("OPS-05",),
    check=check,
)
