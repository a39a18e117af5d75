"""Estates for tests: valid ones, in which the one detail that matters is visible in the test.

`Estate` and the words for its rules make AWS responses; `snapshot_of` reads them. `build_guide` is the scenario of
the product's guide in its working form.
"""

from narrowgate.guide.estate import Guide, build_guide
from narrowgate.guide.folder import snapshot_of, write_snapshot
from narrowgate.guide.responses import (
    Estate,
    allow,
    any_protocol,
    deny,
    firewall_rule,
    invoke_statement,
    policy_document,
    tcp,
    udp,
)

__all__ = [
    "Estate",
    "Guide",
    "allow",
    "any_protocol",
    "build_guide",
    "deny",
    "firewall_rule",
    "invoke_statement",
    "policy_document",
    "snapshot_of",
    "tcp",
    "udp",
    "write_snapshot",
]
