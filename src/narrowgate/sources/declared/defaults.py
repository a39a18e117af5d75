"""What AWS does where a declaration says nothing: one table, with the rules behind it.

These are CloudFormation's defaults. A source whose defaults differ (Terraform drops a group's allow-all egress,
for one) states the property outright.
"""

from collections.abc import Mapping
from typing import Any

VPC: Mapping[str, Any] = {
    "EnableDnsSupport": True,  # DNS-05
    "EnableDnsHostnames": False,  # DNS-05: off in every VPC but the default one
    "InstanceTenancy": "default",
}
SUBNET: Mapping[str, Any] = {"MapPublicIpOnLaunch": False, "Ipv6Native": False}
ENDPOINT: Mapping[str, Any] = {
    "VpcEndpointType": "Gateway",
    "PrivateDnsEnabled": False,  # VPCE-DNS-04: CloudFormation and Terraform leave it off
    "IpAddressType": "ipv4",
}
TRANSIT_GATEWAY: Mapping[str, str] = {  # TGW-04
    "AutoAcceptSharedAttachments": "disable",
    "DefaultRouteTableAssociation": "enable",
    "DefaultRouteTablePropagation": "enable",
    "VpnEcmpSupport": "enable",
    "DnsSupport": "enable",
    "SecurityGroupReferencingSupport": "disable",
    "MulticastSupport": "disable",
}
TRANSIT_GATEWAY_ATTACHMENT: Mapping[str, str] = {  # TGW-02
    "DnsSupport": "enable",
    "SecurityGroupReferencingSupport": "enable",
    "Ipv6Support": "disable",
    "ApplianceModeSupport": "disable",
}
INTERFACE: Mapping[str, Any] = {"SourceDestCheck": True}  # NET-11
RULE_NUMBER_LAST = 32767  # ACL-02: what no entry takes is denied
FULL_ACCESS = (  # VPE-01: an endpoint without a policy lets everything pass
    '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}'
)
RESOLVER_PORT = 53  # OUT-03
METHOD: Mapping[str, Any] = {"AuthorizationType": "NONE", "ApiKeyRequired": False}
REST_API_TYPE = "EDGE"  # AGW-03: an API whose endpoint type is not given is edge-optimised
EVERYTHING_OUT = "0.0.0.0/0"  # SG-02
EVERYTHING_OUT_V6 = "::/0"
