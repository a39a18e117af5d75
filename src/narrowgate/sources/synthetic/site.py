"""One account and Region of an estate: the base of all builders."""

from typing import Any, Self

from narrowgate.sources.synthetic.calls import GLOBAL
from narrowgate.sources.synthetic.ledger import Ledger, Record, Where

ACCOUNT = "111122223333"
REGION = "us-east-1"


class Site:
    """Builds into one account and Region; `at` gives the same estate's builder for another."""

    def __init__(self, account: str = ACCOUNT, region: str = REGION, *, ledger: Ledger | None = None) -> None:
        """Start an estate, or build on in another's `ledger`."""
        self.ledger = ledger or Ledger()
        self.account = account
        self.region = region
        if self.where not in self.ledger.sites:
            self.ledger.sites[self.where] = None
            self._open()

    def at(self, account: str | None = None, region: str | None = None) -> Self:
        """The same estate, seen from another account or Region."""
        return type(self)(account or self.account, region or self.region, ledger=self.ledger)

    def home(self, resource_id: str) -> Self:
        """The same estate, seen from where a resource is."""
        where = self.ledger.home[resource_id]
        return self.at(where.account, self.region if where.region == GLOBAL else where.region)

    @property
    def where(self) -> Where:
        """This account and Region."""
        return Where(self.account, self.region)

    @property
    def everywhere(self) -> Where:
        """This account's place for services without a Region."""
        return Where(self.account, GLOBAL)

    def resource(self, resource_id: str) -> Record:
        """The element with that id as its owner's call returns it, to change any field of it.

        Raises:
            KeyError: no resource has that id.
        """
        return self.ledger.by_id[resource_id]

    def views(self, call: str, resource_id: str, id_field: str) -> list[Record]:
        """The element as every account sees it."""
        return [
            element
            for (_, name), elements in self.ledger.elements.items()
            if name == call
            for element in elements
            if element.get(id_field) == resource_id
        ]

    def remove(self, call: str, resource_id: str, id_field: str) -> None:
        """Take an element out of every account's answer."""
        for (_, name), elements in self.ledger.elements.items():
            if name == call:
                elements[:] = [element for element in elements if element.get(id_field) != resource_id]
        self.ledger.by_id.pop(resource_id, None)

    def forget(self, call: str, parent: str | None = None) -> None:
        """Leave a call's answer out, as if nobody had asked."""
        self.ledger.forgotten.add((self._where_of(call), call, parent))

    def forget_account(self, account: str) -> None:
        """Leave out all answers of an account, as if nobody had collected there."""
        for where in [each for each in self.ledger.sites if each.account == account]:
            del self.ledger.sites[where]

    def refuse(self, call: str, parent: str | None = None, *, code: str = "AccessDenied") -> None:
        """Let AWS refuse a call: its answer is left out and the manifest says why."""
        words = f"User: arn:aws:sts::{self.account}:assumed-role/inventory/session is not authorized"
        self.ledger.refused[(self._where_of(call), call, parent)] = (code, words)

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something here."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def _where_of(self, call: str) -> Where:
        return self.everywhere if call.startswith("route53.") else self.where

    def _open(self) -> None:
        """Hook: what an account has in a Region before anybody builds anything."""

    def _new_id(self, prefix: str, name: str = "") -> str:
        return self.ledger.new_id(prefix, self.where, name)

    def _add(self, call: str, element: Record, own_id: str | None = None) -> Record:
        return self.ledger.add(self.where, call, element, own_id)

    def _ask(self, call: str, parent: str, parameters: dict[str, Any], body: Record) -> Record:
        where = self.everywhere if call.startswith("route53.") else self.where
        return self.ledger.ask(where, call, parent, parameters, body)


def name_tags(name: str) -> list[dict[str, str]]:
    """The tags of a resource that only has a name."""
    return [{"Key": "Name", "Value": name}] if name else []
