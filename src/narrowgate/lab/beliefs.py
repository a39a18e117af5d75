"""Beliefs about AWS that the lab rests on, each with its rule: what both the lab and the engine take for granted.

The lab proves that the engine computes what packets do under these; it cannot prove them.
"""

RESOLVER_LINK_LOCAL = "169.254.169.253"
"""The resolver of every VPC has this address as well (DNS-01)."""

RESOLVER_OFFSET = 2
"""The resolver's other address: the base of the primary block plus two (NET-09)."""

HTTPS_PORT, DNS_PORT = 443, 53
"""What an execute-api endpoint listens on (AGW-24), and a Resolver endpoint (IN-03); other ports are silent."""

FORWARD_TRY_SECONDS = 1.0
"""How long a forwarding Resolver waits for one target before the next (OUT-04)."""

FORWARD_TRIES = 2
"""How often it tries at the least before SERVFAIL (OUT-04)."""

VPC_MTU, INTERNET_MTU = 8500, 1500
"""What endpoints, gateways and peerings between Regions carry, and what internet gateways do (NET-14)."""

INTEGRATION_SECONDS = 29.0
"""How long API Gateway waits for an integration before 504, unless told a shorter time (LIM-01)."""

LARGEST_PAYLOAD, LONGEST_URL, LONGEST_ARN = 10 * 1024 * 1024, 8192, 1600
"""Bytes of a request's body, characters of a private API's URL, bytes of a method's ARN (LIM-01)."""
