"""Ids of declared resources: as given, else made up in AWS's form, always the same for the same list."""

from collections.abc import Mapping
from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared.listed import Listed
from narrowgate.sources.synthetic.names import api_gateway_id, hex_id, hosted_zone_id, short_id

_PREFIXES: Mapping[str, str] = {
    "AWS::EC2::VPC": "vpc",
    "AWS::EC2::Subnet": "subnet",
    "AWS::EC2::DHCPOptions": "dopt",
    "AWS::EC2::RouteTable": "rtb",
    "AWS::EC2::SecurityGroup": "sg",
    "AWS::EC2::NetworkAcl": "acl",
    "AWS::EC2::PrefixList": "pl",
    "AWS::EC2::InternetGateway": "igw",
    "AWS::EC2::EgressOnlyInternetGateway": "eigw",
    "AWS::EC2::NatGateway": "nat",
    "AWS::EC2::VPNGateway": "vgw",
    "AWS::EC2::VPNConnection": "vpn",
    "AWS::EC2::CustomerGateway": "cgw",
    "AWS::EC2::CarrierGateway": "cagw",
    "AWS::EC2::EIP": "eipalloc",
    "AWS::EC2::VPCPeeringConnection": "pcx",
    "AWS::EC2::VPCEndpoint": "vpce",
    "AWS::EC2::VPCEndpointService": "vpce-svc",
    "AWS::EC2::Instance": "i",
    "AWS::EC2::NetworkInterface": "eni",
    "AWS::EC2::TransitGateway": "tgw",
    "AWS::EC2::TransitGatewayAttachment": "tgw-attach",
    "AWS::EC2::TransitGatewayVpcAttachment": "tgw-attach",
    "AWS::EC2::TransitGatewayPeeringAttachment": "tgw-attach",
    "AWS::EC2::TransitGatewayRouteTable": "tgw-rtb",
    "AWS::EC2::FlowLog": "fl",
    "AWS::EC2::SubnetRouteTableAssociation": "rtbassoc",
    "AWS::Route53Resolver::ResolverRule": "rslvr-rr",
    "AWS::Route53Resolver::ResolverRuleAssociation": "rslvr-rrassoc",
    "AWS::Route53Resolver::FirewallRuleGroup": "rslvr-frg",
    "AWS::Route53Resolver::FirewallRuleGroupAssociation": "rslvr-frgassoc",
    "AWS::Route53Resolver::FirewallDomainList": "rslvr-fdl",
    "AWS::Route53Resolver::ResolverQueryLoggingConfig": "rqlc",
    "AWS::Route53Profiles::Profile": "rp",
    "AWS::Route53Profiles::ProfileAssociation": "rpassoc",
    "AWS::Route53Profiles::ProfileResourceAssociation": "rpr",
    "AWS::VpcLattice::ResourceGateway": "rgw",
    "AWS::VpcLattice::ResourceConfiguration": "rcfg",
    "AWS::VpcLattice::ServiceNetwork": "sn",
    "AWS::VpcLattice::Service": "svc",
}
_HEX = "0123456789abcdef"
_API_GATEWAY = {"AWS::ApiGateway::RestApi": 10, "AWS::ApiGateway::DomainNameV2": 10}


def id_of(resource: Resource) -> str:
    """The physical id where it is given, else one of AWS's form; the logical id for what has no id of its own."""
    if resource.physical_id:
        return resource.physical_id
    key = (resource.account, resource.region, resource.logical_id)
    kind = resource.type
    if kind in _PREFIXES:
        return hex_id(_PREFIXES[kind], *key)
    if kind == "AWS::Route53Resolver::ResolverEndpoint":
        direction = resource.properties.get("Direction")
        return hex_id("rslvr-out" if direction == "OUTBOUND" else "rslvr-in", *key)
    if kind == "AWS::Route53::HostedZone":
        return hosted_zone_id(*key)
    if kind in ("AWS::ApiGateway::RestApi", "AWS::Serverless::Api"):
        return api_gateway_id(10, *key)
    if kind.startswith("AWS::ApiGateway::") and kind not in (
        "AWS::ApiGateway::DomainName",
        "AWS::ApiGateway::DomainNameV2",
        "AWS::ApiGateway::Stage",
    ):
        return api_gateway_id(6, *key)
    if kind == "AWS::KMS::Key":
        digits = short_id(16, _HEX, kind, *key)
        return f"{digits[:8]}-0000-4000-8000-{digits[4:]}"
    return _arn(resource, key) or resource.logical_id


def _arn(resource: Resource, key: tuple[str, ...]) -> str | None:
    """The ARN of a type whose id is one; names that are not given are made up from the logical id."""
    kind, properties = resource.type, resource.properties
    digits = short_id(16, _HEX, kind, *key)

    def name(field: str = "Name") -> str:
        value = properties.get(field)
        return value if isinstance(value, str) else f"{_plain(resource.logical_id)}-{digits[:8]}"

    path: tuple[str, str] | None = None
    if kind == "AWS::ElasticLoadBalancingV2::LoadBalancer":
        short = {"network": "net", "gateway": "gwy"}.get(str(properties.get("Type", "application")), "app")
        path = ("elasticloadbalancing", f"loadbalancer/{short}/{name()}/{digits}")
    elif kind == "AWS::ElasticLoadBalancingV2::TargetGroup":
        path = ("elasticloadbalancing", f"targetgroup/{name()}/{digits}")
    elif kind == "AWS::ElasticLoadBalancingV2::Listener":
        path = ("elasticloadbalancing", f"listener/{_plain(resource.logical_id)}/{digits}")
    elif kind == "AWS::CertificateManager::Certificate":
        path = ("acm", f"certificate/{digits[:8]}-0000-4000-8000-{digits[4:]}")
    elif kind in ("AWS::Lambda::Function", "AWS::Serverless::Function"):
        path = ("lambda", f"function:{name('FunctionName')}")
    elif kind == "AWS::ApiGateway::DomainNameV2":
        path = ("apigateway", f"/domainnames/{name('DomainName')}+{api_gateway_id(10, *key)}")
    elif kind == "AWS::ApiGateway::DomainName":
        path = ("apigateway", f"/domainnames/{name('DomainName')}")
    elif kind == "AWS::ApiGateway::DomainNameAccessAssociation":
        path = ("apigateway", f"/domainnameaccessassociations/{api_gateway_id(10, *key)}")
    if path is None:
        return None
    return f"arn:aws:{path[0]}:{resource.region}:{resource.account}:{path[1]}"


def _plain(logical_id: str) -> str:
    return "".join(letter for letter in logical_id if letter.isalnum())[-24:] or "made"


_REF_IS_ID = frozenset(
    {*_PREFIXES, "AWS::Route53::HostedZone", "AWS::Route53Resolver::ResolverEndpoint", "AWS::KMS::Key"}
)
_REF_IS_PROPERTY: Mapping[str, str] = {
    "AWS::ApiGateway::Stage": "StageName",
    "AWS::ApiGateway::DomainName": "DomainName",
    "AWS::Route53::RecordSet": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::SSM::Parameter": "Name",
    "AWS::S3::Bucket": "BucketName",
}


def reference_of(listed: Listed, resource: Resource) -> Any:
    """What CloudFormation's `Ref` gives for a resource of the list: mostly the id."""
    kind = resource.type
    if kind == "AWS::EC2::EIP":
        # Ref is the address itself.
        return resource.physical_id or Unknown(f"the address of `{resource.logical_id}` is given by AWS")
    if kind in _REF_IS_PROPERTY:
        value = listed.property(resource, _REF_IS_PROPERTY[kind])
        if value is None:
            return Unknown(f"the name of `{resource.logical_id}` is given by AWS")
        return value
    own = listed.ids[resource.logical_id]
    if kind in _REF_IS_ID or own != resource.logical_id:
        return own
    return Unknown(f"what `Ref` of `{resource.logical_id}` ({kind}) gives is not modelled")
