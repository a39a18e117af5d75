"""Private custom domain names: domain, certificate, mapping, access association (AGW-08)."""

from narrowgate.model.design import Api, Design
from narrowgate.model.resource import Ref, Resource
from narrowgate.options.parts.endpoints import central_doors
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.networks import endpoint_ref
from narrowgate.options.parts.policies import api_ref, unique
from narrowgate.options.parts.resource_list import Because, Place, ResourceList, place_of


def domain_resources(design: Design) -> tuple[Resource, ...]:
    """For each API its domain, mapped to the API's stage and associated with the endpoint of the API's VPC."""
    found = ResourceList()
    doors = central_doors(design)
    for api in design.private_apis:
        place = Place(api.account, api.region)
        vpc = design.vpc(api.vpc or "")
        domain = found.add(
            logical_id(api.name, "domain"),
            "AWS::ApiGateway::DomainNameV2",
            place,
            {
                "DomainName": api.custom_domain,
                "CertificateArn": add_certificate(found, api),
                "EndpointConfiguration": {"Types": ["PRIVATE"]},
                "SecurityPolicy": "TLS_1_2",
                "Policy": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Sid": "ThroughTheEndpoint",
                            "Effect": "Allow",
                            "Principal": "*",
                            "Action": "execute-api:Invoke",
                            "Resource": "execute-api:/*",
                            "Condition": {
                                "StringEquals": {
                                    "aws:SourceVpce": unique(door.endpoint for door in doors[api.name])
                                }
                            },
                        }
                    ],
                },
            },
            Because(f"the name {api.custom_domain} for `{api.name}`", "AGW-08"),
        )
        found.add(
            logical_id(api.name, "domain", "mapping"),
            "AWS::ApiGateway::BasePathMappingV2",
            place,
            {"DomainNameArn": domain, "RestApiId": api_ref(api), "Stage": api.stage},
            Because("the name leads to the API's stage", "AGW-08"),
        )
        found.order(logical_id(api.name, "domain", "mapping"), after=[logical_id(api.name, "stage")])
        found.add(
            logical_id(api.name, "domain", "access-association"),
            "AWS::ApiGateway::DomainNameAccessAssociation",
            place_of(vpc),
            {
                "DomainNameArn": domain,
                "AccessAssociationSource": endpoint_ref(vpc),
                "AccessAssociationSourceType": "VPCE",
            },
            Because("the endpoint's owner lets it serve the name", "AGW-08"),
        )
    return found.all()


def add_certificate(found: ResourceList, api: Api) -> Ref:
    """The certificate for an API's own name: the one that the design names, else a new one."""
    existing = found.as_existing(exists=api.certificate is not None)
    return existing.add(
        logical_id(api.name, "certificate"),
        "AWS::CertificateManager::Certificate",
        Place(api.account, api.region),
        {"DomainName": api.custom_domain, "ValidationMethod": "DNS"},
        Because(f"proves the name {api.custom_domain} to callers", "AGW-12"),
        own_id=api.certificate,
    )
