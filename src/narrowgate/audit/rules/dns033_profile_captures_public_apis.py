"""DNS033 profile-captures-public-apis."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Profiles that carry an execute-api endpoint with private DNS to VPCs of a Region with public APIs."""
    public = [api.id for kind in ("REGIONAL", "EDGE") for api in estate.apis(kind)]
    private_dns = {
        each.vpc_endpoint_id for each in estate.execute_api_endpoints if each.private_dns_enabled is True
    }
    for own_id, carried in sorted(estate.facts.profile_resource_associations.items()):
        for each in carried:
            endpoint = each.resource_arn.rpartition("/")[2]
            if endpoint not in private_dns:
                continue
            region = estate.region(endpoint)
            taken = sorted(api for api in public if estate.region(api) == region)
            vpcs = sorted(
                {found.resource_id for found in estate.facts.profile_associations if found.profile_id == own_id}
            )
            if taken and vpcs:
                names = ", ".join(estate.named(api) for api in taken[:3]) + (", …" if len(taken) > 3 else "")
                message = (
                    f"hosts of {len(vpcs)} VPCs of {own_id} cannot call the public API {names} by default name"
                )
                facts = {"ResourceArn": each.resource_arn}
                yield Defect(own_id, message, facts, (endpoint, *vpcs[:20], *taken), subject=endpoint)


RULE = Rule(
    id="DNS033",
    name="profile-captures-public-apis",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    what=(
        "A Route 53 Profile carries an execute-api endpoint with private DNS to VPCs, and the estate has "
        "public APIs in that Region."
    ),
    why=(
        "Private DNS of the endpoint then answers every name of execute-api in all of these VPCs: hosts "
        "there that call a public API by its default name get 403 Forbidden."
    ),
    remediation="Carry a private hosted zone for each API's name in the Profile in place of the endpoint.",
    rules=("PROF-04", "VPCE-DNS-05", "AGW-17"),
    check=check,
)
