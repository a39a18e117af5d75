"""DNS030 zones-that-conflict."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.domain import normalise
from narrowgate.model.finding import Confidence, Severity
from narrowgate.model.snapshot import Snapshot


def check(estate: Estate) -> Iterator[Defect]:
    """Zones beside another of the same name in one VPC, or beside private DNS of an endpoint for that name."""
    held = _private_dns(estate.snapshot)
    for own_id in sorted(estate.facts.hosted_zone_vpcs):
        zone = estate.facts.hosted_zones.get(own_id)
        if zone is None or zone.linked_service is not None:
            continue
        name = normalise(zone.name)
        for each in estate.facts.hosted_zone_vpcs[own_id]:
            first = held.setdefault((each.vpc_id or "", name), own_id)
            if first != own_id:
                message = f"{estate.named(own_id)} and {estate.named(first)} both claim {name} in {each.vpc_id}"
                yield Defect(
                    own_id, message, {"Name": name, "VPCId": each.vpc_id}, (first,), subject=each.vpc_id or ""
                )


def _private_dns(snapshot: Snapshot) -> dict[tuple[str, str], str]:
    """The zones that AWS keeps for endpoints with private DNS: their VPC, name and endpoint."""
    found: dict[tuple[str, str], str] = {}
    for own_id, endpoint in sorted(snapshot.facts.vpc_endpoints.items()):
        if endpoint.private_dns_enabled is True and isinstance(endpoint.service_name, str):
            region, _, service = endpoint.service_name.removeprefix("com.amazonaws.").partition(".")
            found[endpoint.vpc_id, f"{service}.{region}.amazonaws.com"] = own_id
    return found


RULE = Rule(
    id="DNS030",
    name="zones-that-conflict",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what=(
        "A VPC is associated with two hosted zones of one name, or with a zone of the name that an "
        "endpoint's private DNS has there."
    ),
    why=(
        "AWS refuses the second of the two (`ConflictingDomainExists`): in a plan or template the "
        "deployment fails."
    ),
    remediation=(
        "Keep one; a zone for a single API (`{api}.execute-api.{region}.amazonaws.com`) stands beside "
        "private DNS without conflict."
    ),
    rules=("PHZ-03", "PHZ-08", "PHZ-09"),
    check=check,
)
