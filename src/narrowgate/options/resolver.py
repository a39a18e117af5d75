"""`resolver`: Resolver endpoints on both sides, and a forwarding rule for the one API's name."""

from narrowgate.model.design import Api, Consumer, Design
from narrowgate.model.resource import Resource
from narrowgate.options.central import CentralOption
from narrowgate.options.option import Call, Fit, Limit, default_name, refused
from narrowgate.options.parts.resolvers import Forwarding, resolver_resources
from narrowgate.options.parts.zones import consumer_vpcs


class Resolver(CentralOption):
    """Peering; inbound and outbound Resolver endpoints; a FORWARD rule for each API's name."""

    name = "resolver"
    title = "inbound and outbound Resolver endpoints, a rule for the one API's name"
    when = (
        "Resolver endpoints are there already for other names, or the consumers' networks resolve through a "
        "chain that only forwarding reaches. For one API alone it costs twenty times what does the same."
    )
    private_dns = True

    def check(self, design: Design) -> Fit | None:
        """The endpoint's private DNS is what the inbound endpoint answers with."""
        return check_resolver(design)

    def naming_resources(self, design: Design) -> tuple[Resource, ...]:
        """The pair of endpoints, and a rule for each name."""
        domains = tuple((api, default_name(api)) for api in design.private_apis)
        return resolver_resources(design, Forwarding(domains=domains))

    def call(self, design: Design, consumer: Consumer, api: Api) -> Call:
        """By the default name."""
        return Call(host=default_name(api), path=f"/{api.stage}")

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """A rule is a subtree, and an inbound endpoint an open resolver for whom it admits."""
        return (
            Limit(rule="RSLV-02", text="the rule covers the name and everything below it"),
            Limit(
                rule="AGW-17", text="private DNS in the API's VPC takes public APIs away from that VPC's own hosts"
            ),
            Limit(rule="IN-07", text="narrow groups track connections: about 1,500 queries a second and address"),
        )


def check_resolver(design: Design) -> Fit | None:
    """Private DNS has to act in the VPC behind the inbound endpoint, and somebody has to ask."""
    for api in design.private_apis:
        vpc = design.vpc(api.vpc or "")
        if not (vpc.dns_support and vpc.dns_hostnames):
            return refused(
                "DNS-05",
                f"`{vpc.name}` has a DNS attribute off, and private DNS needs both",
                "turn on enableDnsSupport and enableDnsHostnames",
            )
        existing = vpc.endpoint("execute-api")
        if existing is not None and not existing.private_dns:
            return refused(
                "VPCE-DNS-10",
                f"the execute-api endpoint of `{vpc.name}` has private DNS off: the inbound endpoint would answer "
                "publicly",
                "turn its private DNS on",
            )
    if not consumer_vpcs(design):
        return refused("OUT-01", "no consumer's VPC is there for an outbound endpoint to stand in")
    return None
