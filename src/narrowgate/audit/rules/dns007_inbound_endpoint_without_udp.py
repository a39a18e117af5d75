"""DNS007 inbound-endpoint-without-udp."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import endpoints, groups_of, is_closed
from narrowgate.engine.network.flow import UDP
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Inbound endpoints whose groups are known and admit no UDP 53, by range or by group."""
    for endpoint in endpoints(estate, "INBOUND"):
        if is_closed(estate, endpoint, UDP):
            message = f"the groups of {estate.named(endpoint.id)} admit nobody on UDP 53"
            yield Defect(endpoint.id, message, {"SecurityGroupIds": groups_of(endpoint)}, groups_of(endpoint))


RULE = Rule(
    id="DNS007",
    name="inbound-endpoint-without-udp",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="No group of an inbound Resolver endpoint admits UDP port 53.",
    why=(
        "Questions arrive over UDP first: without it the forwarding Resolver hears nothing, and the "
        "client sees SERVFAIL."
    ),
    remediation="Admit both UDP and TCP 53 from the addresses of the outbound endpoints that ask.",
    rules=("SG-07", "IN-03"),
    check=check,
)
