"""Every reason an answer can give: a code, and one line of what it means.

Codes that AWS's Reachability Analyzer has are used unchanged (RCH-03), so that answers compare one to one; the
rest are ours, because AWS has no code for DNS, TLS and policy. `narrowgate explain CODE` prints these lines.
"""

from enum import StrEnum


class Reason(StrEnum):
    """A reason code; `meaning` is its line."""

    meaning: str

    def __new__(cls, code: str, meaning: str) -> "Reason":
        """Make a member that equals its code and carries its meaning."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    # --- Packet path: Reachability Analyzer's own codes
    BAD_STATE = "BAD_STATE", "the component is not in a state that carries traffic"
    BAD_STATE_ATTACHMENT = "BAD_STATE_ATTACHMENT", "the gateway attachment is not available"
    BAD_STATE_ROUTE = "BAD_STATE_ROUTE", "the best route is a blackhole: its target is gone or not usable"
    CANNOT_ROUTE = "CANNOT_ROUTE", "the route's target cannot carry this packet"
    DISCONNECTED_VPCS = "DISCONNECTED_VPCS", "nothing connects the two VPCs"
    ENI_ADDRESS_RESTRICTION = "ENI_ADDRESS_RESTRICTION", "no interface with that address takes the packet"
    ENI_SG_RULES_MISMATCH = "ENI_SG_RULES_MISMATCH", "no rule of the interface's security groups matches"
    ENI_SOURCE_DEST_CHECK_RESTRICTION = (
        "ENI_SOURCE_DEST_CHECK_RESTRICTION",
        "the interface drops packets that are not its own while its source/destination check is on",
    )
    FIREWALL_RULES_RESTRICTION = "FIREWALL_RULES_RESTRICTION", "a network firewall's rules drop the packet"
    HIGHER_PRIORITY_ROUTE = "HIGHER_PRIORITY_ROUTE", "another route to the same destination has priority"
    IGW_PUBLIC_IP_ASSOCIATION_FOR_INGRESS = (
        "IGW_PUBLIC_IP_ASSOCIATION_FOR_INGRESS",
        "the destination has no public address, so the Internet cannot reach it",
    )
    IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS = (
        "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
        "the source has no public address, so it cannot leave by an internet gateway",
    )
    MORE_SPECIFIC_ROUTE = "MORE_SPECIFIC_ROUTE", "a more specific route sends the packet elsewhere"
    NGW_REQUIRES_SOURCE_IN_VPC = "NGW_REQUIRES_SOURCE_IN_VPC", "a NAT gateway serves its own VPC only"
    NO_PATH = "NO_PATH", "no path exists between source and destination"
    NO_POSSIBLE_DESTINATION = "NO_POSSIBLE_DESTINATION", "the component cannot deliver to any destination"
    NO_ROUTE_TO_DESTINATION = (
        "NO_ROUTE_TO_DESTINATION",
        "the route table has no route that covers the destination",
    )
    PCX_REQUIRES_ADDRESS_IN_VPC_CIDR = (
        "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
        "a peering carries only packets between addresses of its two VPCs",
    )
    PROTOCOL_RESTRICTION = "PROTOCOL_RESTRICTION", "the component does not carry this protocol or port"
    REMAP_EPHEMERAL_PORT = "REMAP_EPHEMERAL_PORT", "the client's ports do not fit the path"
    SG_HAS_NO_RULES = "SG_HAS_NO_RULES", "the interface's security groups have no rule in this direction"
    SG_REFERENCES_NOT_PRESERVED = (
        "SG_REFERENCES_NOT_PRESERVED",
        "the rule names a security group, and this path does not carry group identities",
    )
    SG_REFERENCING_SUPPORT = (
        "SG_REFERENCING_SUPPORT",
        "security group referencing is off on the gateway or attachment",
    )
    SUBNET_ACL_RESTRICTION = "SUBNET_ACL_RESTRICTION", "the subnet's network ACL denies the packet"
    TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION = (
        "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION",
        "the attachment is associated with no route table of the gateway",
    )
    TGW_ATTACH_VPC_AZ_RESTRICTION = (
        "TGW_ATTACH_VPC_AZ_RESTRICTION",
        "the attachment has no subnet in the destination's Availability Zone",
    )
    TGW_ROUTE_AZ_RESTRICTION = (
        "TGW_ROUTE_AZ_RESTRICTION",
        "the attachment has no subnet in the sender's Availability Zone",
    )
    TGW_RTB_BAD_STATE_ROUTE = "TGW_RTB_BAD_STATE_ROUTE", "the gateway's best route is a blackhole"
    TGW_RTB_CANNOT_ROUTE = "TGW_RTB_CANNOT_ROUTE", "the gateway's route does not lead to the destination"
    TGW_RTB_HIGHER_PRIORITY_ROUTE = (
        "TGW_RTB_HIGHER_PRIORITY_ROUTE",
        "another route of the gateway to the same destination has priority",
    )
    TGW_RTB_MORE_SPECIFIC_ROUTE = (
        "TGW_RTB_MORE_SPECIFIC_ROUTE",
        "a more specific route of the gateway sends the packet elsewhere",
    )
    TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT = (
        "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT",
        "the gateway's route table has no route to the destination",
    )
    TGW_RTB_ROUTES_ARE_UNKNOWN = "TGW_RTB_ROUTES_ARE_UNKNOWN", "the gateway's routes were not collected"
    UNASSOCIATED_COMPONENT = "UNASSOCIATED_COMPONENT", "the component is attached to nothing"
    UNKNOWN_PEERED_SGS = "UNKNOWN_PEERED_SGS", "the rule names a group of an account that was not collected"
    UNKNOWN_RESOURCE = "UNKNOWN_RESOURCE", "the resource is named but was not collected"
    UNSUPPORTED_COMPONENT = "UNSUPPORTED_COMPONENT", "the component is not modelled"
    VPC_LOCAL_ROUTE_CIDR_RESTRICTION = (
        "VPC_LOCAL_ROUTE_CIDR_RESTRICTION",
        "the local route delivers inside the VPC only, and no interface has that address",
    )
    VPCE_INTRA_VPC_TRAFFIC = "VPCE_INTRA_VPC_TRAFFIC", "an interface endpoint opens no connections"
    VPCE_SERVICE_NOT_INSTALLED_IN_AZ = (
        "VPCE_SERVICE_NOT_INSTALLED_IN_AZ",
        "the endpoint's service is not offered in that Availability Zone",
    )
    VPCE_GATEWAY_PROTOCOL_RESTRICTION = (
        "VPCE_GATEWAY_PROTOCOL_RESTRICTION",
        "a gateway endpoint serves its own service only",
    )
    VPC_BLOCK_PUBLIC_ACCESS_ENABLED = "VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "VPC Block Public Access is on"
    # --- Packet path: our own
    ACL_EPHEMERAL_PARTIAL = (
        "ACL_EPHEMERAL_PARTIAL",
        "the ACL admits only some of the ports that replies go to",
    )
    PREFIX_LIST_CONFLICT = "PREFIX_LIST_CONFLICT", "two prefix lists give the same block to different targets"
    RETURN_ROUTE_MISMATCH = (
        "RETURN_ROUTE_MISMATCH",
        "the reply leaves by another connection than the request came",
    )
    PEER_DNS_NOT_QUERYABLE = "PEER_DNS_NOT_QUERYABLE", "another VPC's resolver address cannot be queried"
    SERVICE_NOT_CROSS_REGION = "SERVICE_NOT_CROSS_REGION", "the service has no cross-Region endpoints"
    NOT_VPC_OWNER = "NOT_VPC_OWNER", "only the VPC's owner may do this in a shared subnet"
    OVERLAPPING_CIDRS = "OVERLAPPING_CIDRS", "the VPCs' address ranges overlap"
    INVALID_ROUTE = "INVALID_ROUTE", "AWS refuses such a route"
    NO_SUCH_ADDRESS = "NO_SUCH_ADDRESS", "no interface has the address"
    NO_ADDRESS_OF_FAMILY = "NO_ADDRESS_OF_FAMILY", "one end has no address of the flow's family"
    SOME_ADDRESSES_FAIL = "SOME_ADDRESSES_FAIL", "some of the target's addresses are reached and some are not"
    NOTHING_LISTENS = "NOTHING_LISTENS", "the target does not serve this protocol and port"
    CONTRADICTORY_FACTS = "CONTRADICTORY_FACTS", "two accounts' views of the resource contradict each other"
    MONTHLY_COST_OVER_LIMIT = "MONTHLY_COST_OVER_LIMIT", "a month costs more than the design allows"
    OPEN_TO_OTHERS = "OPEN_TO_OTHERS", "others than those who may can do it too"
    OPTION_CANNOT_BE_BUILT = "OPTION_CANNOT_BE_BUILT", "this way to connect cannot be built for the design"
    # --- DNS
    DNS_SUPPORT_DISABLED = "DNS_SUPPORT_DISABLED", "the VPC's resolver is off (enableDnsSupport)"
    DNS_NAME_NOT_FOUND = "DNS_NAME_NOT_FOUND", "the name does not exist in the view that answered"
    DNS_NO_RECORD_OF_TYPE = "DNS_NO_RECORD_OF_TYPE", "the name exists without a record of the type"
    DNS_FORWARD_UNREACHABLE = "DNS_FORWARD_UNREACHABLE", "no target of the forwarding rule answers"
    DNS_FORWARD_PARTIAL = "DNS_FORWARD_PARTIAL", "some targets of the forwarding rule do not answer"
    DNS_FORWARD_LOOP = "DNS_FORWARD_LOOP", "the query is forwarded in a circle"
    DNS_SERVER_UNREACHABLE = "DNS_SERVER_UNREACHABLE", "the DNS server that the client asks cannot be reached"
    DNS_NOT_A_SERVER = "DNS_NOT_A_SERVER", "nothing answers DNS queries at that address"
    DNS_FIREWALL_BLOCKED = "DNS_FIREWALL_BLOCKED", "a DNS Firewall rule blocks the name"
    DNS_FIREWALL_UNAVAILABLE = "DNS_FIREWALL_UNAVAILABLE", "DNS Firewall does not answer and fails closed"
    DNS_PUBLIC_ANSWER = "DNS_PUBLIC_ANSWER", "the name resolves to public addresses, not to the endpoint"
    DNS_NO_PRIVATE_ANSWER = (
        "DNS_NO_PRIVATE_ANSWER",
        "public DNS has no usable answer for a private API's name",
    )
    DNS_RULES_CONFLICT = "DNS_RULES_CONFLICT", "two rules for one domain in one VPC, which AWS refuses"
    DNS_TARGETS_DISAGREE = (
        "DNS_TARGETS_DISAGREE",
        "the rule's targets give different answers and one is picked at random",
    )
    DNS_ENDPOINT_NOT_OPERATIONAL = "DNS_ENDPOINT_NOT_OPERATIONAL", "the Resolver endpoint is not operational"
    DNS_ZONE_CONFLICT = "DNS_ZONE_CONFLICT", "two zones of one name in one VPC, which AWS refuses"
    DNS_PRIVATE_DNS_CONFLICT = (
        "DNS_PRIVATE_DNS_CONFLICT",
        "two private DNS domains of one name in one VPC, which AWS refuses",
    )
    DNS_PRIVATE_DNS_NEEDS_ATTRIBUTES = (
        "DNS_PRIVATE_DNS_NEEDS_ATTRIBUTES",
        "private DNS needs enableDnsSupport and enableDnsHostnames",
    )
    DNS_INBOUND_ONLY_NOT_OFFERED = (
        "DNS_INBOUND_ONLY_NOT_OFFERED",
        "private DNS for inbound questions only is an option that the service does not have",
    )
    DNS_CNAME_LOOP = "DNS_CNAME_LOOP", "the name's CNAME records lead back to it"
    DNS_ALIAS_MISMATCH = (
        "DNS_ALIAS_MISMATCH",
        "the alias names another hosted zone than its target has, which AWS refuses",
    )
    DNS_RECORDS_DIFFER = "DNS_RECORDS_DIFFER", "a routing policy chooses between records that differ"
    DNS_TIE_UNDEFINED = (
        "DNS_TIE_UNDEFINED",
        "two settings of one name answer differently, and AWS documents no order between them",
    )
    DNS_PRIVATE_DNS_OFF = "DNS_PRIVATE_DNS_OFF", "the interface endpoint's private DNS is off"
    DNS_ASSOCIATION_INCOMPLETE = (
        "DNS_ASSOCIATION_INCOMPLETE",
        "the association with the VPC is not COMPLETE, and so does not count",
    )
    DNS_RULE_NOT_ASSOCIATED = (
        "DNS_RULE_NOT_ASSOCIATED",
        "a rule for the name exists and is not associated with the VPC",
    )
    DNS_ZONE_NOT_ASSOCIATED = (
        "DNS_ZONE_NOT_ASSOCIATED",
        "a private hosted zone has the name and is not associated with the VPC",
    )
    DNS_PEERING_OPTION_ONLY = (
        "DNS_PEERING_OPTION_ONLY",
        "the peering's DNS option covers public hostnames of EC2 instances and nothing else",
    )
    # --- TLS and HTTP
    TLS_NAME_MISMATCH = "TLS_NAME_MISMATCH", "the certificate served does not cover the name called"
    TLS_NO_SNI = "TLS_NO_SNI", "an address in the URL sends no server name"
    PLAIN_HTTP = "PLAIN_HTTP", "execute-api listens on TCP 443 with TLS only"
    API_NOT_IDENTIFIED = (
        "API_NOT_IDENTIFIED",
        "neither Host nor x-apigw-api-id names an API that the endpoint serves",
    )
    API_NOT_PRIVATE = (
        "API_NOT_PRIVATE",
        "the API is public, and an execute-api endpoint serves private APIs only",
    )
    API_NOT_FOUND = "API_NOT_FOUND", "no API has that id"
    API_OTHER_REGION = "API_OTHER_REGION", "the endpoint and the API are in different Regions"
    DEFAULT_ENDPOINT_DISABLED = "DEFAULT_ENDPOINT_DISABLED", "the API's default names are switched off"
    STRICT_ENDPOINT_ACCESS = (
        "STRICT_ENDPOINT_ACCESS",
        "strict endpoint access mode refuses names that differ from SNI",
    )
    NO_ACCESS_ASSOCIATION = (
        "NO_ACCESS_ASSOCIATION",
        "the endpoint has no access association with the custom domain",
    )
    NO_BASE_PATH_MAPPING = "NO_BASE_PATH_MAPPING", "no mapping of the custom domain matches the path"
    STAGE_NOT_FOUND = "STAGE_NOT_FOUND", "the API has no such stage"
    METHOD_NOT_FOUND = "METHOD_NOT_FOUND", "the deployed stage has no such resource and method"
    NOT_DEPLOYED = "NOT_DEPLOYED", "the stage runs no deployment"
    URI_TOO_LONG = "URI_TOO_LONG", "the URL is longer than a private API takes"
    THROTTLED = "THROTTLED", "the stage's limits let no call of the method through"
    IP_ADDRESS_TYPE_REFUSED = "IP_ADDRESS_TYPE_REFUSED", "AWS takes private APIs of type dualstack only"
    NOT_AN_API_ENDPOINT = "NOT_AN_API_ENDPOINT", "the address does not belong to an execute-api endpoint"
    # --- Policies
    EXPLICIT_DENY = "EXPLICIT_DENY", "a Deny statement matches"
    IMPLICIT_DENY = "IMPLICIT_DENY", "an allow is needed and no statement gives it"
    AUTHORIZER_DENY = "AUTHORIZER_DENY", "the authorizer refuses the call"
    UNSIGNED = "UNSIGNED", "the method asks for an AWS signature and the call has none"
    INVALID_SIGNATURE = "INVALID_SIGNATURE", "the signature does not match"
    TOKEN_MISSING = "TOKEN_MISSING", "the authorizer's token is missing"
    TOKEN_INVALID = "TOKEN_INVALID", "the token is not valid"
    API_KEY_MISSING = "API_KEY_MISSING", "the method requires an API key and the call has none"
    API_KEY_INVALID = "API_KEY_INVALID", "the API key is not valid"
