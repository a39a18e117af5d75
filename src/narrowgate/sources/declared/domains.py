"""Custom domain names, their mappings and access associations, and certificates."""

import json
from typing import Any

from narrowgate.model.estate_facts import Call
from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared.apigateway import saved_policy
from narrowgate.sources.declared.estate import Declared, Properties
from narrowgate.sources.declared.values import texts

_DOMAINS = "apigateway.get_domain_names"
_MAPPINGS = "apigateway.get_base_path_mappings"
_ASSOCIATIONS = "apigateway.get_domain_name_access_associations"


def domain_name(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::ApiGateway::DomainNameV2` (private) and `…DomainName` (public), with their mappings (AGW-08)."""
    name = declared.needed(resource, "DomainName", _DOMAINS)
    if name is None:
        return
    is_private = resource.type.endswith("V2")
    own = declared.own_id(resource)
    domain_id = own.rpartition("+")[2] if is_private else None
    given = properties.get("EndpointConfiguration")
    configuration: Any = given
    if not isinstance(given, Unknown):
        kinds = texts(given if isinstance(given, dict) else {}, "Types")
        configuration = {"types": kinds or ["PRIVATE" if is_private else "EDGE"]}
    element: dict[str, Any] = {
        "domainName": name,
        "domainNameArn": own,
        "endpointConfiguration": configuration,
        "domainNameStatus": "AVAILABLE",
        "routingMode": properties.get("RoutingMode", "BASE_PATH_MAPPING_ONLY"),
    }
    for field, key in (("CertificateArn", "certificateArn"), ("RegionalCertificateArn", "regionalCertificateArn")):
        if field in properties:
            element[key] = properties[field]
    parameters = {"domainName": name}
    if domain_id:
        element["domainNameId"] = parameters["domainNameId"] = domain_id
        _policy(declared, resource, element, name, domain_id, properties.get("Policy"))
    declared.add(resource, _DOMAINS, element, own)
    _mappings(declared, resource, own, name, parameters)


def _policy(
    declared: Declared, resource: Resource, element: dict[str, Any], name: str, domain_id: str, document: Any
) -> None:
    policy = saved_policy(declared, resource, f"/domainnames/{name}+{domain_id}", document)
    if isinstance(policy, Unknown):
        declared.note(resource, "Policy", policy)
        own = declared.own_id(resource)
        declared.untold[Call(resource.account, resource.region, "DomainName.policy", own)] = policy.why
    elif policy is not None:
        # A domain has no stages and methods below it: `execute-api:/*` is the domain itself (POL-31).
        element["policy"] = json.dumps(policy.replace(f"+{domain_id}/*", f"+{domain_id}"))[1:-1]


def _mappings(declared: Declared, resource: Resource, own: str, name: str, parameters: dict[str, str]) -> None:
    rows = []
    for each in declared.of_type("AWS::ApiGateway::BasePathMappingV2", "AWS::ApiGateway::BasePathMapping"):
        given = declared.properties(each)
        named = given.get("DomainNameArn" if each.type.endswith("V2") else "DomainName")
        if named != (own if each.type.endswith("V2") else name) and not isinstance(named, Unknown):
            continue
        row = {
            "basePath": given.get("BasePath") or "(none)",
            "restApiId": given.get("RestApiId"),
            "stage": given.get("Stage"),
        }
        gap = next((one for one in (*row.values(), named) if isinstance(one, Unknown)), None)
        if gap is not None:
            declared.note(each, "the mapping", gap)
            declared.withhold(resource, _MAPPINGS, gap.why, own)
            declared.withhold(resource, _MAPPINGS, gap.why, parameters.get("domainNameId", name))
            return
        rows.append({key: value for key, value in row.items() if value is not None})
    declared.ledger.ask(declared.where(resource), _MAPPINGS, own, parameters, {"items": rows})


def access_association(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::ApiGateway::DomainNameAccessAssociation`."""
    domain = declared.needed(resource, "DomainNameArn", _ASSOCIATIONS)
    source = declared.needed(resource, "AccessAssociationSource", _ASSOCIATIONS)
    if domain and source:
        own = declared.own_id(resource)
        element = {
            "domainNameAccessAssociationArn": own,
            "domainNameArn": domain,
            "accessAssociationSource": source,
            "accessAssociationSourceType": "VPCE",
        }
        declared.add(resource, _ASSOCIATIONS, element, own)


def certificate(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::CertificateManager::Certificate`, taken as issued: validation is its owner's work."""
    call = "acm.list_certificates"
    name = declared.needed(resource, "DomainName", call)
    others = texts(properties, "SubjectAlternativeNames")
    if name is None:
        return
    if isinstance(others, Unknown):
        declared.note(resource, "SubjectAlternativeNames", others)
        declared.withhold(resource, call, others.why)
        return
    own = declared.own_id(resource)
    element = {
        "CertificateArn": own,
        "DomainName": name,
        "SubjectAlternativeNameSummaries": [name, *(each for each in others if each != name)],
        "Status": "ISSUED",
    }
    declared.add(resource, call, element, own)
