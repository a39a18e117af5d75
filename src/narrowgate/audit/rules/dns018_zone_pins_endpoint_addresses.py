"""DNS018 zone-pins-endpoint-addresses."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.domain import normalise
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """A records of private zones whose value is an address of an interface endpoint."""
    addresses = {
        interface.private_ip_address: endpoint.vpc_endpoint_id
        for endpoint in estate.facts.vpc_endpoints.values()
        for own_id in (endpoint.network_interface_ids if isinstance(endpoint.network_interface_ids, tuple) else ())
        if (interface := estate.facts.network_interfaces.get(own_id)) is not None
    }
    for zone_id, records in estate.facts.record_sets.items():
        for record in records:
            pinned = {addresses[each.value] for each in record.resource_records if each.value in addresses}
            for endpoint_id in sorted(pinned) if record.type == "A" else ():
                name = normalise(record.name)
                message = f"{name} in {estate.named(zone_id)} holds addresses of {estate.named(endpoint_id)}"
                yield Defect(zone_id, message, {"Name": name}, (endpoint_id,), subject=name)


RULE = Rule(
    id="DNS018",
    name="zone-pins-endpoint-addresses",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A private zone holds the addresses of an endpoint's interfaces as A records.",
    why=(
        "They stay right for the life of the endpoint in those subnets, and are silently wrong after it "
        "is made again or gains a zone."
    ),
    remediation="Use an alias record to the endpoint's Regional name: it follows the endpoint.",
    rules=("PHZ-04", "VPCE-01"),
    check=check,
)
