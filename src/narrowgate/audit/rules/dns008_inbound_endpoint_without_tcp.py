"""DNS008 inbound-endpoint-without-tcp."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import endpoints, groups_of, is_closed
from narrowgate.engine.network.flow import TCP
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Inbound endpoints whose groups are known and admit no TCP 53, by range or by group."""
    for endpoint in endpoints(estate, "INBOUND"):
        if is_closed(estate, endpoint, TCP):
            message = f"the groups of {estate.named(endpoint.id)} admit nobody on TCP 53"
            yield Defect(endpoint.id, message, {"SecurityGroupIds": groups_of(endpoint)}, groups_of(endpoint))


RULE = Rule(
    id="DNS008",
    name="inbound-endpoint-without-tcp",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="No group of an inbound Resolver endpoint admits TCP port 53.",
    why=(
        "Short answers work. An answer that is too long for UDP is asked again over TCP and fails: "
        "SERVFAIL for some names only."
    ),
    remediation="Admit both UDP and TCP 53 from the addresses of the outbound endpoints that ask.",
    rules=("SG-07", "IN-03"),
    check=check,
)
