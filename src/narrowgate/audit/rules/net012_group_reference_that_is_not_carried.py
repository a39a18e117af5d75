"""NET012 group-reference-that-is-not-carried."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.routes import references
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.dns.connected_vpcs import peerings_of
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """References to groups of other VPCs that are not peered with the endpoint's VPC in its Region."""
    for endpoint in estate.execute_api_endpoints:
        near = {endpoint.vpc_id} | {
            side.vpc_id
            for peering in peerings_of(estate.snapshot, endpoint.vpc_id)
            for side in (peering.requester_vpc_info, peering.accepter_vpc_info)
            if side.vpc_id and side.region in (None, estate.region(endpoint.vpc_endpoint_id))
        }
        for group_id in estate.groups(endpoint):
            for other in references(estate, group_id):
                named = estate.facts.security_groups.get(other)
                if named is not None and named.vpc_id is not None and named.vpc_id not in near:
                    message = f"{group_id} names {other} of {estate.named(named.vpc_id)}, which no peering carries"
                    yield Defect(
                        group_id, message, {"IpPermissions": other}, (endpoint.vpc_endpoint_id,), subject=other
                    )


RULE = Rule(
    id="NET012",
    name="group-reference-that-is-not-carried",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what=(
        "The group of an execute-api endpoint refers to a group of a VPC that only a transit gateway, or "
        "a peering across Regions, joins to it."
    ),
    why=(
        "References to groups work in one VPC and over a peering in one Region; PrivateLink endpoints "
        "take none over a transit gateway. The rule matches nothing."
    ),
    remediation="Admit the callers' ranges, or a prefix list of them.",
    rules=("SG-09", "TGW-07"),
    check=check,
)
