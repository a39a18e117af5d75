"""DNS019 peering-dns-misunderstood."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import rules_by_vpc
from narrowgate.engine.dns.vpc_lists import zones_by_vpc
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Peerings with the option on, where the far VPC has private DNS and the near one no zone and no rule."""
    zones, rules = zones_by_vpc(estate.snapshot), rules_by_vpc(estate)
    private = {each.vpc_id for each in estate.execute_api_endpoints if each.private_dns_enabled is True}
    for own_id, peering in estate.facts.vpc_peering_connections.items():
        for near, far in (
            (peering.requester_vpc_info, peering.accepter_vpc_info),
            (peering.accepter_vpc_info, peering.requester_vpc_info),
        ):
            options = far.peering_options
            is_on = options is not None and options.allow_dns_resolution_from_remote_vpc is True
            has_names = bool(zones.get(near.vpc_id or "")) or bool(rules.get(near.vpc_id or ""))
            if is_on and far.vpc_id in private and near.vpc_id not in private and not has_names:
                message = (
                    f"{own_id} does not let {estate.named(near.vpc_id or '')} resolve API names of the other side"
                )
                facts = {"AllowDnsResolutionFromRemoteVpc": True}
                yield Defect(own_id, message, facts, (far.vpc_id or "",), subject=near.vpc_id or "")


RULE = Rule(
    id="DNS019",
    name="peering-dns-misunderstood",
    severity=Severity.INFO,
    confidence=Confidence.MEDIUM,
    what=(
        "A peering has its DNS resolution option on, and nothing else lets one VPC resolve the private "
        "names of the other."
    ),
    why=(
        "The option turns public hostnames of instances into private addresses. It shows neither private "
        "zones nor private DNS of endpoints, so a private API's name does not resolve by it."
    ),
    remediation=("Call the API by its alias name, or add a hosted zone for the API's name in the requester VPC."),
    rules=("PEER-DNS-02", "PCX-12"),
    check=check,
)
