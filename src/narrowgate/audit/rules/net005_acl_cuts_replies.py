"""NET005 acl-cuts-replies."""

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
    """ACLs of endpoint subnets, asked about each range that they let in on 443."""
    for endpoint in estate.execute_api_endpoints:
        for subnet_id in endpoint.subnet_ids:
            acl = acl_of_subnet(estate.snapshot, subnet_id)
            if isinstance(acl, Missing):
                continue
            for block in callers(estate, endpoint):
                sample = Address(block.family, (block.first + block.last) // 2)
                inside = acl.admission(False, TCP, sample, IntervalSet([(443, 443)]))
                back = acl.admission(True, TCP, sample, _EPHEMERAL)
                if inside.allowed and not back.undecided and back.allowed != _EPHEMERAL:
                    cut = _EPHEMERAL - back.allowed
                    message = f"{acl.acl_id} of {estate.named(subnet_id)} cuts replies to {block} on ports {cut}"
                    facts = {"Entries": f"egress {cut}"}
                    yield Defect(
                        acl.acl_id, message, facts, (endpoint.vpc_endpoint_id,), subject=f"{subnet_id} {block}"
                    )


_EPHEMERAL = IntervalSet([(1024, 65535)])


RULE = Rule(
    id="NET005",
    name="acl-cuts-replies",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what=(
        "A network ACL lets TCP 443 into a subnet of an execute-api endpoint and cuts the replies, in "
        "whole or in part."
    ),
    why=(
        "ACLs know no connections: replies go to ephemeral ports, 1024 to 65535, and need a rule of their "
        "own. Cut in part, calls fail now and then."
    ),
    remediation="Let TCP 1024-65535 out to the callers.",
    rules=("ACL-03", "ACL-07", "ACL-08"),
    check=check,
)
