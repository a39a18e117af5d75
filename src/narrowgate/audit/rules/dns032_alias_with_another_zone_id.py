"""DNS032 alias-with-another-zone-id."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.domain import normalise
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Alias records to an endpoint's name whose hosted zone id is not the one that the endpoint tells."""
    told: dict[str, str] = {}
    for endpoint in estate.facts.vpc_endpoints.values():
        for entry in endpoint.dns_entries if isinstance(endpoint.dns_entries, tuple) else ():
            if entry.dns_name and entry.hosted_zone_id:
                told[normalise(entry.dns_name)] = entry.hosted_zone_id
    for zone_id, records in sorted(estate.facts.record_sets.items()):
        for record in records:
            target = record.alias_target
            wanted = told.get(normalise(target.dns_name)) if target is not None else None
            if target is not None and wanted and target.hosted_zone_id and target.hosted_zone_id != wanted:
                name = normalise(record.name)
                ids = f"names zone {target.hosted_zone_id}, the endpoint's is {wanted}"
                message = f"{name} in {estate.named(zone_id)} {ids}"
                yield Defect(zone_id, message, {"AliasTarget.HostedZoneId": target.hosted_zone_id}, subject=name)


RULE = Rule(
    id="DNS032",
    name="alias-with-another-zone-id",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    what="An alias record names an endpoint with a hosted zone id that is not the endpoint's.",
    why=(
        "Route 53 takes name and zone id of an alias together, as the endpoint's `DnsEntries` tell them: "
        "with another id the record is refused, or answers nothing."
    ),
    remediation="Take both from the endpoint: its first entry of `DnsEntries`.",
    rules=("PHZ-04",),
    check=check,
)
