"""DNS014 wildcard-record-in-private-zone."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.domain import normalise
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Records of private zones whose first label is `*`."""
    for zone_id, records in estate.facts.record_sets.items():
        zone = estate.facts.hosted_zones.get(zone_id)
        if zone is None or zone.config.private_zone is not True:
            continue
        for record in records:
            name = normalise(record.name)
            if name.startswith("*."):
                message = f"{estate.named(zone_id)} answers every name below {name[2:]}"
                yield Defect(zone_id, message, {"Name": name}, subject=f"{name} {record.type}")


RULE = Rule(
    id="DNS014",
    name="wildcard-record-in-private-zone",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A private hosted zone has a wildcard record.",
    why=(
        "Every name below it exists, also those that nobody meant: a mistyped name reaches a real "
        "endpoint, and what is exposed has no end."
    ),
    remediation="List the names that are meant.",
    rules=("PHZ-07",),
    check=check,
)
