"""REST APIs and private custom domain names of a design."""

from typing import Any

from narrowgate.model.resource import GetAtt, Ref, Resource
from narrowgate.sources.resources.building import Building
from narrowgate.sources.resources.logs import stage_settings

Properties = dict[str, Any]


def rest_api(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::ApiGateway::RestApi`, with the resources and methods that the list gives it."""
    configuration = properties["EndpointConfiguration"]
    methods = list(building.users("AWS::ApiGateway::Method", "RestApiId", resource.logical_id))
    by_path: dict[str, list[str]] = {}
    for each in methods:
        by_path.setdefault(_path(building, each.properties["ResourceId"]), []).append(
            each.properties["HttpMethod"]
        )
    estate = building.estate(resource)
    own = estate.rest_api(
        properties["Name"],
        by_path,
        api_id=resource.physical_id,
        policy=properties.get("Policy"),
        endpoints=configuration.get("VpcEndpointIds", ()),
        kind=configuration["Types"][0],
    )
    authorizers = {
        each.logical_id: estate.authorizer(own, each.properties["Name"], kind=each.properties["Type"])
        for each in building.users("AWS::ApiGateway::Authorizer", "RestApiId", resource.logical_id)
    }
    for each in methods:
        named = each.properties.get("AuthorizerId")
        estate.set_authorization(
            own,
            _path(building, each.properties["ResourceId"]),
            each.properties["HttpMethod"],
            kind=each.properties["AuthorizationType"],
            authorizer=authorizers[named.logical_id] if named is not None else None,
        )
    return own


def _path(building: Building, resource: Ref | GetAtt) -> str:
    """The path of a resource, from its own part up to the root."""
    if isinstance(resource, GetAtt):
        return "/"
    properties = building.resources[resource.logical_id].properties
    above = _path(building, properties["ParentId"])
    return f"{above.rstrip('/')}/{properties['PathPart']}"


def stage(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::ApiGateway::Stage`: it runs what is saved now (POL-03)."""
    building.estate(resource).deploy(properties["RestApiId"], properties["StageName"])
    stage_settings(building, properties)
    return resource.logical_id


def rest_api_update(building: Building, resource: Resource, properties: Properties) -> str:
    """An existing API that gets a policy and associations, and is deployed again."""
    estate, own = building.estate(resource), properties["RestApiId"]
    estate.set_policy(own, properties["Policy"])
    if properties["VpcEndpointIds"]:
        building.ledger.by_id[own]["endpointConfiguration"]["vpcEndpointIds"] = properties["VpcEndpointIds"]
    estate.deploy(own, properties["StageName"])
    return resource.logical_id


def domain_name(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::ApiGateway::DomainNameV2`, with the mapping that the list gives it."""
    estate = building.estate(resource)
    mapping = next(building.users("AWS::ApiGateway::BasePathMappingV2", "DomainNameArn", resource.logical_id))
    arn = estate.custom_domain(
        properties["DomainName"],
        building.resolved(mapping.properties["RestApiId"]),
        stage=mapping.properties["Stage"],
        policy=properties.get("Policy"),
        base_path=mapping.properties.get("BasePath", ""),
    )
    made = building.ledger.by_id[arn]["certificateArn"]
    estate.remove("acm.list_certificates", made, "CertificateArn")
    building.ledger.by_id[arn]["certificateArn"] = properties["CertificateArn"]
    return arn


def access_association(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::ApiGateway::DomainNameAccessAssociation`."""
    return building.estate(resource).associate_domain(
        properties["DomainNameArn"], properties["AccessAssociationSource"]
    )


def certificate(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::CertificateManager::Certificate`, issued; one that exists keeps its ARN."""
    arn = building.estate(resource).certificate(properties["DomainName"])
    if resource.physical_id is None:
        return arn
    fact = building.ledger.by_id.pop(arn)
    fact["CertificateArn"] = resource.physical_id
    building.ledger.by_id[resource.physical_id] = fact
    return resource.physical_id
