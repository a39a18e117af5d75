"""Every type of the list: what makes it by hand, and what its steps are called."""

from collections.abc import Mapping

from narrowgate.generate.runbook import apis, balancers, dns, endpoints, links, logs, network, own_names
from narrowgate.generate.runbook.step import Writer
from narrowgate.model.resource import Ref, Resource

WRITERS: Mapping[str, Writer] = {
    **network.WRITERS,
    **links.WRITERS,
    **endpoints.WRITERS,
    **dns.WRITERS,
    **apis.WRITERS,
    **own_names.WRITERS,
    **balancers.WRITERS,
    **logs.WRITERS,
}

MERGED = frozenset({"Custom::DnsServer"})
"""What another resource's step makes: the software of a server comes with the server."""

_TITLES = {
    "AWS::KMS::Key": "Key for the log groups",
    "AWS::Logs::LogGroup": "Log groups",
    "AWS::IAM::Role": "Roles that write logs",
    "AWS::EC2::FlowLog": "Flow logs",
    "AWS::Route53Resolver::ResolverQueryLoggingConfig": "Log of DNS queries",
    "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation": "VPCs whose DNS queries are logged",
    "AWS::CloudWatch::Alarm": "Alarms",
    "AWS::ApiGateway::Account": "Role of API Gateway's logs",
    "AWS::WAFv2::WebACL": "Web ACL",
    "AWS::WAFv2::WebACLAssociation": "Web ACL on the stage",
    "AWS::EC2::VPC": "VPC",
    "AWS::EC2::VPCCidrBlock": "Further ranges",
    "AWS::EC2::Subnet": "Subnets",
    "AWS::EC2::RouteTable": "Route tables",
    "AWS::EC2::SubnetRouteTableAssociation": "Tables of the subnets",
    "AWS::EC2::Route": "Routes",
    "AWS::EC2::VPCPeeringConnection": "VPC peering",
    "Custom::VpcPeeringConnectionAccepter": "Acceptance of the peering",
    "Custom::VpcPeeringConnectionOptions": "DNS option of the peering",
    "AWS::EC2::SecurityGroup": "Security groups",
    "AWS::EC2::SecurityGroupIngress": "Rules of an existing security group",
    "AWS::EC2::DHCPOptions": "DHCP options",
    "AWS::EC2::VPCDHCPOptionsAssociation": "DHCP options of the VPC",
    "AWS::EC2::TransitGateway": "Transit gateway",
    "AWS::EC2::TransitGatewayVpcAttachment": "Attachments of the VPCs",
    "AWS::EC2::TransitGatewayRouteTable": "Tables of the transit gateway",
    "AWS::EC2::TransitGatewayRouteTableAssociation": "Which attachment uses which table",
    "AWS::EC2::TransitGatewayRouteTablePropagation": "Which table learns which ranges",
    "AWS::RAM::ResourceShare": "Share with other accounts",
    "AWS::EC2::VPCEndpoint": "VPC endpoint",
    "Custom::VpcEndpointPolicy": "Policy of the endpoint",
    "AWS::Route53::HostedZone": "Private hosted zone",
    "AWS::Route53::RecordSet": "Record",
    "AWS::Route53Resolver::ResolverEndpoint": "Resolver endpoint",
    "AWS::Route53Resolver::ResolverRule": "Forwarding rule",
    "AWS::Route53Resolver::ResolverRuleAssociation": "Forwarding rule in the VPC",
    "AWS::Route53Profiles::Profile": "Route 53 Profile",
    "AWS::Route53Profiles::ProfileAssociation": "Profile in the VPC",
    "AWS::Route53Profiles::ProfileResourceAssociation": "What the Profile carries",
    "AWS::EC2::Instance": "DNS servers",
    "AWS::ApiGateway::RestApi": "REST API with its policy",
    "AWS::ApiGateway::Resource": "Paths and methods",
    "AWS::ApiGateway::Method": "Paths and methods",
    "AWS::ApiGateway::Authorizer": "Authorizer",
    "AWS::ApiGateway::Deployment": "Deployment",
    "AWS::ApiGateway::Stage": "Stage",
    "Custom::RestApiUpdate": "Policy of the existing API, deployed again",
    "AWS::ApiGateway::DomainNameV2": "Private custom domain name",
    "AWS::ApiGateway::BasePathMappingV2": "Mapping of the name to the stage",
    "AWS::ApiGateway::DomainNameAccessAssociation": "Access of the endpoint to the name",
    "AWS::CertificateManager::Certificate": "Certificate",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Load balancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "Targets of the load balancer",
    "AWS::ElasticLoadBalancingV2::Listener": "Listener of the load balancer",
    "AWS::VpcLattice::ResourceGateway": "Resource gateway",
    "AWS::VpcLattice::ResourceConfiguration": "Resource configuration",
}


def title_of(resource: Resource) -> str:
    """What a step is called; resources that follow each other and are called the same are one step."""
    title = _TITLES[resource.type]
    if title == "Paths and methods":
        api = resource.properties["RestApiId"]
        return f"{title} of `{api.logical_id if isinstance(api, Ref) else api}`"
    return title
