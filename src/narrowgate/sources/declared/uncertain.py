"""Resources of which nobody knows whether they are made: what they would change is unknown, and nothing else.

The estate is declared once without them and once with all of them. What both tell alike holds either way. Where
they differ, a field is left out, or the call that would list it is withheld, with the reason.
"""

from narrowgate.model.estate_facts import Call
from narrowgate.sources.declared.estate import Declared
from narrowgate.sources.synthetic.ledger import Record, Where

_ID_FIELDS = (
    "VpcEndpointId",
    "NetworkInterfaceId",
    "InstanceId",
    "NatGatewayId",
    "RouteTableId",
    "SubnetId",
    "GroupId",
    "NetworkAclId",
    "VpcPeeringConnectionId",
    "TransitGatewayAttachmentId",
    "TransitGatewayRouteTableId",
    "TransitGatewayId",
    "InternetGatewayId",
    "EgressOnlyInternetGatewayId",
    "VpnConnectionId",
    "VpnGatewayId",
    "PrefixListId",
    "DhcpOptionsId",
    "VpcId",
    "Id",
    "id",
    "ResourceId",
    "domainNameArn",
    "FunctionArn",
    "LoadBalancerArn",
    "TargetGroupArn",
    "CertificateArn",
    "ServiceId",
)
"""The field that tells an element of a list from the others: the first of these that it has."""


def leave_open(without: Declared, having: Declared, why: str) -> None:
    """Make `without` unknown where `having` differs from it."""
    places = {**without.ledger.elements, **having.ledger.elements}
    for where, call in places:
        key = (where, call)
        _lists(without, where, call, having.ledger.elements.get(key, []), why)
    answers = dict(having.ledger.answers())
    homes = {
        (call, each.parent): where
        for (where, call), exchanges in without.ledger.exchanges.items()
        for each in exchanges
    }
    for (call, parent), body in list(without.ledger.answers()):
        if answers.get((call, parent)) != body:
            _withhold(without, homes[call, parent], call, parent, why)
    without.untold |= {key: reason for key, reason in having.untold.items() if key not in without.untold}
    without.ledger.forgotten |= having.ledger.forgotten


def _lists(without: Declared, where: Where, call: str, others: list[Record], why: str) -> None:
    mine = without.ledger.elements.get((where, call), [])
    here, there = ({_key(each): each for each in elements} for elements in (mine, others))
    if set(here) != set(there):
        _withhold(without, where, call, None, why)
    for key, element in here.items():
        other = there.get(key)
        if other is None or other == element:
            continue
        for field in [*element]:
            if element[field] != other.get(field):
                del element[field]


def _key(element: Record) -> str:
    field = next((each for each in _ID_FIELDS if each in element), None)
    return repr(element) if field is None else f"{field} {element[field]}"


def _withhold(declared: Declared, where: Where, call: str, parent: str | None, why: str) -> None:
    declared.ledger.forgotten.add((where, call, parent))
    declared.untold.setdefault(Call(where.account, where.region, call, parent), why)
