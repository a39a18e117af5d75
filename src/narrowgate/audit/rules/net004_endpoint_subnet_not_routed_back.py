"""NET004 endpoint-subnet-not-routed-back."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.routes import subnets_towards
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.dns.connected_vpcs import peerings_of
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoints whose subnets differ in whether they route to a peering of their VPC."""
    for endpoint in estate.execute_api_endpoints:
        for peering in peerings_of(estate.snapshot, endpoint.vpc_id):
            own_id = peering.vpc_peering_connection_id
            towards = subnets_towards(estate, endpoint.vpc_id, own_id)
            there = [each for each in endpoint.subnet_ids if each in towards]
            lost = [each for each in endpoint.subnet_ids if each not in towards and estate.table(each) is not None]
            if peering.status.code == "active" and there and lost:
                cut, good = (", ".join(map(estate.named, each)) for each in (lost, there))
                message = f"{endpoint.vpc_endpoint_id}: {cut} has no route to {own_id}, which {good} has"
                yield Defect(endpoint.vpc_endpoint_id, message, {"SubnetIds": lost}, tuple(lost), subject=own_id)


RULE = Rule(
    id="NET004",
    name="endpoint-subnet-not-routed-back",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="One subnet of an execute-api endpoint has a route to a peered VPC, and another has none.",
    why=(
        "DNS names every interface of the endpoint: calls that meet the other one time out, every second "
        "or third call, and a retry seems to mend it."
    ),
    remediation="Give every subnet of the endpoint the same routes back.",
    rules=("VPCE-02", "PCX-06", "NET-01"),
    check=check,
)
