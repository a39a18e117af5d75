"""One call from end to end: DNS, packets there and back, TLS, API Gateway, policies.

`ways.py` finds the ways of a client's hosts to the addresses of a name, `walk.py` judges what a call gets at the
end of each, `written.py` writes it out, `join.py` makes one answer of many hosts and addresses. `authorization.py`
derives the policy request from the path, `load_balancer.py` follows a balancer in front of an endpoint. Start at
`trace`.
"""

from narrowgate.engine.trace.join import Traced, trace

__all__ = ["Traced", "trace"]
