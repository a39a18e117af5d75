"""DNS017 alias-to-a-missing-endpoint."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.http.names import parse_endpoint_name
from narrowgate.model.domain import normalise
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Aliases and CNAMEs to `vpce` names whose endpoint is unknown, where endpoints were collected."""
    for zone_id, records in estate.facts.record_sets.items():
        if zone_id not in estate.facts.hosted_zones:
            continue
        for record in records:
            targets = [record.alias_target.dns_name] if record.alias_target else []
            targets += [each.value for each in record.resource_records] if record.type == "CNAME" else []
            for target in targets:
                name = parse_endpoint_name(normalise(target))
                if name is None or name.vpc_endpoint_id in estate.facts.vpc_endpoints:
                    continue
                if not any(call.operation == "ec2.describe_vpc_endpoints" for call in estate.snapshot.calls):
                    continue
                message = f"{normalise(record.name)} in {estate.named(zone_id)} points to {name.vpc_endpoint_id}"
                yield Defect(zone_id, message, {"Name": normalise(record.name)}, subject=normalise(record.name))


RULE = Rule(
    id="DNS017",
    name="alias-to-a-missing-endpoint",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    what="A record of a private zone points to the name of an endpoint that no collected account has.",
    why="The endpoint was made again or deleted: the record leads nowhere, or to a stranger.",
    remediation="Point the record at the endpoint in use.",
    rules=("PHZ-04", "VPCE-DNS-02"),
    check=check,
)
