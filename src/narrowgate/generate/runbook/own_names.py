"""Commands for private custom domain names and their certificates."""

from collections.abc import Mapping

from narrowgate.generate.plan import Plan
from narrowgate.generate.runbook.apis import Options, gateway
from narrowgate.generate.runbook.dns import call
from narrowgate.generate.runbook.network import asked, capture, own
from narrowgate.generate.runbook.shell import Document, variable
from narrowgate.generate.runbook.step import Check, Work, Writer
from narrowgate.model.resource import GetAtt, Resource


def certificate(plan: Plan, resource: Resource) -> Work:
    """A certificate; a record in public DNS proves the name."""
    properties, it = resource.properties, own(resource)
    made = call(
        resource,
        "acm",
        "request-certificate",
        ("--domain-name", properties["DomainName"]),
        ("--validation-method", properties["ValidationMethod"]),
    )
    shown = call(resource, "acm", "describe-certificate", ("--certificate-arn", it))
    return Work(
        commands=(capture(made, variable(resource.logical_id), "CertificateArn"),),
        check=Check(asked(shown, "Certificate.Status"), "ISSUED"),
        undo=(call(resource, "acm", "delete-certificate", ("--certificate-arn", it)),),
        console="Certificate Manager > Request certificate > Public > DNS validation",
        note="Put the CNAME that its page shows into the domain's public zone, and wait for `ISSUED`.",
    )


def domain_name(plan: Plan, resource: Resource) -> Work:
    """A private custom domain name; it takes about 15 minutes (AGW-08)."""
    properties = resource.properties
    file = variable(resource.logical_id).lower().removesuffix("_id")
    made = gateway(
        resource,
        "create-domain-name",
        ("--domain-name", properties["DomainName"]),
        ("--certificate-arn", properties["CertificateArn"]),
        ("--endpoint-configuration", "types=PRIVATE"),
        ("--security-policy", properties["SecurityPolicy"]),
        ("--policy", Document(f"{file}-policy.json", properties["Policy"])),
    )
    named = gateway(resource, "get-domain-names")
    query = f"items[?domainName==`{properties['DomainName']}`].domainNameId"
    identity: Options = (
        ("--domain-name", properties["DomainName"]),
        ("--domain-name-id", GetAtt(resource.logical_id, "DomainNameId")),
    )
    shown = gateway(resource, "get-domain-name", *identity)
    return Work(
        commands=(
            capture(made, variable(resource.logical_id), "domainNameArn"),
            capture(named, variable(resource.logical_id, "DomainNameId"), query),
        ),
        check=Check(asked(shown, "domainNameStatus"), "AVAILABLE"),
        undo=(gateway(resource, "delete-domain-name", *identity),),
        console="API Gateway > Custom domain names > Add domain name > Private",
        note="Always give `--domain-name-id`: without it a public name that is called the same is meant (IAC-04).",
    )


def mapping(plan: Plan, resource: Resource) -> Work:
    """The name's mapping to a stage."""
    properties = resource.properties
    domain = properties["DomainNameArn"].logical_id
    identity: Options = (
        ("--domain-name", plan.by_id[domain].properties["DomainName"]),
        ("--domain-name-id", GetAtt(domain, "DomainNameId")),
    )
    return Work(
        commands=(
            gateway(
                resource,
                "create-base-path-mapping",
                *identity,
                ("--rest-api-id", properties["RestApiId"]),
                ("--stage", properties["Stage"]),
            ),
        ),
        undo=(gateway(resource, "delete-base-path-mapping", *identity, ("--base-path", "(none)")),),
        console="API Gateway > Custom domain names > (name) > Configure API mappings",
    )


def access_association(plan: Plan, resource: Resource) -> Work:
    """The endpoint's owner lets it serve the name."""
    properties = resource.properties
    made = gateway(
        resource,
        "create-domain-name-access-association",
        ("--domain-name-arn", properties["DomainNameArn"]),
        ("--access-association-source", properties["AccessAssociationSource"]),
        ("--access-association-source-type", properties["AccessAssociationSourceType"]),
    )
    return Work(
        commands=(capture(made, variable(resource.logical_id), "domainNameAccessAssociationArn"),),
        undo=(
            gateway(
                resource,
                "delete-domain-name-access-association",
                ("--domain-name-access-association-arn", own(resource)),
            ),
        ),
        console="API Gateway > Custom domain names > (name) > Resource sharing > Create association",
    )


WRITERS: Mapping[str, Writer] = {
    "AWS::ApiGateway::DomainNameV2": domain_name,
    "AWS::ApiGateway::BasePathMappingV2": mapping,
    "AWS::ApiGateway::DomainNameAccessAssociation": access_association,
    "AWS::CertificateManager::Certificate": certificate,
}
"""What makes each type."""
