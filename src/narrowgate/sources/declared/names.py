"""Names that AWS gives to endpoints and load balancers, as far as a declaration settles them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.synthetic.names import short_id
from narrowgate.sources.synthetic.privatelink import dns_entries

if TYPE_CHECKING:
    from narrowgate.sources.declared.estate import Declared


def endpoint_entries(declared: Declared, resource: Resource) -> list[dict[str, str]] | Unknown:
    """The names of an interface endpoint, in AWS's order (VPCE-DNS-01)."""
    service = declared.property(resource, "ServiceName")
    if not isinstance(service, str):
        return service if isinstance(service, Unknown) else Unknown("the endpoint names no service")
    subnets = declared.property(resource, "SubnetIds")
    zones: list[str] = []
    for subnet_id in subnets if isinstance(subnets, list) else ():
        subnet = declared.named(subnet_id)
        zone = declared.property(subnet, "AvailabilityZone") if subnet else None
        if isinstance(zone, str):
            zones.append(zone)
    # Whether private names are there is asked of `PrivateDnsEnabled`; where that is not known they are listed, and
    # the engine doubts them.
    enabled = declared.property(resource, "PrivateDnsEnabled")
    private = enabled not in (None, False, "false")
    return dns_entries(declared.own_id(resource), service, resource.region, zones, private=private)


def balancer_name(declared: Declared, resource: Resource) -> Any:
    """The DNS name of a load balancer."""
    own = declared.own_id(resource)
    _, name, digits = [*own.partition(":loadbalancer/")[2].split("/"), "", ""][:3]
    scheme = declared.property(resource, "Scheme")
    if isinstance(scheme, Unknown):
        return scheme
    inside = "internal-" if scheme == "internal" else ""
    if str(declared.property(resource, "Type")) == "network":
        return f"{name}-{digits[:9]}.elb.{resource.region}.amazonaws.com"
    return f"{inside}{name}-{digits[:9]}.{resource.region}.elb.amazonaws.com"


def balancer_zone(resource: Resource) -> str:
    """The hosted zone that an alias to a load balancer names."""
    return f"Z{short_id(13, 'ABCDEFGHIJKLMNOP', 'elb', resource.region)}"
