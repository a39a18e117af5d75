"""One call from end to end: DNS, packets there and back, TLS, API Gateway, policies.

`walk.py` follows one host to one address, `join.py` makes one answer of many hosts and addresses,
`authorization.py` derives the policy request from the path, `load_balancer.py` follows a balancer in front of an
endpoint. Start at `trace`.
"""

from narrowgate.engine.trace.join import trace

__all__ = ["trace"]
