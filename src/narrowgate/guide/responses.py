"""The words with which tests and the guide build AWS responses; `sources.synthetic` is behind each."""

from narrowgate.sources.synthetic.apigateway import invoke_statement, policy_document
from narrowgate.sources.synthetic.estate import Estate
from narrowgate.sources.synthetic.filters import allow, any_protocol, deny, tcp, udp
from narrowgate.sources.synthetic.firewall import firewall_rule

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
