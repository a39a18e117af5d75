"""EPT003 private-dns-captures-public-apis."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoints with private DNS in a Region that has a public API."""
    public = [api for kind in ("REGIONAL", "EDGE") for api in estate.apis(kind)]
    for endpoint in estate.execute_api_endpoints:
        if endpoint.private_dns_enabled is not True or _is_idle(estate, endpoint.vpc_id):
            continue
        region = estate.region(endpoint.vpc_endpoint_id)
        taken = sorted(api.id for api in public if estate.region(api.id) == region)
        if taken:
            names = ", ".join(estate.named(each) for each in taken[:3]) + (", …" if len(taken) > 3 else "")
            message = (
                f"hosts of {estate.named(endpoint.vpc_id)} cannot call the public API {names} by default name"
            )
            facts = {"PrivateDnsEnabled": True, "VpcId": endpoint.vpc_id}
            yield Defect(endpoint.vpc_endpoint_id, message, facts, tuple(taken))


def _is_idle(estate: Estate, vpc_id: str) -> bool:
    """Private DNS answers nobody where the VPC's attributes are off (DNS-05)."""
    attributes = estate.facts.vpc_attributes.get(vpc_id, {})
    return False in (attributes.get("enable_dns_support"), attributes.get("enable_dns_hostnames"))


RULE = Rule(
    id="EPT003",
    name="private-dns-captures-public-apis",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what=("A VPC has an execute-api endpoint with private DNS on, and the estate has public APIs in that Region."),
    why=(
        "Private DNS answers every name of `execute-api` in the Region with the endpoint: hosts of that "
        "VPC that call a public API by its default name get 403 Forbidden."
    ),
    remediation=(
        "Turn private DNS off and call private APIs by their alias name (`{api}-{vpce}`) or a hosted zone "
        "for the one name; or give the public APIs custom domain names."
    ),
    rules=("AGW-17", "VPCE-DNS-05"),
    check=check,
)
