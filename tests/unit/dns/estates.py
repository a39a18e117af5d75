"""The guide's two VPCs without Resolver endpoints: each test adds the one detail of DNS that it is about."""

from typing import Any

import msgspec
from tests.builders import Estate, snapshot_of, tcp, udp

from narrowgate.engine.dns.resolve import evaluate_resolve
from narrowgate.engine.network.clients import find_client
from narrowgate.guide.estate import BILLING, ORDERS, REGION, STATUS, Guide, add_resolver, build_guide
from narrowgate.model.answer import ResolveAnswer

DOMAIN = f"execute-api.{REGION}.amazonaws.com"
ORDERS_NAME = f"{ORDERS}.{DOMAIN}"
BILLING_NAME = f"{BILLING}.{DOMAIN}"
PUBLIC_NAME = f"{STATUS}.{DOMAIN}"
ENDPOINT_IPS = ("10.0.1.10", "10.0.2.10")
PUBLIC_IP = "198.51.100.7"
HOSTNAME = "ec2-198-51-100-7.compute-1.amazonaws.com"


class World(msgspec.Struct, kw_only=True):
    """The guide and short words for asking it."""

    guide: Guide

    @property
    def estate(self) -> Estate:
        """The builder of the requester's account and Region."""
        return self.guide.requester.estate

    @property
    def api_estate(self) -> Estate:
        """The builder of the API's account and Region."""
        return self.guide.api.estate

    @property
    def vpc(self) -> str:
        """The requester VPC."""
        return self.guide.requester.vpc

    @property
    def api_vpc(self) -> str:
        """The API VPC."""
        return self.guide.api.vpc

    @property
    def endpoint(self) -> str:
        """The execute-api endpoint in the API VPC."""
        return self.guide.endpoint

    def ask(
        self, name: str, type: str = "A", *, client: str = "", complete: bool = False, **asked: Any
    ) -> ResolveAnswer:
        """Ask from the requester's host, unless told otherwise."""
        snapshot = snapshot_of(self.estate, assume_complete=complete)
        return evaluate_resolve(snapshot, find_client(snapshot, client or "requester-host"), name, type, **asked)

    def rule(self, domain: str, *, kind: str = "SYSTEM", vpc: str = "", **named: Any) -> str:
        """A rule that is associated with the requester VPC."""
        rule = self.estate.resolver_rule(domain, kind=kind, name=f"{kind} {domain}", **named)
        self.estate.associate_rule(rule, vpc or self.vpc)
        return rule

    def zone(self, domain: str, *vpcs: str, **records: str) -> str:
        """A private zone of the requester's account; A records by first label (`apex`, `any` for `*`)."""
        zone = self.estate.private_zone(domain, list(vpcs) or [self.vpc])
        for label, address in records.items():
            owner = {"apex": domain, "any": f"*.{domain}"}.get(label, f"{label}.{domain}")
            self.estate.record(zone, owner, "A", [address])
        return zone

    def block(self, *domains: str, vpc: str = "", action: str = "BLOCK", **fields: Any) -> str:
        """A firewall group of one rule in the requester VPC; the group's id."""
        site = self.estate.home(vpc or self.vpc)
        listed = site.domain_list(f"list of {domains}", list(domains))
        rule = {"Priority": 100, "Action": action, "Name": "", "FirewallDomainListId": listed}
        if action == "BLOCK":
            rule["BlockResponse"] = "NODATA"
        group = site.firewall_group(f"group of {domains}", [rule | fields])
        site.associate_firewall(group, vpc or self.vpc)
        return group

    def outside(self, **content: Any) -> None:
        """Facts that no AWS API holds."""
        self.estate.outside = {"schema": "narrowgate.outside/1"} | content


def peered(**options: Any) -> World:
    """Peering and routes, the endpoint with private DNS, the APIs; no Resolver endpoints."""
    return World(guide=build_guide(resolver=False, **options))


def forwarded(domain: str = ORDERS_NAME, **options: Any) -> World:
    """The same with Resolver endpoints and a rule for a domain."""
    world = peered(**options)
    add_resolver(world.guide, domain)
    return world


def with_public_address(world: World) -> None:
    """Give the database host in the API VPC a public address and hostname."""
    host = world.api_estate.resource(world.guide.api.host)
    interface = world.api_estate.resource(host["NetworkInterfaces"][0]["NetworkInterfaceId"])
    interface["Association"] = {"IpOwnerId": "amazon", "PublicDnsName": HOSTNAME, "PublicIp": PUBLIC_IP}
    host["PublicIpAddress"], host["PublicDnsName"] = PUBLIC_IP, HOSTNAME


def open_inbound(world: World) -> None:
    """Let the requester's hosts ask the inbound endpoint themselves."""
    group = world.guide.api.resolver_group
    world.api_estate.set_permissions(group, ingress=[udp(53, "10.1.0.0/16"), tcp(53, "10.1.0.0/16")])


def inbound_ips(world: World) -> list[str]:
    """The addresses of the inbound endpoint in the API VPC."""
    return world.api_estate.resolver_addresses(world.guide.api.resolver_endpoint)
