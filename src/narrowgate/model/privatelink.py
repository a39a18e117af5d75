"""VPC endpoints of every type and endpoint services (EC2 API names)."""

from narrowgate.model.fact import UNSET, Fact, Tag, UnsetType
from narrowgate.model.vpc import GroupIdentifier


class DnsEntry(Fact, frozen=True, kw_only=True):
    """A name of an endpoint; in order regional, zonal, private, wildcard (VPCE-DNS-01)."""

    dns_name: str | None = None
    hosted_zone_id: str | None = None


class EndpointDnsOptions(Fact, frozen=True, kw_only=True):
    """Which address families the names answer with (VPCE-DNS-08)."""

    dns_record_ip_type: str | None = None
    private_dns_only_for_inbound_resolver_endpoint: bool | None = None


class VpcEndpoint(Fact, frozen=True, kw_only=True):
    """`ec2.describe_vpc_endpoints`."""

    vpc_endpoint_id: str
    vpc_id: str
    vpc_endpoint_type: str = "Interface"
    service_name: str | UnsetType = UNSET
    service_region: str | None = None
    state: str | UnsetType = UNSET
    policy_document: str | UnsetType | None = UNSET
    route_table_ids: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()
    groups: tuple[GroupIdentifier, ...] | UnsetType = UNSET
    ip_address_type: str | None = None
    dns_options: EndpointDnsOptions | None = None
    private_dns_enabled: bool | UnsetType = UNSET
    requester_managed: bool = False
    network_interface_ids: tuple[str, ...] | UnsetType = UNSET
    dns_entries: tuple[DnsEntry, ...] | UnsetType = UNSET
    owner_id: str | None = None
    tags: tuple[Tag, ...] = ()


class EndpointService(Fact, frozen=True, kw_only=True):
    """`ec2.describe_vpc_endpoint_service_configurations`."""

    service_id: str
    service_name: str | None = None
    service_state: str | None = None
    acceptance_required: bool | None = None
    network_load_balancer_arns: tuple[str, ...] = ()
    gateway_load_balancer_arns: tuple[str, ...] = ()
    private_dns_name: str | None = None
    tags: tuple[Tag, ...] = ()
