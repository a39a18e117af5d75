"""Custom domain names of APIs, and their certificates, in Terraform."""

from collections.abc import Iterator, Mapping
from typing import Any

from narrowgate.generate.names import snake
from narrowgate.generate.terraform.hcl import Json, Raw
from narrowgate.generate.terraform.made import Kind, Made, Nested, picked
from narrowgate.generate.terraform.network import simple
from narrowgate.model.resource import Resource


def domain_name(resource: Resource) -> Iterator[Made]:
    """A private custom domain name with its own policy (AGW-08, POL-31)."""
    properties: Mapping[str, Any] = resource.properties
    yield Made(
        kind="aws_api_gateway_domain_name",
        key=snake(resource.logical_id),
        arguments={
            "domain_name": properties["DomainName"],
            "certificate_arn": properties["CertificateArn"],
            "security_policy": properties["SecurityPolicy"],
            "policy": Json(properties["Policy"]),
            "endpoint_configuration": Nested(({"types": properties["EndpointConfiguration"]["Types"]},)),
        },
        source=resource,
    )


def mapping(resource: Resource) -> Iterator[Made]:
    """The mapping of a private name: by its id, for another private name may be called the same."""
    properties = resource.properties
    domain = f'aws_api_gateway_domain_name.this["{snake(properties["DomainNameArn"].logical_id)}"]'
    yield Made(
        kind="aws_api_gateway_base_path_mapping",
        key=snake(resource.logical_id),
        arguments={
            "domain_name": Raw(f"{domain}.domain_name"),
            "domain_name_id": Raw(f"{domain}.domain_name_id"),
            "api_id": properties["RestApiId"],
            "stage_name": properties["Stage"],
        },
        source=resource,
    )


def certificate(resource: Resource) -> Iterator[Made]:
    """A certificate that a record in public DNS has to prove."""
    yield Made(
        kind="aws_acm_certificate",
        key=snake(resource.logical_id),
        arguments=picked(
            resource.properties, (("domain_name", "DomainName"), ("validation_method", "ValidationMethod"))
        ),
        lifecycle={"create_before_destroy": True},
        source=resource,
    )


KINDS: Mapping[str, Kind] = {
    "AWS::ApiGateway::DomainNameV2": Kind(terraform="aws_api_gateway_domain_name", write=domain_name, ref="arn"),
    "AWS::ApiGateway::BasePathMappingV2": Kind(terraform="aws_api_gateway_base_path_mapping", write=mapping),
    "AWS::ApiGateway::DomainNameAccessAssociation": simple(
        "aws_api_gateway_domain_name_access_association",
        ("domain_name_arn", "DomainNameArn"),
        ("access_association_source", "AccessAssociationSource"),
        ("access_association_source_type", "AccessAssociationSourceType"),
    ),
    "AWS::CertificateManager::Certificate": Kind(terraform="aws_acm_certificate", write=certificate, ref="arn"),
}
"""What each type becomes."""
