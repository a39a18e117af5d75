"""`custom-domain`: a private custom domain name with a certificate of one's own (AGW-08)."""

from narrowgate.model.design import Api, Consumer, Design
from narrowgate.model.resource import Resource
from narrowgate.options.central import CentralOption
from narrowgate.options.option import Call, Fit, Limit, refused
from narrowgate.options.parts.domains import domain_resources
from narrowgate.options.parts.zones import alias_zones, check_dns_attributes


class CustomDomain(CentralOption):
    """Peering, the domain, its association with the endpoint, and a zone for it on the consumers' side."""

    name = "custom-domain"
    title = "a private custom domain name, its association with the endpoint, and a zone"
    when = (
        "Clients should call a name of your own that outlives endpoints and APIs, and a certificate for it is "
        "at hand."
    )
    has_domains = True

    def check(self, design: Design) -> Fit | None:
        """Every API needs a name of its own."""
        return check_custom_domains(design) or check_dns_attributes(design)

    def naming_resources(self, design: Design) -> tuple[Resource, ...]:
        """The domains and the zones."""
        return (*domain_resources(design), *alias_zones(design, lambda api: api.custom_domain or ""))

    def call(self, design: Design, consumer: Consumer, api: Api) -> Call:
        """By the custom name; its mapping names the stage, the path does not."""
        return Call(host=api.custom_domain or "", path="")

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """What a domain of one's own needs."""
        return (
            Limit(rule="AGW-08", text="domain, certificate and association each take about 15 minutes"),
            Limit(rule="POL-31", text="two policies have to admit the endpoint: the domain's and the API's"),
        )


def check_custom_domains(design: Design) -> Fit | None:
    """Every API needs a name of its own."""
    for api in design.private_apis:
        if api.custom_domain is None:
            return refused(
                "AGW-08",
                f"`{api.name}` has no name of its own",
                f"`apis.{api.name}.custom_domain: api.internal.example.com`",
            )
    return None
