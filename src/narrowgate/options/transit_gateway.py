"""`transit-gateway`: a hub in place of peering, with each of the naming options."""

from typing import ClassVar

import msgspec

from narrowgate.model.design import Api, Consumer, Design
from narrowgate.model.resource import Resource
from narrowgate.options.alias import Alias
from narrowgate.options.central import CentralOption, check_edges, check_overlap
from narrowgate.options.hosted_zone import HostedZone
from narrowgate.options.option import Call, Fit, Limit, refused
from narrowgate.options.parts.paths import missing_pairs
from narrowgate.options.parts.transit_gateways import transit_gateway_resources
from narrowgate.options.resolver import Resolver

_LIMITS = (
    Limit(rule="TGW-02", text="an attachment needs a subnet in every zone that sends or answers"),
    Limit(rule="NET-03", text="a peering that joins the VPCs now has to give way: one route a range"),
    Limit(rule="TGW-10", text="a transit gateway resolves no other VPC's private names"),
)


def without_peerings(design: Design) -> Design:
    """The design after its peerings have given way: a table has one route to a range (NET-03)."""
    links = tuple(each for each in design.links if each.kind != "peering")
    return msgspec.structs.replace(design, links=links)


class _Hub(CentralOption):
    """A hub, and the names of another option; a peering that exists gives way to it."""

    naming: ClassVar[CentralOption]

    def check_path(self, design: Design) -> Fit | None:
        """A gateway joins no overlapping ranges, and stands in one Region."""
        overlap = check_overlap(design, "TGW-06", "a transit gateway does not route such a pair")
        if overlap is not None:
            return overlap
        missing = missing_pairs(without_peerings(design))
        if not missing:
            return refused("TGW-01", "the VPCs need no further hub", "the links that exist serve (`hosted-zone`)")
        regions = {design.vpc(name).region for pair in missing for name in (pair.consumer, pair.provider)}
        if len(regions) > 1:
            return refused(
                "TGW-09",
                f"one gateway does not reach over {' and '.join(sorted(regions))}: two of them and a peering with "
                "static routes would, which is not built here",
                "inter-Region VPC peering joins the two at no hourly price",
            )
        return check_edges(design)

    def resources(self, design: Design) -> tuple[Resource, ...]:
        """As for every option, on a design without its peerings."""
        return super().resources(without_peerings(design))

    def path_resources(self, design: Design) -> tuple[Resource, ...]:
        """The hub."""
        return transit_gateway_resources(design)

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
    when = "A hub joins the VPCs already or will, and nobody may touch DNS."
    naming = Alias()
    has_alias_names = True


class TransitGatewayHostedZone(_Hub):
    """A hub, and a private zone for the API's name."""

    name = "transit-gateway-hosted-zone"
    title = "a transit gateway, and a private hosted zone for the one API's name"
    when = "A hub joins the VPCs already or will, and clients should call the API's own name."
    naming = HostedZone()


class TransitGatewayResolver(_Hub):
    """A hub, and the Resolver pair."""

    name = "transit-gateway-resolver"
    title = "a transit gateway, and inbound and outbound Resolver endpoints"
    when = (
        "A hub and Resolver endpoints are there already for other reasons; for one API alone it is "
        "among the dearest."
    )
    naming = Resolver()
    private_dns = True
