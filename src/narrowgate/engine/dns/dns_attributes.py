"""`enableDnsSupport` and `enableDnsHostnames` of a VPC (DNS-04, DNS-05)."""

from narrowgate.model.answer import Missing
from narrowgate.model.snapshot import Snapshot

_CALL = "ec2.describe_vpc_attribute"
SUPPORT = "enable_dns_support"
HOSTNAMES = "enable_dns_hostnames"
_AWS_NAMES = {SUPPORT: "enableDnsSupport", HOSTNAMES: "enableDnsHostnames"}


def dns_attribute(snapshot: Snapshot, vpc_id: str, name: str) -> bool | Missing:
    """The attribute; a missing fact where nobody collected it: every VPC has both, so there is no default."""
    value = snapshot.facts.vpc_attributes.get(vpc_id, {}).get(name)
    if value is not None:
        return value
    fact = f"{_CALL} {_AWS_NAMES[name]}"
    place = snapshot.place(vpc_id)
    told = snapshot.missing(_CALL, place.account, place.region, parent=vpc_id)
    return Missing(fact=fact, resource=vpc_id, why=told.why) if told else Missing(fact=fact, resource=vpc_id)


def both_attributes(snapshot: Snapshot, vpc_id: str) -> bool | Missing:
    """Whether both are on, as private DNS, private zones and EC2 names need (DNS-05)."""
    values = [dns_attribute(snapshot, vpc_id, name) for name in (SUPPORT, HOSTNAMES)]
    if any(value is False for value in values):
        return False
    return next((value for value in values if isinstance(value, Missing)), True)
