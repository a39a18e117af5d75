"""Random DNS of an estate: zones, records, Resolver endpoints and rules, firewall, Profiles, own servers."""

from random import Random
from typing import Any

from tests.builders import Estate, firewall_rule
from tests.differential.random_apis import REGION_NAME, RandomApis
from tests.differential.random_estates import RandomEstate

DOMAINS = ("corp.test", "a.corp.test", "b.a.corp.test", "other.test", "test")
ABOVE = (REGION_NAME, "us-east-1.amazonaws.com", "amazonaws.com", ".")
MOVED = "www.moved.test"
LABELS = ("a", "b", "c")
TYPES = ("A", "A", "A", "A", "TXT", "CNAME", "CNAME", "AAAA")


class RandomNames:
    """The DNS of one estate; draws from the estate's own generator."""

    def __init__(self, base: RandomEstate, apis: RandomApis) -> None:
        self.base = base
        self.apis = apis
        self.random = base.random
        self.estate = base.estate
        self.api_names = [f"{api}.{REGION_NAME}" for api in apis.apis]
        self.inbound: list[str] = []
        self.outbound: list[str] = []
        self.zones: dict[str, str] = {}
        self.wildcards: list[str] = []
        self.redirects: list[str] = []
        self.near = ""
        """The VPC that has to look up what `MOVED` is sent on to."""
        self._resolver_endpoints()
        self._zone_of_the_domain()
        self._zones()
        self._rules()
        self._moved()
        self._firewalls()
        self._profile()
        self._settings()

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _some_vpcs(self) -> list[str]:
        return self.random.sample(self.base.vpcs, k=self.random.choice((1, 1, 2)))

    # ------------------------------------------------------------------ Resolver endpoints and rules

    def _resolver_endpoints(self) -> None:
        for vpc in self.base.vpcs:
            for direction, kept in (("INBOUND", self.inbound), ("OUTBOUND", self.outbound)):
                if self._chance(0.5):
                    subnets = [self.random.choice(self.base.subnets[vpc]) for _ in range(2)]
                    known = [each for each in self.base.groups[vpc] if each in self.estate.ledger.by_id]
                    groups = [self.random.choice(known)]
                    kept.append(self.estate.home(vpc).resolver_endpoint(direction, subnets, groups, name=vpc))
                    addresses = self.estate.home(vpc).resolver_addresses(kept[-1])
                    self.base.interfaces += [
                        own for own, each in self._interfaces() if each["PrivateIpAddress"] in addresses
                    ]

    def _interfaces(self) -> list[tuple[str, dict[str, Any]]]:
        known = set(self.base.interfaces)
        return [
            (each["NetworkInterfaceId"], each)
            for (_, call), elements in self.estate.ledger.elements.items()
            if call == "ec2.describe_network_interfaces"
            for each in elements
            if each["NetworkInterfaceId"] not in known and each["Description"].startswith("Route 53 Resolver")
        ]

    def _targets(self) -> list[str]:
        """Mostly the addresses of an inbound endpoint; also hosts, half of them, the +2 of a VPC, and nobody."""
        if not self.inbound or self._chance(0.1):
            host = self.estate.resource(self.random.choice(self.base.hosts))["PrivateIpAddress"]
            block = self.estate.resource(self.random.choice(self.base.vpcs))["CidrBlock"]
            return [self.random.choice((host, block.rsplit(".", 1)[0] + ".2", "10.99.0.9"))]
        addresses = self.estate.resolver_addresses(self.random.choice(self.inbound))
        if self._chance(0.15):
            return [addresses[0], "10.99.0.9"]
        return addresses if self._chance(0.8) else addresses[:1]

    def _rules(self) -> None:
        taken: set[tuple[str, str]] = set()
        domains = [*DOMAINS, *self.api_names, *ABOVE]
        for number in range(self.random.choice((0, 1, 2, 3, 4))):
            domain = self.random.choice(domains)
            if self.outbound and self._chance(0.75):
                endpoint = self.random.choice(self.outbound)
                site = self.estate.home(endpoint)
                rule = site.resolver_rule(domain, endpoint, self._targets(), name=f"rule-{number}")
            else:
                rule = self.estate.resolver_rule(domain, kind="SYSTEM", name=f"rule-{number}")
            exempt = self.estate.resolver_rule(f"a.{domain}", kind="SYSTEM", name=f"exempt-{number}")
            for vpc in self._some_vpcs():
                if domain in DOMAINS and self._chance(0.4) and (vpc, f"a.{domain}") not in taken:
                    taken.add((vpc, f"a.{domain}"))
                    self.estate.home(vpc).associate_rule(exempt, vpc)
                # RSLV-10: one rule a domain and VPC.
                if (vpc, domain) not in taken:
                    taken.add((vpc, domain))
                    status = self.random.choice(("COMPLETE",) * 9 + ("CREATING",))
                    self.estate.home(vpc).associate_rule(rule, vpc, status=status)

    def _moved(self) -> None:
        """A name that the far side sends on to one which both sides have, each its own (RSLV-11)."""
        own = Random(self.base.seed)
        if not self.inbound or not self.outbound or own.random() < 0.5:
            return
        inbound = own.choice(self.inbound)
        far = str(self.estate.resource(inbound)["HostVPCId"])
        near = own.choice([each for each in self.base.vpcs if each != far])
        there = self.estate.home(far)
        there.record(there.private_zone("moved.test", [far]), MOVED, "CNAME", ["home.test."])
        for number, vpc in enumerate((far, near)):
            site = self.estate.home(vpc)
            site.record(site.private_zone("home.test", [vpc]), "home.test", "A", [f"10.200.1.{number}"])
        outbound = own.choice(self.outbound)
        site = self.estate.home(outbound)
        rule = site.resolver_rule("moved.test", outbound, there.resolver_addresses(inbound), name="moved")
        self.estate.home(near).associate_rule(rule, near)
        self.near = near

    # ------------------------------------------------------------------ zones

    def _zone_of_the_domain(self) -> None:
        """A custom domain name of a private API is nowhere but in private zones (PHZ-12)."""
        for domain in self.apis.domains:
            vpcs = [each for each in self.base.vpcs if self._chance(0.7)]
            if vpcs and self.base.endpoints:
                site = self.estate.home(vpcs[0])
                zone = site.private_zone(domain, vpcs)
                site.alias_to_endpoint(zone, domain, self.random.choice(self.base.endpoints))

    def _zones(self) -> None:
        taken: set[tuple[str, str]] = set()
        for domain in (*DOMAINS, *self.api_names, REGION_NAME, "us-east-1.amazonaws.com"):
            if not self._chance(0.6 if domain in DOMAINS else 0.2):
                continue
            # PHZ-03, PHZ-08: one zone of a name on a VPC, those of endpoints with private DNS included.
            vpcs = [each for each in self._some_vpcs() if (each, domain) not in taken]
            if domain == REGION_NAME:
                vpcs = [each for each in vpcs if not self._has_private_dns(each)]
            if not vpcs:
                continue
            taken |= {(each, domain) for each in vpcs}
            site = self.estate.home(vpcs[0])
            zone = site.private_zone(domain, vpcs)
            self.zones[zone] = domain
            self._records(site, zone, domain)

    def _has_private_dns(self, vpc: str) -> bool:
        endpoints = [self.estate.resource(each) for each in self.base.endpoints]
        return any(each["VpcId"] == vpc and each["PrivateDnsEnabled"] for each in endpoints)

    def _records(self, site: Estate, zone: str, domain: str) -> None:
        kinds: dict[str, set[str]] = {}
        owners = [domain] if self._chance(0.5) or domain in self.api_names else []
        owners += [self._below(domain) for _ in range(self.random.choice((1, 2, 4)))]
        if domain == REGION_NAME:
            owners += [f"*.{domain}", *self.api_names]
        for owner in owners:
            kind = self.random.choice(TYPES)
            present = kinds.setdefault(owner, set())
            # A name with a CNAME has nothing else, and an apex cannot be one (RFC 1034).
            if kind in present or "CNAME" in present or (kind == "CNAME" and (present or owner == domain)):
                continue
            present.add(kind)
            self._record(site, zone, owner, kind)

    def _below(self, domain: str) -> str:
        labels = [self.random.choice(LABELS) for _ in range(self.random.choice((1, 1, 2)))]
        if self._chance(0.3):
            labels[0] = "*"
            self.wildcards.append(domain)
        return ".".join([*labels, domain])

    def _record(self, site: Estate, zone: str, owner: str, kind: str) -> None:
        if kind == "A" and self.base.endpoints and self._chance(0.6):
            site.alias_to_endpoint(zone, owner, self.random.choice(self.base.endpoints))
            return
        host = str(self.estate.resource(self.random.choice(self.base.hosts))["PrivateIpAddress"])
        number = self.random.randint(1, 250)
        values = {
            "A": [host] if self._chance(0.5) else [host, f"10.200.0.{number}"],
            "AAAA": [f"2001:db8::{number:x}"],
            "TXT": [f'"text {number}"'],
            "CNAME": [self._redirect() + "."],
        }
        site.record(zone, owner, kind, values[kind])

    def _redirect(self) -> str:
        """Where a CNAME leads: often to a name that several zones could have."""
        labels = [self.random.choice(LABELS)] * self.random.choice((0, 1))
        self.redirects.append(
            ".".join([*labels, self.random.choice(DOMAINS)]) if self._chance(0.6) else self.name()
        )
        return self.redirects[-1]

    # ------------------------------------------------------------------ what filters, and other ways to servers

    def _firewalls(self) -> None:
        for number in range(self.random.choice((0, 0, 1, 2))):
            rules = []
            for index in range(self.random.choice((1, 2, 3))):
                entries = [self._entry() for _ in range(self.random.choice((1, 2)))]
                listed = self.estate.domain_list(f"list-{number}-{index}", entries)
                action = self.random.choice(("ALLOW", "ALERT", "BLOCK", "BLOCK"))
                response = self.random.choice(("NODATA", "NXDOMAIN", "OVERRIDE")) if action == "BLOCK" else None
                rule = firewall_rule(self.random.randint(1, 9) * 10 + index, action, listed, response=response)
                if response == "OVERRIDE":
                    rule |= {"BlockOverrideDomain": self.name() + ".", "BlockOverrideDnsType": "CNAME"}
                    rule |= {"BlockOverrideTtl": 0}
                rules.append(rule)
            group = self.estate.firewall_group(f"firewall-{number}", rules)
            for vpc in self._some_vpcs():
                if self.estate.home(vpc).account == self.estate.account:
                    self.estate.associate_firewall(group, vpc, priority=200 - number * 50)

    def _entry(self) -> str:
        name = self.random.choice((*DOMAINS, *self.api_names, REGION_NAME, self.name(), self.name()))
        if self.redirects and self._chance(0.4):
            name = self.random.choice(self.redirects)
        return self.random.choice((name, name, name, f"*.{name}", f"*.{name}", "*"))

    def _profile(self) -> None:
        """A zone of its own, at times of the same name as a local one, and perhaps a rule (PROF-02)."""
        if not self._chance(0.35):
            return
        home = self.estate.account
        vpcs = [each for each in self.base.vpcs if self.estate.home(each).account == home and self._chance(0.7)]
        owners = [each for each in self.base.vpcs if self.estate.home(each).account == home and each not in vpcs]
        domain = self.random.choice(DOMAINS)
        zone = self.estate.private_zone(domain, owners[:1])
        self._records(self.estate, zone, domain)
        resources = [(f"arn:aws:route53:::hostedzone/{zone}", "HOSTED_ZONE")]
        if self._chance(0.3):
            rule = self.estate.resolver_rule(self.random.choice(DOMAINS), kind="SYSTEM", name="carried")
            resources.append((str(self.estate.resource(rule)["Arn"]), "RESOLVER_RULE"))
        self.estate.profile("shared", vpcs=vpcs, resources=resources)

    def _settings(self) -> None:
        for vpc in self.base.vpcs:
            site = self.estate.home(vpc)
            if self._chance(0.05):
                site.set_dns_attribute(vpc, "enableDnsHostnames", value=False)
                if self._chance(0.4):
                    site.set_dns_attribute(vpc, "enableDnsSupport", value=False)
            if self._chance(0.08) and self.inbound:
                servers = site.resolver_addresses(self.random.choice(self.inbound))[:1]
                self.estate.resource(vpc)["DhcpOptionsId"] = site.dhcp_options(servers)

    # ------------------------------------------------------------------ what is asked

    def name(self) -> str:
        """A name, existing or not."""
        draw = self.random.random()
        if draw < 0.45:
            labels = [self.random.choice(LABELS) for _ in range(self.random.choice((0, 1, 1, 2, 3)))]
            return ".".join([*labels, self.random.choice(DOMAINS)])
        if draw < 0.9:
            return self.random.choice(self.apis.host_names())
        if self.wildcards and draw < 0.95:
            return f"z.{self.random.choice(LABELS)}.{self.random.choice(self.wildcards)}"
        return self.random.choice((REGION_NAME, "us-east-1.amazonaws.com"))
