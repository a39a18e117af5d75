"""`peering-dns`: peering with its DNS resolution option and nothing else; listed because guides recommend it."""

from narrowgate.model.design import Api, Consumer, Design
from narrowgate.model.resource import Resource
from narrowgate.options.central import CentralOption
from narrowgate.options.option import Call, Limit, default_name
from narrowgate.options.parts.peerings import peering_dns_options


class PeeringDns(CentralOption):
    """Peering with `AllowDnsResolutionFromRemoteVpc` on both sides, and the API's default name."""

    name = "peering-dns"
    title = "peering with its DNS resolution option only"
    when = "Never: it is listed because guides recommend it, and shown failing."
    private_dns = True

    def naming_resources(self, design: Design) -> tuple[Resource, ...]:
        """The option on both sides."""
        return peering_dns_options(design)

    def call(self, design: Design, consumer: Consumer, api: Api) -> Call:
        """By the default name."""
        return Call(host=default_name(api), path=f"/{api.stage}")

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """What the option really does."""
        return (Limit(rule="PEER-DNS-02", text="the option shares no private zone and no endpoint's private DNS"),)
