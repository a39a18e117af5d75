"""NET006 acl-cuts-https."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.routes import callers
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.network.flow import TCP
from narrowgate.engine.network.network_acls import acl_of_subnet
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Missing
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """ACLs of endpoint subnets, asked about each range that the endpoint's group admits on 443."""
    for endpoint in estate.execute_api_endpoints:
        for subnet_id in endpoint.subnet_ids:
            acl = acl_of_subnet(estate.snapshot, subnet_id)
            if isinstance(acl, Missing):
                continue
            for block in callers(estate, endpoint):
                sample = Address(block.family, (block.first + block.last) // 2)
                found = acl.admission(False, TCP, sample, IntervalSet([(443, 443)]))
                if not found.allowed and not found.undecided:
                    message = (
                        f"{acl.acl_id} of {estate.named(subnet_id)} keeps out {block}, which the group admits"
                    )
                    facts = {"Entries": "ingress tcp 443"}
                    related = (endpoint.vpc_endpoint_id,)
                    yield Defect(acl.acl_id, message, facts, related, subject=f"{subnet_id} {block}")


RULE = Rule(
    id="NET006",
    name="acl-cuts-https",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what=(
        "A network ACL keeps TCP 443 out of a subnet of an execute-api endpoint for callers that its group admits."
    ),
    why="ACL and group both have to let a packet in: calls that meet this subnet time out.",
    remediation="Let TCP 443 in from the callers' ranges.",
    rules=("ACL-08", "ACL-02"),
    check=check,
)
