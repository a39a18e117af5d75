"""What an estate holds so far: elements by call and by id, and answers by parent."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from narrowgate.sources.snapshot.response import Response
from narrowgate.sources.synthetic.calls import GLOBAL, ONCE, ONCE_GLOBAL, PER_PARENT, PER_PARENT_GLOBAL
from narrowgate.sources.synthetic.names import hex_id

Record = dict[str, Any]
"""An element of a response, as parsed JSON: it may be changed until the responses are taken."""


class Where(msgspec.Struct, frozen=True):
    """An account and a Region (`global` for services without one)."""

    account: str
    region: str


class Exchange(msgspec.Struct):
    """One answer of a call that is made once per parent."""

    parent: str
    parameters: Record
    body: Record


class Ledger:
    """Every element and answer of an estate, in the order in which they were made."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.sites: dict[Where, None] = {}
        self.elements: dict[tuple[Where, str], list[Record]] = {}
        self.single: dict[tuple[Where, str], Record] = {}
        self.exchanges: dict[tuple[Where, str], list[Exchange]] = {}
        self.by_id: dict[str, Record] = {}
        self.home: dict[str, Where] = {}
        self.forgotten: set[tuple[Where, str, str | None]] = set()
        self.refused: dict[tuple[Where, str, str | None], tuple[str, str]] = {}
        self.taken: dict[str, set[str]] = {}
        self.outside: Record | None = None
        self._answers: dict[tuple[str, str], Exchange] = {}
        self._made: Counter[tuple[object, ...]] = Counter()

    def new_id(self, prefix: str, where: Where, name: str) -> str:
        """A fresh id; it depends on what it is, where and how it is called, not on what else exists."""
        return hex_id(prefix, *self.number(prefix, where, name))

    def number(self, kind: str, where: Where, name: str) -> tuple[object, ...]:
        """A key that no other call of this method returned."""
        key = (kind, where.account, where.region, name)
        self._made[key] += 1
        return (*key, self._made[key])

    def add(self, where: Where, call: str, element: Record, own_id: str | None = None) -> Record:
        """Put an element into a call's answer."""
        self.elements.setdefault((where, call), []).append(element)
        if own_id is not None and own_id not in self.by_id:
            self.by_id[own_id] = element
            self.home[own_id] = where
        return element

    def ask(self, where: Where, call: str, parent: str, parameters: Record, body: Record) -> Record:
        """Answer a call for one parent; a later answer takes an earlier one's place."""
        known = self._answers.get((call, parent))
        if known is not None:
            known.body = body
            return body
        exchange = Exchange(parent, parameters, body)
        self.exchanges.setdefault((where, call), []).append(exchange)
        self._answers[(call, parent)] = exchange
        return body

    def answer(self, call: str, parent: str) -> Record:
        """The answer of a call for one parent, to change it.

        Raises:
            KeyError: the call was not asked for that parent.
        """
        return self._answers[(call, parent)].body

    def answers(self) -> Iterator[tuple[tuple[str, str], Record]]:
        """Every answer of a call for one parent, with call and parent."""
        for key, exchange in self._answers.items():
            yield key, exchange.body

    def responses(self) -> Iterator[Response]:
        """Every response of a complete collection, but for what was forgotten or refused."""
        for where in sorted(self._all_sites(), key=lambda each: (each.account, each.region)):
            once, per_parent = (ONCE_GLOBAL, PER_PARENT_GLOBAL) if where.region == GLOBAL else (ONCE, PER_PARENT)
            for call, key in once.items():
                if self._was_made(where, call, None):
                    yield _response(where, call, {key: self.elements.get((where, call), [])})
            for (a_site, call), body in self.single.items():
                if a_site == where and self._was_made(where, call, None):
                    yield _response(where, call, body)
            for call in per_parent:
                yield from self._per_parent(where, call, self.exchanges.get((where, call), ()))

    def _per_parent(self, where: Where, call: str, exchanges: Sequence[Exchange]) -> Iterator[Response]:
        if not self._was_made(where, call, None):
            return
        if not exchanges:
            yield _response(where, call, None)
        for exchange in exchanges:
            if self._was_made(where, call, exchange.parent):
                yield _response(where, call, exchange.body, exchange.parameters)

    def _was_made(self, where: Where, call: str, parent: str | None) -> bool:
        key = (where, call, parent)
        return key not in self.forgotten and key not in self.refused

    def _all_sites(self) -> set[Where]:
        return {*self.sites, *(Where(site.account, GLOBAL) for site in self.sites)}


def _response(where: Where, call: str, body: Record | None, parameters: Record | None = None) -> Response:
    return Response(
        account=where.account,
        region=where.region,
        operation=call,
        parameters=parameters,
        body=body,
        source=f"{where.account}/{where.region}/{call}.json",
    )
