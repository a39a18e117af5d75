"""`resolver-region`: the Resolver pair with a rule for the Region's execute-api domain, as guides have it."""

from narrowgate.model.design import Design
from narrowgate.model.resource import Resource
from narrowgate.options.option import Limit
from narrowgate.options.parts.resolvers import Forwarding, resolver_resources
from narrowgate.options.resolver import Resolver


class ResolverRegion(Resolver):
    """The rule captures every API's name of the Region, and the inbound endpoint admits whole consumer VPCs."""

    name = "resolver-region"
    title = "the same with a rule for the whole execute-api domain of the Region"
    when = (
        "Never for one API: it is listed because guides recommend it, and shown taking public APIs away from "
        "the consumers."
    )

    def naming_resources(self, design: Design) -> tuple[Resource, ...]:
        """One rule for the Region's domain; the inbound group admits the consumers' whole ranges."""
        regions = {api.region: api for api in design.private_apis}
        domains = tuple((api, f"execute-api.{region}.amazonaws.com") for region, api in regions.items())
        return resolver_resources(design, Forwarding(domains=domains, is_wide=True))

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """What the wide rule does."""
        return (
            Limit(rule="AGW-18", text="every API name of the Region is forwarded, public APIs answer 403"),
            Limit(
                rule="IN-06", text="every host that the inbound group admits can ask it for any name of that VPC"
            ),
        )
