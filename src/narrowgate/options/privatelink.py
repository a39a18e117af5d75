"""`privatelink`: an execute-api endpoint in each consumer's own VPC; no path between the VPCs at all."""

from narrowgate.model.design import Api, Consumer, Design, Vpc
from narrowgate.model.resource import Resource
from narrowgate.options.option import FITS, Call, Fit, Limit, Option, alias_name, default_name, refused
from narrowgate.options.parts.base import base_resources
from narrowgate.options.parts.endpoints import add_endpoint, callers_of
from narrowgate.options.parts.networks import EXECUTE_API, endpoint_ref
from narrowgate.options.parts.paths import home_of
from narrowgate.options.parts.policies import Door, endpoint_policy, sources_of
from narrowgate.options.parts.resource_list import ResourceList, Text
from narrowgate.options.parts.rest_apis import api_resources


class PrivateLink(Option):
    """The consumer's endpoint with private DNS: the default name resolves to it in that VPC."""

    name = "privatelink"
    title = "an execute-api endpoint in the consumer's VPC, private DNS on"
    when = (
        "The consumers' VPC calls private APIs of the Region and no public ones, or no path between the VPCs "
        "may exist. The first choice where ranges overlap."
    )
    private_dns = True

    def applies(self, design: Design) -> Fit:
        """Refused where the consumer's VPC is in another Region than the API, or its DNS attributes are off."""
        if not design.private_apis:
            return refused("AGW-01", "no consumer may call a private API", "name one in `may_call`")
        if design.constraints.no_endpoint:
            return refused(
                "AGW-01", "it is an endpoint, and `no_endpoint` rules that out", "take `no_endpoint` out"
            )
        for api in design.private_apis:
            for consumer in callers_of(design, api):
                refusal = self.check(design, consumer, api)
                if refusal is not None:
                    return refusal
        return FITS

    def check(self, design: Design, consumer: Consumer, api: Api) -> Fit | None:
        """Whether a consumer's VPC can hold an endpoint for an API."""
        home = home_of(design, consumer)
        if home.region != api.region:
            return refused(
                "AGW-16",
                f"`{home.name}` is in {home.region} and `{api.name}` in {api.region}: an execute-api endpoint "
                "serves APIs of its own Region only",
                f"an endpoint in {api.region}, reached by inter-Region peering (`alias`)",
            )
        if self.private_dns and consumer.vpc is None:
            return refused(
                "VPCE-DNS-04",
                f"private DNS of an endpoint in `{home.name}` does not act in `{consumer.on_premises}`",
                "the alias name resolves there (`privatelink-alias`)",
            )
        if self.private_dns and not (home.dns_support and home.dns_hostnames):
            return refused(
                "DNS-05",
                f"`{home.name}` has a DNS attribute off, and private DNS needs both",
                "turn on enableDnsSupport and enableDnsHostnames",
            )
        existing = home.endpoint(EXECUTE_API)
        if self.private_dns and existing is not None and not existing.private_dns:
            return refused(
                "VPCE-DNS-10",
                f"the execute-api endpoint that `{home.name}` has keeps its private DNS off",
                "turn it on, or call the alias name (`privatelink-alias`)",
            )
        return None

    def resources(self, design: Design) -> tuple[Resource, ...]:
        """The base, an endpoint in each consumer VPC, and the APIs that admit it."""
        found = ResourceList()
        found.extend(base_resources(design))
        homes = dict.fromkeys(
            home_of(design, consumer).name for api in design.private_apis for consumer in callers_of(design, api)
        )
        for name in homes:
            users = [
                (api, [each for each in callers_of(design, api) if home_of(design, each).name == name])
                for api in design.private_apis
            ]
            users = [(api, consumers) for api, consumers in users if consumers]
            sources = [block for _, each in users for consumer in each for block in sources_of(design, consumer)]
            add_endpoint(found, design.vpc(name), endpoint_policy(users), sources, private_dns=self.private_dns)
        doors = {api.name: self._doors(design, api) for api in design.private_apis}
        associated: dict[str, list[Text]] = {}
        if not self.private_dns:
            associated = {
                name: list({str(door.endpoint): door.endpoint for door in each}.values())
                for name, each in doors.items()
            }
        found.extend(api_resources(design, doors, associated))
        return found.all()

    def _doors(self, design: Design, api: Api) -> tuple[Door, ...]:
        return tuple(
            Door(
                endpoint=endpoint_ref(home_of(design, consumer)),
                consumer=consumer,
                sources=sources_of(design, consumer),
            )
            for consumer in callers_of(design, api)
        )

    def call(self, design: Design, consumer: Consumer, api: Api) -> Call:
        """By the default name."""
        return Call(host=default_name(api), path=f"/{api.stage}")

    def door_vpc(self, design: Design, consumer: Consumer, api: Api) -> Vpc:
        """The consumer's own VPC."""
        return home_of(design, consumer)

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """Private DNS takes every API name of the Region."""
        return (
            Limit(rule="AGW-17", text="public APIs of the Region answer 403 in a VPC with private DNS"),
            Limit(rule="VPCE-11", text="the endpoint has to stand in the API's Region"),
        )


class PrivateLinkAlias(PrivateLink):
    """The consumer's endpoint without private DNS, and the API's alias name for it."""

    name = "privatelink-alias"
    title = "an execute-api endpoint in the consumer's VPC, private DNS off, the alias name"
    when = (
        "As `privatelink`, where the consumers' VPC also calls public APIs of the Region: private DNS stays "
        "off, and nothing is taken away."
    )
    private_dns = False

    def call(self, design: Design, consumer: Consumer, api: Api) -> Call:
        """By the alias name of the consumer's own endpoint."""
        return Call(host=alias_name(api, endpoint_ref(home_of(design, consumer))), path=f"/{api.stage}")

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """One name for each consumer VPC."""
        return (
            Limit(
                rule="VPCE-DNS-03", text="the name differs from VPC to VPC, and appears minutes after deployment"
            ),
            Limit(rule="AGW-15", text="association with another account's endpoint is reported, not documented"),
        )
