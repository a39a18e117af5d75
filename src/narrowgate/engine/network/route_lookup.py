"""A compiled route table, and which of its routes an address takes (NET-03, NET-04, NET-07)."""

from bisect import bisect_right
from enum import Enum
from typing import NamedTuple

from narrowgate.engine.network.route_targets import Target, TargetKind
from narrowgate.model.address import Address, Cidr, parse_cidr
from narrowgate.model.answer import Considered, Leg, Missing, Step
from narrowgate.model.kept import Kept
from narrowgate.model.routing import RouteTable


class Origin(Enum):
    """Where a route comes from; the order is AWS's priority among routes to one block (NET-04)."""

    STATIC = 0
    PREFIX_LIST = 1
    PROPAGATED = 2


class Candidate(NamedTuple):
    """One route to one block; a prefix-list route gives one candidate an entry. `state` is None where unknown."""

    cidr: Cidr
    origin: Origin
    target: Target
    state: str | None
    prefix_list: str | None = None

    def __str__(self) -> str:
        via = f" ({self.prefix_list})" if self.prefix_list else ""
        state = "" if self.state == "active" else f" [{self.state or 'state unknown'}]"
        return f"{self.cidr}{via} -> {self.target.id}{state}"


class UnreadList(NamedTuple):
    """A route by a prefix list whose entries nobody knows: it might match anything of its family."""

    prefix_list: str
    family: int | None
    target: Target
    missing: Missing


class Lookup(NamedTuple):
    """What a table says of an address.

    `chosen` has several members only where AWS picks one at random (NET-04); it is empty where no route covers
    the address. `rejected` are the matches that lost, best first. `unread` might have won.
    """

    chosen: tuple[Candidate, ...]
    rejected: tuple[Candidate, ...]
    unread: tuple[UnreadList, ...]

    def considered(self) -> tuple[Considered, ...]:
        """The matches as an answer shows them."""
        return (
            *(Considered(item=str(each), outcome="chosen", why="longest prefix") for each in self.chosen),
            *(Considered(item=str(each), outcome="rejected", why=self._why(each)) for each in self.rejected),
            *(
                Considered(item=f"{each.prefix_list} -> {each.target.id}", outcome="unknown", why=each.missing.why)
                for each in self.unread
            ),
        )

    def _why(self, lost: Candidate) -> str:
        if not self.chosen or lost.cidr.prefix_length > self.chosen[0].cidr.prefix_length:
            return "a propagated route loses to local"
        if lost.cidr.prefix_length < self.chosen[0].cidr.prefix_length:
            return "less specific"
        return "lower priority"


class CompiledTable:
    """A route table with its blocks parsed, its local routes completed and its prefix lists expanded."""

    __slots__ = ("_blocks", "_by_length", "_edges", "_found", "table_id", "unread", "vpc_id", "written")

    def __init__(
        self, table: RouteTable, candidates: list[Candidate], unread: list[UnreadList], blocks: tuple[Cidr, ...]
    ) -> None:
        self.table_id = table.route_table_id
        self.vpc_id = table.vpc_id
        self.unread = tuple(unread)
        self._blocks = blocks
        by_length: dict[tuple[int, int], dict[int, list[Candidate]]] = {}
        for each in sorted(candidates, key=lambda each: each.origin.value):
            cidr = each.cidr
            by_length.setdefault((cidr.family, cidr.prefix_length), {}).setdefault(cidr.first, []).append(each)
        self._by_length = sorted(by_length.items(), reverse=True)
        self._found: dict[tuple[int, int], Lookup] = {}
        self._edges: dict[int, list[int]] = {}
        self.written: Kept[tuple[Leg, Address, Candidate], Step] = Kept(4096)
        """Steps already written: the hosts of a subnet call the same few addresses."""

    def lookup(self, address: Address) -> Lookup:
        """Longest prefix, then static before prefix list before propagated (NET-03, NET-04, NET-07)."""
        edges = self._edges.get(address.family)
        if edges is None:
            edges = self._edges[address.family] = self._read_edges(address.family)
        place = (address.family, bisect_right(edges, address.value))
        found = self._found.get(place)
        if found is None:
            found = self._found[place] = self._look(address)
        return found

    def _read_edges(self, family: int) -> list[int]:
        """Where the answer may change: between two edges it is the same for all addresses."""
        blocks = (*self._blocks, *PRIVATE_BLOCKS, *(each.cidr for each in self.candidates()))
        return sorted({edge for each in blocks if each.family == family for edge in (each.first, each.last + 1)})

    def candidates(self) -> tuple[Candidate, ...]:
        """Every route, longest prefix first."""
        return tuple(each for _, by_first in self._by_length for group in by_first.values() for each in group)

    def _look(self, address: Address) -> Lookup:
        matches: list[Candidate] = []
        for (family, length), by_first in self._by_length:
            if family == address.family:
                bits = (32 if family == 4 else 128) - length
                matches += by_first.get(address.value >> bits << bits, ())
        is_inside = any(block.holds(address) for block in self._blocks)
        # NET-07: what a VPN or Direct Connect propagates loses to local, however specific it is.
        propagated = [each for each in matches if is_inside and each.origin is Origin.PROPAGATED]
        matches = [each for each in matches if each not in propagated] if propagated else matches
        if not matches:
            return Lookup((), tuple(propagated), self._relevant(address, None))
        best = matches[0]
        equals = tuple(
            each
            for each in matches
            if each.cidr.prefix_length == best.cidr.prefix_length and each.origin is best.origin
        )
        chosen = (best, *(each for each in equals if each.target != best.target))
        rejected = tuple(each for each in matches if each not in equals)
        return Lookup(chosen, (*propagated, *rejected), self._relevant(address, best))

    def _relevant(self, address: Address, best: Candidate | None) -> tuple[UnreadList, ...]:
        """The unread lists that could have changed the choice."""
        whole = 32 if address.family == 4 else 128
        if best is not None and best.cidr.prefix_length == whole and best.origin is Origin.STATIC:
            return ()
        return tuple(
            each
            for each in self.unread
            if each.family in (None, address.family)
            and (best is None or each.target != best.target)
            and not (each.target.kind is TargetKind.GATEWAY_ENDPOINT and is_private(address))
        )


PRIVATE_BLOCKS = tuple(
    parse_cidr(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "fc00::/7",
        "fe80::/10",
    )
)


def is_private(address: Address) -> bool:
    """True for an address that the Internet does not route, so no service's public list holds it."""
    return any(block.holds(address) for block in PRIVATE_BLOCKS)
