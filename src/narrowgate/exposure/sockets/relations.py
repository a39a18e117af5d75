"""How a part of one VPC sees another VPC: its route there, and what its ACLs say of it.

Together with the shapes of both sides, two relations decide the way there and back, so that pairs of VPCs which
nothing tells apart are walked once. A VPC has relations where it is *solid*: no rule of the estate names a part of
it.
"""

from collections.abc import Hashable

from narrowgate.engine.network.references import Way
from narrowgate.engine.network.route_lookup import Candidate, CompiledTable, Lookup
from narrowgate.engine.network.route_targets import TargetKind
from narrowgate.engine.network.routing import is_refused, table_of_subnet
from narrowgate.engine.network.transit_gateway_attachments import attachment_of_vpc
from narrowgate.exposure.sockets.acl_keys import naming
from narrowgate.exposure.sockets.numbers import number_of
from narrowgate.exposure.sockets.pair import Opening
from narrowgate.exposure.sockets.parts import Part, is_solid, twin_of
from narrowgate.exposure.sockets.peerings import peering_content
from narrowgate.exposure.sockets.shapes import Acls, acls_of
from narrowgate.exposure.sockets.turns import Turns, turns_of
from narrowgate.model.exposure import Because
from narrowgate.model.snapshot import Snapshot, index

Key = tuple[Hashable, ...]


class Relation:
    """One way out of a part towards a VPC; `number` is the same for all that decide alike."""

    __slots__ = ("number", "openings", "route", "table_id", "via")

    def __init__(self, number: int, via: str, table_id: str, route: str) -> None:
        self.number = number
        self.via = via
        self.table_id = table_id
        self.route = route
        self.openings: dict[tuple[object, ...], Opening] = {}
        """Openings already written for this way."""

    @property
    def reason(self) -> Because:
        """The route, as a link of a reason chain."""
        text = f"{self.table_id} sends the VPC's packets by {self.route}"
        return Because(text=text, rule="NET-03", resource=self.table_id)


class _Exit:
    """A route out of a VPC by a peering or a gateway, and the relations that come of it."""

    __slots__ = ("_part", "_relations", "_route", "_table_id", "_turns")

    def __init__(self, part: Part, table_id: str, route: Candidate, turns: Turns | None) -> None:
        self._part = part
        self._table_id = table_id
        self._route = route
        self._turns = turns
        """Where the gateway sends packets; None behind a peering."""
        self._relations: dict[Key, Relation] = {}

    def towards(self, snapshot: Snapshot, there: Part, named: tuple[Key, ...]) -> Relation | None:
        """The relation to a VPC, by what ACLs name of its part; None where a gateway does not lead there."""
        own = self._route.target.id
        if self._turns is None:
            own = peering_content(snapshot, own, self._part, there)
        elif not self._turns.lead_to(snapshot, there):
            return None
        key = (own, named)
        found = self._relations.get(key)
        if found is None:
            found = self._relations[key] = self._relation(snapshot, key)
        return found

    def _relation(self, snapshot: Snapshot, content: Key) -> Relation:
        kind = (Way.PEERING if self._turns is None else Way.TRANSIT_GATEWAY).value
        via = f"{kind} {self._route.target.id}"
        return Relation(number_of(snapshot, (kind, *content)), via, self._table_id, str(self._route))


class Doorstep:
    """What decides which way packets leave a part: its route table, and the ACLs on its side."""

    __slots__ = ("_acls", "_by_route", "_exits", "_named", "_part", "_seen", "_table")

    def __init__(self, part: Part, table: CompiledTable, acls: Acls, named: dict[Part, tuple[Key, ...]]) -> None:
        self._part = part
        self._table = table
        self._acls = acls
        self._named = named
        """What the ACLs name of each part; one for all parts behind equal ACLs."""
        self._exits: dict[int, _Exit | None] = {}
        self._by_route: dict[int, _Exit | None] = {}
        self._seen: dict[str, Relation | None] = {}

    def towards(self, snapshot: Snapshot, there: Part) -> Relation | None:
        """How the part sees a solid VPC, of which a twin is given.

        None where that is not known, drawn at random, or a dead end.
        """
        try:
            return self._seen[there.vpc_id]
        except KeyError:
            pass
        found = self._seen[there.vpc_id] = self._read(snapshot, there)
        return found

    def _read(self, snapshot: Snapshot, there: Part) -> Relation | None:
        found = self._table.lookup(there.sample)
        # A table keeps what it found and its routes, so that their places in memory stand for them.
        if id(found) not in self._exits:
            self._exits[id(found)] = self._exit_by(snapshot, found)
        leaving = self._exits[id(found)]
        if leaving is None:
            return None
        named = self._named.get(there)
        if named is None:
            named = self._named[there] = tuple(naming(snapshot, number, acl, there) for number, acl in self._acls)
        return leaving.towards(snapshot, there, named)

    def _exit_by(self, snapshot: Snapshot, found: Lookup) -> _Exit | None:
        if found.unread or len(found.chosen) != 1:
            return None
        route = found.chosen[0]
        if id(route) not in self._by_route:
            self._by_route[id(route)] = self._exit(snapshot, route)
        return self._by_route[id(route)]

    def _exit(self, snapshot: Snapshot, route: Candidate) -> _Exit | None:
        vpc_id = self._part.vpc_id
        if route.state != "active" or is_refused(snapshot, self._table, route):
            return None
        if route.target.kind is TargetKind.PEERING:
            return _Exit(self._part, self._table.table_id, route, None)
        if route.target.kind is TargetKind.TRANSIT_GATEWAY:
            source = attachment_of_vpc(snapshot, route.target.id, vpc_id)
            own = source.transit_gateway_attachment_id if source is not None else ""
            turns = turns_of(snapshot, route.target.id, own) if source is not None else None
            return _Exit(self._part, self._table.table_id, route, turns) if turns is not None else None
        return None


@index
def _naming(snapshot: Snapshot) -> dict[tuple[int, ...], dict[Part, tuple[Key, ...]]]:
    """What ACLs name of each part, by the ACLs' numbers."""
    return {}


@index
def _doorsteps(snapshot: Snapshot) -> dict[Part, Doorstep | None]:
    """Filled as parts are asked for."""
    return {}


def doorstep_of(snapshot: Snapshot, part: Part) -> Doorstep | None:
    """What decides which way packets leave a part; None where its table or its ACLs are not known."""
    kept = _doorsteps(snapshot)
    if part not in kept:
        table, acls = table_of_subnet(snapshot, part.subnet_id), acls_of(snapshot, part)
        if isinstance(table, CompiledTable) and acls is not None:
            named = _naming(snapshot).setdefault(tuple(number for number, _ in acls), {})
            kept[part] = Doorstep(part, table, acls, named)
        else:
            kept[part] = None
    return kept[part]


def relation(snapshot: Snapshot, here: Part, there: Part) -> Relation | None:
    """How a part sees the VPC of another; None where that is not known, drawn at random, or a dead end."""
    step = doorstep_of(snapshot, here) if is_solid(snapshot, there.vpc_id) else None
    return None if step is None else step.towards(snapshot, twin_of(snapshot, there))
