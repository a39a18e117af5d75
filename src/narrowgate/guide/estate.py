"""The guide's scenario in its working form.

A requester VPC (10.1.0.0/16) calls a private REST API through an `execute-api` endpoint in an API VPC
(10.0.0.0/16). VPC peering joins the two; a Resolver rule for the one API's name forwards from an outbound endpoint
on the requester's side to an inbound endpoint beside the API's. Around it stands what the answer must not touch:
another team's private API with an endpoint of its own, a public API of the same Region, a private zone and a
Secrets Manager endpoint that only the API VPC can resolve.
"""

import msgspec

from narrowgate.guide.responses import (
    Estate,
    any_protocol,
    invoke_statement,
    policy_document,
    tcp,
    udp,
)

REGION = "us-east-1"
REQUESTER_ACCOUNT = "111122223333"
API_ACCOUNT = "444455556666"
"""The API's account in the form with two accounts."""

REQUESTER_CIDR = "10.1.0.0/16"
API_CIDR = "10.0.0.0/16"
BILLING_CIDR = "10.2.0.0/16"
ORDERS = "a1b2c3d4e5"
BILLING = "f6g7h8i9j0"
STATUS = "k1l2m3n4o5"
STAGE = "prod"
CLIENT = "requester-host"
"""The name tag of the instance that calls."""


class Side(msgspec.Struct, kw_only=True):
    """One VPC of the scenario: its builder and the ids of what stands in it."""

    estate: Estate
    vpc: str
    subnets: list[str]
    route_table: str
    resolver_endpoint: str = ""
    """Empty without Resolver endpoints."""

    resolver_group: str
    host: str
    host_group: str


class Guide(msgspec.Struct, kw_only=True):
    """The scenario and the ids that questions and changes name."""

    estate: Estate
    requester: Side
    api: Side
    peering: str
    endpoint: str
    endpoint_group: str
    billing_endpoint: str
    corp_zone: str
    rule: str = ""
    rule_association: str = ""
    """Both empty without Resolver endpoints."""

    @property
    def url(self) -> str:
        """The URL that the guide calls."""
        return f"https://{self.api.estate.invoke_host(ORDERS)}/{STAGE}/orders"

    @property
    def alias_url(self) -> str:
        """The same by the API's alias name for the endpoint, which needs no Route 53 configuration."""
        return f"https://{self.api.estate.invoke_host(ORDERS, self.endpoint)}/{STAGE}/orders"

    @property
    def endpoint_url(self) -> str:
        """The same by the endpoint's own name, which needs a header that names the API."""
        return f"https://{self.api.estate.endpoint_name(self.endpoint)}/{STAGE}/orders"


def build_guide(*, resolver: bool = True, two_accounts: bool = False, requester_region: str = REGION) -> Guide:
    """Build the scenario.

    Args:
        resolver: with Resolver endpoints and the rule; without them only the endpoint's public names work.
        two_accounts: the API VPC and the APIs belong to a second account.
        requester_region: the Region of the requester VPC; the API stays where it is.
    """
    estate = Estate(REQUESTER_ACCOUNT, requester_region)
    api = _api_side(estate.at(API_ACCOUNT if two_accounts else REQUESTER_ACCOUNT, REGION))
    requester = _requester_side(estate)
    peering = estate.peering(requester.vpc, api.vpc, "requester-to-api")
    requester.estate.route(requester.route_table, API_CIDR, peering)
    api.estate.route(api.route_table, REQUESTER_CIDR, peering)
    group = api.estate.security_group(api.vpc, "execute-api-endpoint", ingress=[tcp(443, REQUESTER_CIDR)])
    endpoint = api.estate.interface_endpoint(
        api.subnets, [group], name="execute-api", addresses=["10.0.1.10", "10.0.2.10"]
    )
    guide = Guide(
        estate=estate,
        requester=requester,
        api=api,
        peering=peering,
        endpoint=endpoint,
        endpoint_group=group,
        billing_endpoint=_billing_endpoint(api.estate),
        corp_zone=_names_of_the_api_vpc(api),
    )
    _apis(guide)
    if resolver:
        add_resolver(guide, f"{ORDERS}.execute-api.{REGION}.amazonaws.com")
    return guide


def add_resolver(guide: Guide, domain: str) -> None:
    """Put inbound and outbound Resolver endpoints in place, and a FORWARD rule for a domain."""
    requester, api = guide.requester, guide.api
    inbound = api.estate.resolver_endpoint(
        "INBOUND", api.subnets, [api.resolver_group], name="inbound", addresses=["10.0.1.53", "10.0.2.53"]
    )
    outbound = requester.estate.resolver_endpoint(
        "OUTBOUND",
        requester.subnets,
        [requester.resolver_group],
        name="outbound",
        addresses=["10.1.1.53", "10.1.2.53"],
    )
    # What arrives comes from the outbound endpoint's addresses, not from the clients (IN-03).
    senders = [f"{address}/32" for address in requester.estate.resolver_addresses(outbound)]
    targets = [f"{address}/32" for address in api.estate.resolver_addresses(inbound)]
    api.estate.set_permissions(api.resolver_group, ingress=[udp(53, *senders), tcp(53, *senders)])
    requester.estate.set_permissions(
        requester.resolver_group, ingress=[], egress=[udp(53, *targets), tcp(53, *targets)]
    )
    api.resolver_endpoint, requester.resolver_endpoint = inbound, outbound
    guide.rule = requester.estate.resolver_rule(
        domain, outbound, api.estate.resolver_addresses(inbound), name="private-api"
    )
    guide.rule_association = requester.estate.associate_rule(guide.rule, requester.vpc)


def _requester_side(estate: Estate) -> Side:
    vpc = estate.vpc(REQUESTER_CIDR, "requester")
    subnets = [
        estate.subnet(vpc, "10.1.1.0/24", "a", "requester-a"),
        estate.subnet(vpc, "10.1.2.0/24", "b", "requester-b"),
    ]
    table = estate.route_table(vpc, "requester", subnets=subnets)
    host_group = estate.security_group(vpc, "requester-host")
    resolver_group = estate.security_group(vpc, "outbound-resolver")
    host = estate.instance(subnets[0], CLIENT, [host_group], address="10.1.1.10")
    return Side(
        estate=estate,
        vpc=vpc,
        subnets=subnets,
        route_table=table,
        resolver_group=resolver_group,
        host=host,
        host_group=host_group,
    )


def _api_side(estate: Estate) -> Side:
    vpc = estate.vpc(API_CIDR, "api")
    subnets = [
        estate.subnet(vpc, "10.0.1.0/24", "a", "api-a"),
        estate.subnet(vpc, "10.0.2.0/24", "b", "api-b"),
    ]
    table = estate.route_table(vpc, "api", subnets=subnets)
    host_group = estate.security_group(vpc, "database", ingress=[tcp(5432, API_CIDR)])
    resolver_group = estate.security_group(vpc, "inbound-resolver")
    host = estate.instance(subnets[0], "database", [host_group], address="10.0.1.20")
    return Side(
        estate=estate,
        vpc=vpc,
        subnets=subnets,
        route_table=table,
        resolver_group=resolver_group,
        host=host,
        host_group=host_group,
    )


def _names_of_the_api_vpc(api: Side) -> str:
    """What only the API VPC can resolve: a private zone and an AWS service's endpoint."""
    estate = api.estate
    zone = estate.private_zone("corp.internal", [api.vpc])
    estate.record(zone, "db.corp.internal", "A", [str(estate.resource(api.host)["PrivateIpAddress"])])
    estate.record(zone, "reports.corp.internal", "CNAME", ["db.corp.internal"])
    group = estate.security_group(api.vpc, "secretsmanager-endpoint", ingress=[tcp(443, API_CIDR)])
    estate.interface_endpoint(api.subnets, [group], service="secretsmanager", addresses=["10.0.1.11", "10.0.2.11"])
    return zone


def _billing_endpoint(estate: Estate) -> str:
    """Another team's way to its own API, in a VPC that nothing connects to the requester's."""
    vpc = estate.vpc(BILLING_CIDR, "billing")
    subnet = estate.subnet(vpc, "10.2.1.0/24", "a", "billing-a")
    group = estate.security_group(vpc, "billing-endpoint", ingress=[tcp(443, BILLING_CIDR)])
    host_group = estate.security_group(vpc, "billing-host", egress=[any_protocol("0.0.0.0/0")])
    estate.instance(subnet, "billing-host", [host_group])
    return estate.interface_endpoint([subnet], [group], name="billing")


def _apis(guide: Guide) -> None:
    estate = guide.api.estate
    estate.rest_api(
        "orders",
        {"/orders": ["GET", "POST"], "/orders/{id}": ["GET"]},
        api_id=ORDERS,
        policy=resource_policy_for(guide.endpoint),
        endpoints=[guide.endpoint],
    )
    estate.deploy(ORDERS, STAGE)
    estate.rest_api(
        "billing",
        {"/invoices": ["GET"]},
        api_id=BILLING,
        policy=resource_policy_for(guide.billing_endpoint),
        endpoints=[guide.billing_endpoint],
    )
    estate.deploy(BILLING, STAGE)
    estate.rest_api("status", {"/status": ["GET"]}, api_id=STATUS, kind="REGIONAL")
    estate.deploy(STATUS, STAGE)


def resource_policy_for(endpoint_id: str) -> dict[str, object]:
    """The resource policy that admits whoever comes through one endpoint (POL-06, the allow-list)."""
    return policy_document(
        invoke_statement(StringEquals={"aws:SourceVpce": endpoint_id}) | {"Sid": "ThroughTheEndpoint"}
    )
