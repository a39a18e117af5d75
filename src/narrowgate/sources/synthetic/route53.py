"""Hosted zones, Resolver endpoints and rules, DNS Firewall, Profiles."""

from collections.abc import Sequence

from narrowgate.sources.synthetic.ledger import Record
from narrowgate.sources.synthetic.names import CREATED, hosted_zone_id
from narrowgate.sources.synthetic.privatelink import PrivateLinkBuilder

_INTERNET_RESOLVER = "rslvr-autodefined-rr-internet-resolver"
_DIRECTIONS = {"INBOUND": "in", "OUTBOUND": "out", "INBOUND_DELEGATION": "in"}


class Route53Builder(PrivateLinkBuilder):
    """Builds what answers names."""

    def _open(self) -> None:
        super()._open()
        # Every Region lists the rule that sends all other names to public DNS; nobody can delete it (RSLV-01).
        self._add(
            "route53resolver.list_resolver_rules",
            {
                "Id": _INTERNET_RESOLVER,
                "CreatorRequestId": "",
                "Arn": f"arn:aws:route53resolver:{self.region}::autodefined-rule/{_INTERNET_RESOLVER}",
                "DomainName": ".",
                "Status": "COMPLETE",
                "StatusMessage": "[Trace id: none] Autodefined rule",
                "RuleType": "RECURSIVE",
                "Name": "Internet Resolver",
                "OwnerId": "Route 53 Resolver",
                "ShareStatus": "NOT_SHARED",
            },
        )

    def _vpc_made(self, vpc_id: str) -> None:
        super()._vpc_made(vpc_id)
        self._add(
            "route53resolver.list_resolver_rule_associations",
            {
                "Id": f"rslvr-autodefined-assoc-{vpc_id}-internet-resolver",
                "ResolverRuleId": _INTERNET_RESOLVER,
                "Name": "System Rule Association",
                "VPCId": vpc_id,
                "Status": "COMPLETE",
                "StatusMessage": "",
            },
        )

    def private_zone(self, name: str, vpcs: Sequence[str]) -> str:
        """A private hosted zone for some VPCs, with its SOA and NS records; its id without prefix."""
        zone_id = hosted_zone_id(*self.ledger.number("zone", self.everywhere, name))
        domain = _absolute(name)
        element = {
            "Id": f"/hostedzone/{zone_id}",
            "Name": domain,
            "CallerReference": f"zone-{zone_id}",
            "Config": {"Comment": "", "PrivateZone": True},
            "ResourceRecordSetCount": 2,
        }
        self.ledger.add(self.everywhere, "route53.list_hosted_zones", element, zone_id)
        associated: list[Record] = []
        self._ask("route53.get_hosted_zone", zone_id, {"Id": zone_id}, {"HostedZone": element, "VPCs": associated})
        soa = "ns-1536.awsdns-00.co.uk. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
        self._ask(
            "route53.list_resource_record_sets",
            zone_id,
            {"HostedZoneId": zone_id},
            {
                "ResourceRecordSets": [
                    _record_set(domain, "NS", ["ns-0.awsdns-00.com."], ttl=172800),
                    _record_set(domain, "SOA", [soa], ttl=900),
                ],
                "IsTruncated": False,
                "MaxItems": "300",
            },
        )
        self._ask(
            "route53.list_vpc_association_authorizations",
            zone_id,
            {"HostedZoneId": zone_id},
            {"HostedZoneId": zone_id, "VPCs": []},
        )
        for vpc_id in vpcs:
            self.associate_zone(zone_id, vpc_id)
        return zone_id

    def associate_zone(self, zone_id: str, vpc_id: str) -> None:
        """Let a VPC of any account and Region use a private zone (PHZ-02)."""
        where = self.ledger.home[vpc_id]
        body = self.ledger.answer("route53.get_hosted_zone", zone_id)
        body["VPCs"].append({"VPCRegion": where.region, "VPCId": vpc_id})

    def record(self, zone_id: str, name: str, kind: str, values: Sequence[str], *, ttl: int = 300) -> None:
        """A record set of a zone; `*` is stored as Route 53 prints it."""
        self._put_record(zone_id, _record_set(_absolute(name).replace("*", "\\052"), kind, values, ttl=ttl))

    def alias_record(self, zone_id: str, name: str, target: str, *, target_zone: str, kind: str = "A") -> None:
        """An alias record."""
        alias = {"HostedZoneId": target_zone, "DNSName": _absolute(target), "EvaluateTargetHealth": False}
        self._put_record(
            zone_id, {"Name": _absolute(name).replace("*", "\\052"), "Type": kind, "AliasTarget": alias}
        )

    def alias_to_endpoint(self, zone_id: str, name: str, endpoint_id: str) -> None:
        """An alias A record to an interface endpoint's Regional name (PHZ-04)."""
        entry = self.resource(endpoint_id)["DnsEntries"][0]
        self.alias_record(zone_id, name, entry["DnsName"], target_zone=entry["HostedZoneId"])

    def resolver_endpoint(
        self,
        direction: str,
        subnets: Sequence[str],
        groups: Sequence[str],
        *,
        name: str = "",
        addresses: Sequence[str] = (),
    ) -> str:
        """A Resolver endpoint, `INBOUND`, `OUTBOUND` or `INBOUND_DELEGATION`, with an address in each subnet."""
        short = _DIRECTIONS[direction]
        vpc_id = self.resource(subnets[0])["VpcId"]
        endpoint_id = self._new_id(f"rslvr-{short}", name or vpc_id)
        wanted = [*addresses, *[None] * len(subnets)]
        ips = []
        for position, subnet_id in enumerate(subnets):
            ip_id = self._new_id("rni", f"{endpoint_id}{position}")
            interface_id = self.managed_interface(
                subnet_id,
                groups,
                "interface",
                f"Route 53 Resolver: {endpoint_id}:{ip_id}",
                address=wanted[position],
            )
            ips.append(
                {
                    "IpId": ip_id,
                    "SubnetId": subnet_id,
                    "Ip": self.resource(interface_id)["PrivateIpAddress"],
                    "Status": "ATTACHED",
                    "StatusMessage": "This IP address is operational.",
                    "CreationTime": CREATED,
                    "ModificationTime": CREATED,
                }
            )
        element = {
            "Id": endpoint_id,
            "CreatorRequestId": f"made-{endpoint_id}",
            "Arn": self.arn("route53resolver", f"resolver-endpoint/{endpoint_id}"),
            "Name": name,
            "SecurityGroupIds": list(groups),
            "Direction": direction,
            "IpAddressCount": len(ips),
            "HostVPCId": vpc_id,
            "Status": "OPERATIONAL",
            "StatusMessage": f"[Trace id: none] This Resolver Endpoint is operational for {endpoint_id}",
            "CreationTime": CREATED,
            "ModificationTime": CREATED,
            "ResolverEndpointType": "IPV4",
            "Protocols": ["Do53"],
        }
        self._add("route53resolver.list_resolver_endpoints", element, endpoint_id)
        self._ask(
            "route53resolver.list_resolver_endpoint_ip_addresses",
            endpoint_id,
            {"ResolverEndpointId": endpoint_id},
            {"MaxResults": 100, "IpAddresses": ips},
        )
        return endpoint_id

    def resolver_addresses(self, endpoint_id: str) -> list[str]:
        """A Resolver endpoint's addresses."""
        body = self.ledger.answer("route53resolver.list_resolver_endpoint_ip_addresses", endpoint_id)
        return [str(each["Ip"]) for each in body["IpAddresses"]]

    def resolver_rule(
        self,
        domain: str,
        endpoint_id: str | None = None,
        targets: Sequence[str] = (),
        *,
        kind: str = "FORWARD",
        name: str = "",
    ) -> str:
        """A Resolver rule; `FORWARD` needs an outbound endpoint and targets (`10.0.0.5` or `10.0.0.5:5353`)."""
        rule_id = self._new_id("rslvr-rr", name or domain)
        element: Record = {
            "Id": rule_id,
            "CreatorRequestId": f"made-{rule_id}",
            "Arn": self.arn("route53resolver", f"resolver-rule/{rule_id}"),
            "DomainName": _absolute(domain),
            "Status": "COMPLETE",
            "StatusMessage": "[Trace id: none] Successfully created Resolver Rule.",
            "RuleType": kind,
            "Name": name,
            "OwnerId": self.account,
            "ShareStatus": "NOT_SHARED",
            "CreationTime": CREATED,
            "ModificationTime": CREATED,
        }
        if kind == "FORWARD":
            element["TargetIps"] = [_target(target) for target in targets]
            element["ResolverEndpointId"] = endpoint_id
        self._add("route53resolver.list_resolver_rules", element, rule_id)
        return rule_id

    def associate_rule(self, rule_id: str, vpc_id: str, *, status: str = "COMPLETE") -> str:
        """Put a rule into force in a VPC; a rule of another account is shared with the VPC's account first."""
        owner, user = self.home(rule_id), self.home(vpc_id)
        if owner.account != user.account:
            rule = owner.resource(rule_id)
            rule["ShareStatus"] = "SHARED_BY_ME"
            shown = self.ledger.elements.get((user.where, "route53resolver.list_resolver_rules"), ())
            if not any(each["Id"] == rule_id for each in shown):
                user._add("route53resolver.list_resolver_rules", rule | {"ShareStatus": "SHARED_WITH_ME"})
        association_id = user._new_id("rslvr-rrassoc", f"{rule_id}{vpc_id}")
        element = {
            "Id": association_id,
            "ResolverRuleId": rule_id,
            "Name": "",
            "VPCId": vpc_id,
            "Status": status,
            "StatusMessage": "",
        }
        user._add("route53resolver.list_resolver_rule_associations", element, association_id)
        return association_id

    def _put_record(self, zone_id: str, record: Record) -> None:
        body = self.ledger.answer("route53.list_resource_record_sets", zone_id)
        body["ResourceRecordSets"].append(record)
        self.resource(zone_id)["ResourceRecordSetCount"] = len(body["ResourceRecordSets"])


def _absolute(name: str) -> str:
    return name if name.endswith(".") else f"{name}."


def _target(target: str) -> Record:
    address, _, port = target.partition(":")
    return {"Ip": address, "Port": int(port or 53), "Protocol": "Do53"}


def _record_set(name: str, kind: str, values: Sequence[str], *, ttl: int) -> Record:
    return {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": value} for value in values]}
