"""The words with which tests and the guide build AWS responses; see `aws/` for what is behind each."""

from narrowgate.guide.aws.apigateway import invoke_statement, policy_document
from narrowgate.guide.aws.estate import Estate
from narrowgate.guide.aws.filters import allow, any_protocol, deny, tcp, udp
from narrowgate.guide.aws.firewall import firewall_rule

__all__ = [
    "Estate",
    "allow",
    "any_protocol",
    "deny",
    "firewall_rule",
    "invoke_statement",
    "policy_document",
    "tcp",
    "udp",
]
