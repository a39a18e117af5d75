"""Load balancers in front of endpoints and the certificates they serve (ELBv2 and ACM names)."""

import msgspec

from narrowgate.model.fact import UNSET, Fact, UnsetType


class LoadBalancerState(Fact, frozen=True, kw_only=True):
    """active, provisioning…."""

    code: str = "active"


class LoadBalancerAddress(Fact, frozen=True, kw_only=True):
    """An address of a load balancer in one AZ."""

    ip_address: str | None = None
    private_ipv4_address: str | None = msgspec.field(default=None, name="PrivateIPv4Address")


class LoadBalancerZone(Fact, frozen=True, kw_only=True):
    """An AZ of a load balancer."""

    zone_name: str | None = None
    subnet_id: str | None = None
    load_balancer_addresses: tuple[LoadBalancerAddress, ...] = ()


class LoadBalancer(Fact, frozen=True, kw_only=True):
    """`elbv2.describe_load_balancers`."""

    load_balancer_arn: str
    load_balancer_name: str = ""
    dns_name: str | None = msgspec.field(default=None, name="DNSName")
    scheme: str | None = None
    type: str | None = None
    vpc_id: str | None = None
    state: LoadBalancerState = LoadBalancerState()
    availability_zones: tuple[LoadBalancerZone, ...] = ()
    security_groups: tuple[str, ...] | UnsetType = UNSET
    canonical_hosted_zone_id: str | None = None


class ForwardTargetGroup(Fact, frozen=True, kw_only=True):
    """A weighted target group."""

    target_group_arn: str | None = None
    weight: int | None = None


class ForwardConfig(Fact, frozen=True, kw_only=True):
    """The target groups of a forward action."""

    target_groups: tuple[ForwardTargetGroup, ...] = ()


class ListenerAction(Fact, frozen=True, kw_only=True):
    """What a listener does by default."""

    type: str
    target_group_arn: str | None = None
    forward_config: ForwardConfig | None = None


class ListenerCertificate(Fact, frozen=True, kw_only=True):
    """A certificate of a listener."""

    certificate_arn: str | None = None


class Listener(Fact, frozen=True, kw_only=True):
    """`elbv2.describe_listeners`."""

    listener_arn: str
    load_balancer_arn: str | None = None
    port: int | None = None
    protocol: str | None = None
    default_actions: tuple[ListenerAction, ...] = ()
    certificates: tuple[ListenerCertificate, ...] = ()


class TargetGroup(Fact, frozen=True, kw_only=True):
    """`elbv2.describe_target_groups`."""

    target_group_arn: str
    target_group_name: str = ""
    protocol: str | None = None
    port: int | None = None
    vpc_id: str | None = None
    target_type: str | None = None
    load_balancer_arns: tuple[str, ...] = ()


class TargetDescription(Fact, frozen=True, kw_only=True):
    """A registered target."""

    id: str
    port: int | None = None
    availability_zone: str | None = None


class TargetHealth(Fact, frozen=True, kw_only=True):
    """healthy, unhealthy…."""

    state: str | None = None
    reason: str | None = None


class TargetHealthDescription(Fact, frozen=True, kw_only=True):
    """`elbv2.describe_target_health`."""

    target: TargetDescription
    target_health: TargetHealth = TargetHealth()


class Certificate(Fact, frozen=True, kw_only=True):
    """`acm.list_certificates`."""

    certificate_arn: str
    domain_name: str | None = None
    subject_alternative_name_summaries: tuple[str, ...] = ()
    has_additional_subject_alternative_names: bool = False
    """Whether the list of names was cut off, as ACM does after a hundred."""
    status: str | None = None
