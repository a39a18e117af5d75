"""Where each item stands in the AWS Price List: the service, and what its product says of itself.

Usage types carry a Region's short name in front (`USE1-VpcEndpoint-Hours`) or none (`VpcEndpoint-Hours`): the end
tells the product, and the Region is asked for by its code.
"""

import re

import msgspec


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """How to find the price of an item. `where` are further attributes that the product must have.

    `kind` says which Regions are asked for: one (`regional`), none (`global`), or two (`between`).
    """

    item: str
    service: str
    ending: str
    where: tuple[tuple[str, str], ...] = ()
    kind: str = "regional"

    def matches(self, usage_type: str) -> bool:
        """Whether a product's usage type is the item's."""
        return re.fullmatch(rf"(?:[A-Z0-9]+-)*{re.escape(self.ending)}", usage_type) is not None


_VPC_ATTACHMENT = (("operation", "TransitGatewayVPC"),)
_APPLICATION = (("productFamily", "Load Balancer-Application"),)
_NETWORK = (("productFamily", "Load Balancer-Network"),)

QUERIES: tuple[Query, ...] = (
    Query(item="api-requests", service="AmazonApiGateway", ending="ApiGatewayRequest"),
    Query(item="interface-endpoint-hours", service="AmazonVPC", ending="VpcEndpoint-Hours"),
    Query(item="interface-endpoint-data", service="AmazonVPC", ending="VpcEndpoint-Bytes"),
    Query(item="lattice-resource-hours", service="AmazonVPC", ending="VpcEndpoint-Resource-Hours"),
    Query(item="transit-gateway-hours", service="AmazonVPC", ending="TransitGateway-Hours", where=_VPC_ATTACHMENT),
    Query(item="transit-gateway-data", service="AmazonVPC", ending="TransitGateway-Bytes", where=_VPC_ATTACHMENT),
    Query(item="resolver-endpoint-hours", service="AmazonRoute53", ending="ResolverNetworkInterface"),
    Query(item="resolver-queries", service="AmazonRoute53", ending="DNS-Queries"),
    Query(item="hosted-zone", service="AmazonRoute53", ending="HostedZone", kind="global"),
    Query(item="dns-firewall-queries", service="AmazonRoute53", ending="DNS-FirewallQueries"),
    Query(item="dns-firewall-domains", service="AmazonRoute53", ending="DNS-FirewallDomainName"),
    Query(item="application-balancer-hours", service="AWSELB", ending="LoadBalancerUsage", where=_APPLICATION),
    Query(item="application-balancer-units", service="AWSELB", ending="LCUUsage", where=_APPLICATION),
    Query(item="network-balancer-hours", service="AWSELB", ending="LoadBalancerUsage", where=_NETWORK),
    Query(item="network-balancer-units", service="AWSELB", ending="LCUUsage", where=_NETWORK),
    Query(item="nat-gateway-hours", service="AmazonEC2", ending="NatGateway-Hours"),
    Query(item="nat-gateway-data", service="AmazonEC2", ending="NatGateway-Bytes"),
    Query(item="log-ingest", service="AmazonCloudWatch", ending="DataProcessing-Bytes"),
    Query(item="vended-log-ingest", service="AmazonCloudWatch", ending="VendedLog-Bytes"),
    Query(item="log-storage", service="AmazonCloudWatch", ending="TimedStorage-ByteHrs"),
    Query(item="alarm", service="AmazonCloudWatch", ending="CW:AlarmMonitorUsage"),
    Query(item="kms-key", service="awskms", ending="KMS-Keys"),
    Query(item="zone-transfer", service="AWSDataTransfer", ending="DataTransfer-Regional-Bytes"),
    Query(
        item="region-transfer",
        service="AWSDataTransfer",
        ending="AWS-Out-Bytes",
        where=(("transferType", "InterRegion Outbound"),),
        kind="between",
    ),
)
