"""Where a transit gateway sends what comes in by an attachment: asked once for all attachments of one table."""

from narrowgate.engine.network.transit_gateway_attachments import attachment_of_vpc
from narrowgate.engine.network.transit_gateway_routes import associated_table, look_up
from narrowgate.exposure.sockets.parts import Part
from narrowgate.model.snapshot import Snapshot, index


class Turns:
    """A route table of a gateway, and which parts it leads to."""

    __slots__ = ("_gateway", "_led", "_table")

    def __init__(self, gateway: str, table: str) -> None:
        self._gateway = gateway
        self._table = table
        self._led: dict[Part, bool] = {}

    def lead_to(self, snapshot: Snapshot, there: Part) -> bool:
        """Whether a part's addresses are sent to its own VPC; False where that is unclear or a dead end, too."""
        led = self._led.get(there)
        if led is None:
            led = self._led[there] = self._read(snapshot, there)
        return led

    def _read(self, snapshot: Snapshot, there: Part) -> bool:
        target = attachment_of_vpc(snapshot, self._gateway, there.vpc_id)
        found = look_up(snapshot, self._table, there.sample)
        if target is None or not found.matches or found.unread:
            return False
        best = found.matches[0]
        if best.state != "active" or len(best.attachments) != 1:
            return False
        return best.attachments[0].transit_gateway_attachment_id == target.transit_gateway_attachment_id


@index
def _by_attachment(snapshot: Snapshot) -> dict[tuple[str, str], Turns | None]:
    """Filled as attachments are asked for."""
    return {}


@index
def _by_table(snapshot: Snapshot) -> dict[tuple[str, str], Turns]:
    """Filled as tables are asked for."""
    return {}


def turns_of(snapshot: Snapshot, gateway: str, attachment: str) -> Turns | None:
    """The table for what comes in by an attachment; None where it has none, or that is not known."""
    kept = _by_attachment(snapshot)
    key = (gateway, attachment)
    if key not in kept:
        table = associated_table(snapshot, gateway, attachment)
        if isinstance(table, str):
            kept[key] = _by_table(snapshot).setdefault((gateway, table), Turns(gateway, table))
        else:
            kept[key] = None
    return kept[key]
