"""`hosted-zone`: a private zone named like the one API, on the consumers' side, alias to the endpoint (PHZ-05)."""

from narrowgate.model.design import Api, Consumer, Design
from narrowgate.model.resource import Resource
from narrowgate.options.central import CentralOption
from narrowgate.options.option import Call, Fit, Limit, default_name
from narrowgate.options.parts.zones import alias_zones, check_dns_attributes


class HostedZone(CentralOption):
    """Peering, and a private hosted zone for the API's default name in each consumer account."""

    name = "hosted-zone"
    title = "a private hosted zone for the one API's name, alias to the endpoint"
    when = (
        "Clients should call the API's own name, and only that name should become private. The first choice "
        "for one to a few dozen consumer VPCs with a path to the endpoint."
    )

    def check(self, design: Design) -> Fit | None:
        """Private zones need both DNS attributes of the consumers' VPCs."""
        return check_dns_attributes(design)

    def naming_resources(self, design: Design) -> tuple[Resource, ...]:
        """A zone for each API in each consumer account: nobody has to authorize anybody (PHZ-02)."""
        return alias_zones(design, default_name)

    def call(self, design: Design, consumer: Consumer, api: Api) -> Call:
        """By the default name."""
        return Call(host=default_name(api), path=f"/{api.stage}")

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """Zones do not travel."""
        return (
            Limit(rule="PHZ-01", text="networks on premises need a way to ask a resolver of that VPC"),
            Limit(rule="PHZ-02", text="each further consumer VPC has to be associated with the zone"),
        )
