"""Which function builds which type; a new type is one line here."""

from collections.abc import Callable, Mapping
from typing import Any

from narrowgate.model.resource import Resource
from narrowgate.sources.resources import apigateway, balancers, endpoints, route53, transit, vpcs
from narrowgate.sources.resources.building import Building

Handler = Callable[[Building, Resource, dict[str, Any]], str]

HANDLERS: Mapping[str, Handler] = {
    "AWS::EC2::VPC": vpcs.vpc,
    "AWS::EC2::VPCCidrBlock": vpcs.part_of_another,
    "AWS::EC2::Subnet": vpcs.subnet,
    "AWS::EC2::RouteTable": vpcs.route_table,
    "AWS::EC2::SubnetRouteTableAssociation": vpcs.route_table_association,
    "AWS::EC2::Route": vpcs.route,
    "AWS::EC2::VPCPeeringConnection": vpcs.peering,
    "Custom::VpcPeeringConnectionAccepter": vpcs.peering_accepter,
    "Custom::VpcPeeringConnectionOptions": vpcs.peering_options,
    "AWS::EC2::SecurityGroup": vpcs.security_group,
    "AWS::EC2::SecurityGroupIngress": vpcs.security_group_ingress,
    "Custom::OnPremisesNetwork": vpcs.on_premises,
    "AWS::EC2::DHCPOptions": vpcs.dhcp_options,
    "AWS::EC2::VPCDHCPOptionsAssociation": vpcs.dhcp_options_association,
    "AWS::EC2::Instance": vpcs.instance,
    "Custom::DnsServer": vpcs.dns_server,
    "AWS::EC2::TransitGateway": transit.gateway,
    "AWS::EC2::TransitGatewayVpcAttachment": transit.attachment,
    "AWS::EC2::TransitGatewayRouteTable": transit.route_table,
    "AWS::EC2::TransitGatewayRouteTableAssociation": transit.association,
    "AWS::EC2::TransitGatewayRouteTablePropagation": transit.propagation,
    "AWS::RAM::ResourceShare": vpcs.part_of_another,
    "AWS::EC2::VPCEndpoint": endpoints.endpoint,
    "AWS::VpcLattice::ResourceGateway": endpoints.lattice,
    "AWS::VpcLattice::ResourceConfiguration": endpoints.lattice,
    "Custom::VpcEndpointPolicy": endpoints.endpoint_policy,
    "AWS::Route53::HostedZone": route53.hosted_zone,
    "AWS::Route53::RecordSet": route53.record_set,
    "AWS::Route53Resolver::ResolverEndpoint": route53.resolver_endpoint,
    "AWS::Route53Resolver::ResolverRule": route53.resolver_rule,
    "AWS::Route53Resolver::ResolverRuleAssociation": route53.resolver_rule_association,
    "AWS::Route53Profiles::Profile": route53.profile,
    "AWS::Route53Profiles::ProfileAssociation": vpcs.part_of_another,
    "AWS::Route53Profiles::ProfileResourceAssociation": vpcs.part_of_another,
    "AWS::ApiGateway::RestApi": apigateway.rest_api,
    "AWS::ApiGateway::Resource": vpcs.part_of_another,
    "AWS::ApiGateway::Method": vpcs.part_of_another,
    "AWS::ApiGateway::Authorizer": vpcs.part_of_another,
    "AWS::ApiGateway::Deployment": vpcs.part_of_another,
    "AWS::ApiGateway::Stage": apigateway.stage,
    "Custom::RestApiUpdate": apigateway.rest_api_update,
    "AWS::ApiGateway::DomainNameV2": apigateway.domain_name,
    "AWS::ApiGateway::BasePathMappingV2": vpcs.part_of_another,
    "AWS::ApiGateway::DomainNameAccessAssociation": apigateway.access_association,
    "AWS::CertificateManager::Certificate": apigateway.certificate,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": balancers.load_balancer,
    "AWS::ElasticLoadBalancingV2::Listener": vpcs.part_of_another,
    "AWS::ElasticLoadBalancingV2::TargetGroup": vpcs.part_of_another,
}
