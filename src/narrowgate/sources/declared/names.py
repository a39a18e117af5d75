"""Names that AWS gives to endpoints and load balancers, as far as a declaration settles them."""

from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared.listed import Listed
from narrowgate.sources.synthetic.names import short_id
from narrowgate.sources.synthetic.privatelink import dns_entries


def endpoint_entries(listed: Listed, resource: Resource) -> list[dict[str, str]] | Unknown:
    """The names of an interface endpoint, in AWS's order (VPCE-DNS-01)."""
    service = listed.property(resource, "ServiceName")
    if not isinstance(service, str):
        return service if isinstance(service, Unknown) else Unknown("the endpoint names no service")
    subnets = listed.property(resource, "SubnetIds")
    zones: list[str] = []
    for subnet_id in subnets if isinstance(subnets, list) else ():
        subnet = listed.named(subnet_id)
        zone = listed.property(subnet, "AvailabilityZone") if subnet else None
        if isinstance(zone, str):
            zones.append(zone)
    # Whether private names are there is asked of `PrivateDnsEnabled`; where that is not known they are listed, and
    # the engine doubts them.
    enabled = listed.property(resource, "PrivateDnsEnabled")
    private = enabled not in (None, False, "false")
    return dns_entries(listed.own_id(resource), service, resource.region, zones, private=private)


def balancer_name(listed: Listed, resource: Resource) -> Any:
    """The DNS name of a load balancer."""
    own = listed.own_id(resource)
    _, name, digits = [*own.partition(":loadbalancer/")[2].split("/"), "", ""][:3]
    scheme = listed.property(resource, "Scheme")
    if isinstance(scheme, Unknown):
        return scheme
    inside = "internal-" if scheme == "internal" else ""
    if str(listed.property(resource, "Type")) == "network":
        return f"{name}-{digits[:9]}.elb.{resource.region}.amazonaws.com"
    return f"{inside}{name}-{digits[:9]}.{resource.region}.elb.amazonaws.com"


def balancer_zone(resource: Resource) -> str:
    """The hosted zone that an alias to a load balancer names."""
    return f"Z{short_id(13, 'ABCDEFGHIJKLMNOP', 'elb', resource.region)}"
