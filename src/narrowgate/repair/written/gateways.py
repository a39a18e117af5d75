"""Transit gateways' associations, propagations and attachments as parts."""

from collections.abc import Iterator

from narrowgate.model.resource import Ref
from narrowgate.model.transit import (
    TransitGatewayRouteTableAssociation,
    TransitGatewayRouteTablePropagation,
    TransitGatewayVpcAttachment,
)
from narrowgate.repair.written.parts import Add, Part, Remark, Set

_ASSOCIATION = "AWS::EC2::TransitGatewayRouteTableAssociation"
_PROPAGATION = "AWS::EC2::TransitGatewayRouteTablePropagation"


def associations(
    own: str,
    before: tuple[TransitGatewayRouteTableAssociation, ...] | None,
    after: tuple[TransitGatewayRouteTableAssociation, ...] | None,
) -> Iterator[Part]:
    """Attachments that a table got; each is written beside its table, whose owner decides."""
    known = {each.transit_gateway_attachment_id for each in before or ()}
    for each in after or ():
        if each.transit_gateway_attachment_id not in known:
            yield _joined(_ASSOCIATION, own, each.transit_gateway_attachment_id)


def propagations(
    own: str,
    before: tuple[TransitGatewayRouteTablePropagation, ...] | None,
    after: tuple[TransitGatewayRouteTablePropagation, ...] | None,
) -> Iterator[Part]:
    """Attachments whose routes a table gets."""
    known = {each.transit_gateway_attachment_id for each in before or ()}
    for each in after or ():
        if each.transit_gateway_attachment_id not in known:
            yield _joined(_PROPAGATION, own, each.transit_gateway_attachment_id)


def _joined(kind: str, table: str, attachment: str) -> Add:
    properties = {"TransitGatewayAttachmentId": Ref(attachment), "TransitGatewayRouteTableId": Ref(table)}
    return Add(type=kind, near=table, properties=properties)


def attachment(
    own: str, before: TransitGatewayVpcAttachment | None, after: TransitGatewayVpcAttachment | None
) -> Iterator[Part]:
    """Subnets that an attachment got; its options and its acceptance are told in words."""
    if before is None or after is None:
        return
    if before.subnet_ids != after.subnet_ids:
        old, new = (
            list(each) if isinstance(each, tuple) else [] for each in (before.subnet_ids, after.subnet_ids)
        )
        yield Set(resource=own, property="SubnetIds", before=old, after=new)
    if before.options != after.options:
        yield Remark(resource=own, text="its attachment carries IPv6")
    if before.state != after.state:
        yield Remark(resource=own, text="the owner of the gateway accepts the attachment")
