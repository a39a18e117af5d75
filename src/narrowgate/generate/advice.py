"""Advice of scanners that is wrong for what is generated here, by CloudFormation type, each with its reason.

The generators write the reasons beside the resources, in the form that checkov reads.
"""

from collections.abc import Mapping

_CACHE = "answers differ from caller to caller, and a cache costs by the hour: a private API seldom wants one"
_OPEN = "the API is private: its resource policy and the endpoint policy say who may call"
_TRACING = "tracing belongs to what the API calls; here it answers by itself"
_WAF = "the API is private; logs.waf in the design puts a web ACL before it"
_CERTIFICATE = "a client certificate proves API Gateway to a backend; here it answers by itself"
_VALIDATED = "what a request has to hold is for the owner of the API to say"
_ATTACH = "only the accounts of its resource share can ask, and the design names them"
_DEFAULT_GROUP = "nothing of the design uses the default group; hosts choose their own"
_PROTECTED = "whoever runs this has to be able to take it away; protect it once it is in use"
_CALLS_ARE_LOGGED = "calls stand in the API's access log; a balancer's own log needs a bucket"
_NO_ROLE = "a DNS server that calls no AWS API needs no role"

ANSWERED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "AWS::ApiGateway::Stage": (
        ("CKV_AWS_120", _CACHE),
        ("CKV_AWS_225", _CACHE),
        ("CKV_AWS_73", _TRACING),
        ("CKV2_AWS_29", _WAF),
        ("CKV2_AWS_51", _CERTIFICATE),
    ),
    "AWS::ApiGateway::Method": (("CKV_AWS_59", _OPEN), ("CKV2_AWS_53", _VALIDATED)),
    "AWS::EC2::TransitGateway": (("CKV_AWS_331", _ATTACH),),
    "AWS::EC2::VPC": (("CKV2_AWS_12", _DEFAULT_GROUP),),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        ("CKV_AWS_150", _PROTECTED),
        ("CKV_AWS_91", _CALLS_ARE_LOGGED),
    ),
    "AWS::EC2::Instance": (("CKV2_AWS_41", _NO_ROLE),),
}
"""By type, checks and why they are answered."""
