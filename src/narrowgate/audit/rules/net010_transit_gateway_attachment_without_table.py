"""NET010 transit-gateway-attachment-without-table."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """VPC attachments that no collected table lists, where the tables of the gateway were all asked."""
    for own_id, attachment in estate.facts.transit_gateway_vpc_attachments.items():
        tables = [
            each
            for each, table in estate.facts.transit_gateway_route_tables.items()
            if table.transit_gateway_id == attachment.transit_gateway_id
        ]
        call = "ec2.get_transit_gateway_route_table_associations"
        if not tables or not all(estate.snapshot.was_collected(call, None, None, each) for each in tables):
            continue
        listed = (estate.facts.transit_gateway_associations.get(each, ()) for each in tables)
        found = {each.transit_gateway_attachment_id for table in listed for each in table}
        if attachment.state == "available" and own_id not in found:
            message = f"{own_id} of {estate.named(attachment.vpc_id)} is associated with no route table"
            yield Defect(own_id, message, {"State": "available"}, (attachment.transit_gateway_id,))


RULE = Rule(
    id="NET010",
    name="transit-gateway-attachment-without-table",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A transit gateway attachment is associated with no route table.",
    why=(
        "What comes from an attachment is looked up in the table that it is associated with: without one "
        "everything is dropped."
    ),
    remediation="Associate the attachment with a route table of the gateway.",
    rules=("TGW-04",),
    check=check,
)
