"""Hosted zones, Resolver endpoints and rules, DNS Firewall, Profiles (Route 53 API names)."""

import msgspec

from narrowgate.model.fact import UNSET, AddressText, Fact, UnsetType


class HostedZoneConfig(Fact, frozen=True, kw_only=True):
    """Public or private."""

    private_zone: bool | UnsetType = UNSET
    comment: str | None = None


class LinkedService(Fact, frozen=True, kw_only=True):
    """The AWS service that made a zone."""

    service_principal: str | None = None


class HostedZone(Fact, frozen=True, kw_only=True):
    """`route53.list_hosted_zones`; `id` may carry the prefix `/hostedzone/`."""

    id: str
    name: str
    config: HostedZoneConfig = HostedZoneConfig()
    linked_service: LinkedService | None = None


class ZoneVpc(Fact, frozen=True, kw_only=True):
    """A VPC that a zone is associated with."""

    vpc_region: str | None = msgspec.field(default=None, name="VPCRegion")
    vpc_id: str | None = msgspec.field(default=None, name="VPCId")


class AliasTarget(Fact, frozen=True, kw_only=True):
    """What an alias record points to."""

    dns_name: str = msgspec.field(name="DNSName")
    hosted_zone_id: str | None = None
    evaluate_target_health: bool = False


class ResourceRecord(Fact, frozen=True, kw_only=True):
    """One value."""

    value: str


class ResourceRecordSet(Fact, frozen=True, kw_only=True):
    r"""`route53.list_resource_record_sets`; `*` in a name is written as `\\052`."""

    name: str
    type: str
    ttl: int | None = msgspec.field(default=None, name="TTL")
    resource_records: tuple[ResourceRecord, ...] = ()
    alias_target: AliasTarget | None = None
    set_identifier: str | None = None
    weight: int | None = None
    region: str | None = None
    failover: str | None = None
    multi_value_answer: bool | None = None
    health_check_id: str | None = None


class ResolverEndpoint(Fact, frozen=True, kw_only=True):
    """`route53resolver.list_resolver_endpoints`."""

    id: str
    direction: str
    arn: str | None = None
    name: str | None = None
    host_vpc_id: str | UnsetType = msgspec.field(default=UNSET, name="HostVPCId")
    security_group_ids: tuple[str, ...] | UnsetType = UNSET
    status: str | UnsetType = UNSET
    ip_address_count: int | None = None
    protocols: tuple[str, ...] = ()
    resolver_endpoint_type: str | None = None
    dns64_enabled: bool | None = None


class ResolverEndpointIpAddress(Fact, frozen=True, kw_only=True):
    """`route53resolver.list_resolver_endpoint_ip_addresses`."""

    ip_id: str | None = None
    subnet_id: str | None = None
    ip: AddressText | None = None
    ipv6: AddressText | None = None
    status: str = "ATTACHED"


class TargetAddress(Fact, frozen=True, kw_only=True):
    """A target of a FORWARD rule (OUT-03)."""

    ip: AddressText | None = None
    ipv6: AddressText | None = None
    port: int = 53
    protocol: str = "Do53"
    server_name_indication: str | None = None


class ResolverRule(Fact, frozen=True, kw_only=True):
    """`route53resolver.list_resolver_rules`."""

    id: str
    domain_name: str | UnsetType = UNSET
    rule_type: str | UnsetType = UNSET
    arn: str | None = None
    name: str | None = None
    status: str = "COMPLETE"
    resolver_endpoint_id: str | None = None
    target_ips: tuple[TargetAddress, ...] = ()
    owner_id: str | None = None
    share_status: str | None = None
    delegation_record: str | None = None


class ResolverRuleAssociation(Fact, frozen=True, kw_only=True):
    """`route53resolver.list_resolver_rule_associations`; only COMPLETE counts (RSLV-10)."""

    resolver_rule_id: str
    vpc_id: str = msgspec.field(name="VPCId")
    id: str | None = None
    name: str | None = None
    status: str | UnsetType = UNSET


class ResolverConfig(Fact, frozen=True, kw_only=True):
    """`route53resolver.list_resolver_configs` (RSLV-09)."""

    resource_id: str
    owner_id: str | None = None
    autodefined_reverse: str | None = None


class FirewallRuleGroup(Fact, frozen=True, kw_only=True):
    """`route53resolver.list_firewall_rule_groups`."""

    id: str
    arn: str | None = None
    name: str | None = None
    owner_id: str | None = None
    share_status: str | None = None


class FirewallRuleGroupAssociation(Fact, frozen=True, kw_only=True):
    """`route53resolver.list_firewall_rule_group_associations`."""

    firewall_rule_group_id: str
    vpc_id: str
    priority: int
    id: str | None = None
    name: str | None = None
    status: str = "COMPLETE"


class FirewallRule(Fact, frozen=True, kw_only=True):
    """`route53resolver.list_firewall_rules`."""

    priority: int
    action: str
    firewall_rule_group_id: str | None = None
    name: str | None = None
    firewall_domain_list_id: str | None = None
    block_response: str | None = None
    block_override_domain: str | None = None
    block_override_dns_type: str | None = None
    block_override_ttl: int | None = None
    firewall_domain_redirection_action: str | None = None
    qtype: str | None = None
    dns_threat_protection: str | None = None
    firewall_threat_protection_id: str | None = None
    confidence_threshold: str | None = None


class FirewallDomainList(Fact, frozen=True, kw_only=True):
    """`route53resolver.list_firewall_domain_lists`."""

    id: str
    name: str | None = None
    arn: str | None = None
    managed_owner_name: str | None = None
    domain_count: int | None = None


class FirewallConfig(Fact, frozen=True, kw_only=True):
    """`route53resolver.list_firewall_configs` (FW-06)."""

    resource_id: str
    owner_id: str | None = None
    firewall_fail_open: str | None = None


class QueryLogConfig(Fact, frozen=True, kw_only=True):
    """`route53resolver.list_resolver_query_log_configs`."""

    id: str
    arn: str | None = None
    name: str | None = None
    destination_arn: str | None = None
    status: str | None = None


class QueryLogConfigAssociation(Fact, frozen=True, kw_only=True):
    """`route53resolver.list_resolver_query_log_config_associations`."""

    resolver_query_log_config_id: str
    resource_id: str
    status: str | None = None


class Profile(Fact, frozen=True, kw_only=True):
    """`route53profiles.list_profiles`."""

    id: str
    arn: str | None = None
    name: str | None = None
    share_status: str | None = None


class ProfileAssociation(Fact, frozen=True, kw_only=True):
    """`route53profiles.list_profile_associations`: a Profile's VPC."""

    profile_id: str
    resource_id: str
    id: str | None = None
    name: str | None = None
    owner_id: str | None = None
    status: str = "COMPLETE"
    priority: int | None = None


class ProfileResourceAssociation(Fact, frozen=True, kw_only=True):
    """`route53profiles.list_profile_resource_associations`: what a Profile carries."""

    profile_id: str
    resource_arn: str
    resource_type: str | None = None
    id: str | None = None
    name: str | None = None
    owner_id: str | None = None
    status: str = "COMPLETE"
    resource_properties: str | None = None
