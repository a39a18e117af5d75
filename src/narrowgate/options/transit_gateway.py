"""`transit-gateway`: a hub in place of peering, with each of the naming options."""

from typing import ClassVar

from narrowgate.model.design import Api, Consumer, Design
from narrowgate.model.resource import Resource
from narrowgate.options.alias import Alias
from narrowgate.options.central import CentralOption
from narrowgate.options.hosted_zone import HostedZone
from narrowgate.options.option import Call, Fit, Limit
from narrowgate.options.resolver import Resolver

_LIMITS = (
    Limit(rule="TGW-02", text="an attachment needs a subnet in every zone that sends or answers"),
    Limit(rule="TGW-10", text="a transit gateway resolves no other VPC's private names"),
)


class _Hub(CentralOption):
    """A hub, and the names of another option."""

    uses_peering = False
    uses_transit_gateway = True
    naming: ClassVar[CentralOption]

    def check(self, design: Design) -> Fit | None:
        """What the names need."""
        return self.naming.check(design)

    def naming_resources(self, design: Design) -> tuple[Resource, ...]:
        """What the names need."""
        return self.naming.naming_resources(design)

    def call(self, design: Design, consumer: Consumer, api: Api) -> Call:
        """As with peering."""
        return self.naming.call(design, consumer, api)

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """The hub's, and those of the names."""
        return (*_LIMITS, *self.naming.limits(design))


class TransitGateway(_Hub):
    """A hub, and the API's alias name."""

    name = "transit-gateway"
    title = "a transit gateway, and the API's alias name for the endpoint"
    naming = Alias()
    has_alias_names = True


class TransitGatewayHostedZone(_Hub):
    """A hub, and a private zone for the API's name."""

    name = "transit-gateway-hosted-zone"
    title = "a transit gateway, and a private hosted zone for the one API's name"
    naming = HostedZone()
    uses_route53 = True
    keeps_default_name = True


class TransitGatewayResolver(_Hub):
    """A hub, and the Resolver pair."""

    name = "transit-gateway-resolver"
    title = "a transit gateway, and inbound and outbound Resolver endpoints"
    naming = Resolver()
    private_dns = True
    uses_route53 = True
    keeps_default_name = True
