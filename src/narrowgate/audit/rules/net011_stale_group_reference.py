"""NET011 stale-group-reference."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """References whose peering is told to be deleted, or is in no collected list."""
    for own_id, group in estate.facts.security_groups.items():
        for permission in group.ip_permissions if isinstance(group.ip_permissions, tuple) else ():
            for pair in permission.user_id_group_pairs:
                peering = pair.vpc_peering_connection_id
                if peering is None:
                    continue
                known = estate.facts.vpc_peering_connections.get(peering)
                gone = pair.peering_status in ("deleted", "deleting", "rejected", "expired", "failed")
                lost = known is None and estate.is_collected("ec2.describe_vpc_peering_connections", own_id)
                if gone or lost:
                    message = f"{estate.named(own_id)} names {pair.group_id} over {peering}, which is gone"
                    yield Defect(
                        own_id, message, {"IpPermissions": pair.group_id or ""}, (peering,), subject=peering
                    )


RULE = Rule(
    id="NET011",
    name="stale-group-reference",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="A security group rule refers to a group of a peered VPC over a connection that is gone.",
    why=(
        "The rule is kept and matches nothing: what it admitted is cut, and comes back if the same VPCs "
        "are peered again."
    ),
    remediation="Remove the rule, or name the range.",
    rules=("PCX-10", "SG-10"),
    check=check,
)
