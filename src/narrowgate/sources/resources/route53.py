"""Zones, Resolver endpoints, rules and Profiles of a design."""

from typing import Any

from narrowgate.model.resource import Resource
from narrowgate.sources.resources.building import Building

Properties = dict[str, Any]


def hosted_zone(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::Route53::HostedZone`, a private one."""
    return building.estate(resource).private_zone(
        properties["Name"], [each["VPCId"] for each in properties["VPCs"]]
    )


def record_set(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::Route53::RecordSet`."""
    estate, zone, name, kind = (
        building.estate(resource),
        properties["HostedZoneId"],
        properties["Name"],
        properties["Type"],
    )
    alias = properties.get("AliasTarget")
    if alias is not None:
        estate.alias_record(zone, name, alias["DNSName"], target_zone=alias["HostedZoneId"], kind=kind)
    else:
        estate.record(zone, name, kind, properties["ResourceRecords"], ttl=int(properties["TTL"]))
    return resource.logical_id


def resolver_endpoint(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::Route53Resolver::ResolverEndpoint`."""
    places = properties["IpAddresses"]
    own = building.estate(resource).resolver_endpoint(
        properties["Direction"],
        [each["SubnetId"] for each in places],
        properties["SecurityGroupIds"],
        name=resource.logical_id,
        addresses=[each["Ip"] for each in places],
    )
    building.ledger.by_id[own]["Name"] = properties["Name"]
    return own


def resolver_rule(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::Route53Resolver::ResolverRule`."""
    own = building.estate(resource).resolver_rule(
        properties["DomainName"],
        properties.get("ResolverEndpointId"),
        [f"{each['Ip']}:{each['Port']}" for each in properties.get("TargetIps", ())],
        kind=properties["RuleType"],
        name=resource.logical_id,
    )
    building.ledger.by_id[own]["Name"] = properties["Name"]
    return own


def resolver_rule_association(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::Route53Resolver::ResolverRuleAssociation`."""
    return building.estate(resource).associate_rule(properties["ResolverRuleId"], properties["VPCId"])


def profile(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::Route53Profiles::Profile`, with the VPCs and resources that the list gives it."""
    vpcs = building.users("AWS::Route53Profiles::ProfileAssociation", "ProfileId", resource.logical_id)
    carried = building.users("AWS::Route53Profiles::ProfileResourceAssociation", "ProfileId", resource.logical_id)
    return building.estate(resource).profile(
        resource.logical_id,
        vpcs=[building.resolved(each.properties["ResourceId"]) for each in vpcs],
        resources=[(building.resolved(each.properties["ResourceArn"]), "HOSTED_ZONE") for each in carried],
    )
