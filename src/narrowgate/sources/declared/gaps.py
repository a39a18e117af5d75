"""Types that no function declares: which of them could change an answer, and what they leave unknown."""

from collections import Counter
from collections.abc import Mapping

from narrowgate.model.resource import Resource
from narrowgate.sources.declared.estate import Declared

_AFFECTS: Mapping[str, tuple[str, ...]] = {
    "AWS::EC2::TransitGatewayConnect": ("ec2.describe_transit_gateway_attachments",),
    "AWS::EC2::TransitGatewayMulticastDomain": (),
    "AWS::EC2::LocalGatewayRoute": (),
    "AWS::EC2::ClientVpnEndpoint": (),
    "AWS::EC2::CarrierGateway": (),
    "AWS::EC2::SpotFleet": ("ec2.describe_instances", "ec2.describe_network_interfaces"),
    "AWS::EC2::EC2Fleet": ("ec2.describe_instances", "ec2.describe_network_interfaces"),
    "AWS::NetworkFirewall::Firewall": ("ec2.describe_network_interfaces",),
}
"""Types of the families below whose reach is known: the calls that would list what they make."""

_FAMILIES: Mapping[str, tuple[str, ...]] = {
    "AWS::EC2::": (),
    "AWS::Route53::": (),
    "AWS::Route53Resolver::": (),
    "AWS::Route53Profiles::": (),
    "AWS::ApiGateway::": (),
    "AWS::ElasticLoadBalancingV2::": (),
    "AWS::ElasticLoadBalancing::": (),
    "AWS::VpcLattice::": (),
    "AWS::NetworkFirewall::": (),
    "AWS::NetworkManager::": (),
    "AWS::DirectConnect::": (),
    "AWS::RAM::": (),
    "AWS::CloudFormation::": (),
}
"""Families in which a type that nobody understands is told one by one."""

_HARMLESS = frozenset(
    {
        "AWS::EC2::KeyPair",
        "AWS::EC2::LaunchTemplate",
        "AWS::EC2::Volume",
        "AWS::EC2::VolumeAttachment",
        "AWS::EC2::EIPAssociation",
        "AWS::EC2::PlacementGroup",
        "AWS::EC2::CapacityReservation",
        "AWS::EC2::Host",
        "AWS::EC2::NetworkInsightsPath",
        "AWS::EC2::NetworkInsightsAnalysis",
        "AWS::EC2::NetworkInsightsAccessScope",
        "AWS::EC2::NetworkInsightsAccessScopeAnalysis",
        "AWS::EC2::IPAM",
        "AWS::EC2::IPAMPool",
        "AWS::EC2::IPAMScope",
        "AWS::EC2::IPAMPoolCidr",
        "AWS::EC2::IPAMAllocation",
        "AWS::EC2::IPAMResourceDiscovery",
        "AWS::EC2::IPAMResourceDiscoveryAssociation",
        "AWS::EC2::VPCEndpointConnectionNotification",
        "AWS::EC2::NetworkInterfacePermission",
        "AWS::EC2::TrafficMirrorFilter",
        "AWS::EC2::TrafficMirrorFilterRule",
        "AWS::EC2::TrafficMirrorSession",
        "AWS::EC2::TrafficMirrorTarget",
        "AWS::EC2::EnclaveCertificateIamRoleAssociation",
        "AWS::EC2::NetworkPerformanceMetricSubscription",
        "AWS::EC2::SnapshotBlockPublicAccess",
        "AWS::EC2::CapacityReservationFleet",
        "AWS::Route53::HealthCheck",
        "AWS::Route53::CidrCollection",
        "AWS::Route53::KeySigningKey",
        "AWS::Route53::DNSSEC",
        "AWS::Route53Resolver::ResolverDNSSECConfig",
        "AWS::ApiGateway::UsagePlan",
        "AWS::ApiGateway::UsagePlanKey",
        "AWS::ApiGateway::ApiKey",
        "AWS::ApiGateway::Model",
        "AWS::ApiGateway::RequestValidator",
        "AWS::ApiGateway::GatewayResponse",
        "AWS::ApiGateway::DocumentationPart",
        "AWS::ApiGateway::DocumentationVersion",
        "AWS::ApiGateway::ClientCertificate",
        "AWS::RAM::Permission",
        "AWS::CloudFormation::WaitCondition",
        "AWS::CloudFormation::WaitConditionHandle",
    }
)
"""Types of those families that change no answer."""

_HOSTS: Mapping[str, str] = {
    "AWS::AutoScaling::AutoScalingGroup": "instances that it starts are not in the source",
    "AWS::ECS::Service": "interfaces of its tasks are not in the source",
    "AWS::RDS::DBInstance": "its interfaces are not in the source",
    "AWS::RDS::DBCluster": "its interfaces are not in the source",
    "AWS::ElastiCache::ReplicationGroup": "its interfaces are not in the source",
    "AWS::EKS::Cluster": "its interfaces are not in the source",
    "AWS::EKS::Nodegroup": "instances that it starts are not in the source",
    "AWS::EFS::MountTarget": "its interface is not in the source",
    "AWS::ElasticLoadBalancing::LoadBalancer": "classic load balancers are not modelled",
}
"""Types with addresses that AWS or another service gives: hosts that a question cannot name."""


def not_understood(declared: Declared, resource: Resource, ignored: Counter[str]) -> None:
    """Report a type that no function declares: as a warning where it could bear on an answer, else as a count."""
    kind = resource.type
    if kind in _HARMLESS:
        ignored[kind] += 1
        return
    if kind in _HOSTS:
        declared.warn(resource, _HOSTS[kind])
        declared.withhold(resource, "ec2.describe_network_interfaces", f"{kind}: {_HOSTS[kind]}")
        return
    if kind in _AFFECTS:
        declared.warn(resource, "is not modelled")
        for call in _AFFECTS[kind]:
            declared.withhold(resource, call, f"{kind} is not modelled")
        return
    if not kind.startswith("AWS::") or any(kind.startswith(family) for family in _FAMILIES):
        # A module or a third party's type may make anything.
        declared.warn(resource, "is not understood; what depends on it is unknown")
        return
    ignored[kind] += 1
