"""Where a command is run: its Region as an option, another account as a remark that a shell passes over."""

import re
from collections.abc import Iterable

from narrowgate.model.snapshot import Snapshot, index

_CALL = re.compile(r"aws (?P<service>[a-z0-9-]+) [a-z0-9-]+")
_WORD = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_GLOBAL = frozenset({"route53"})


class Places(frozenset[tuple[str | None, str | None]]):
    """Accounts and Regions of an estate."""

    @property
    def accounts(self) -> set[str]:
        """Every account that is known."""
        return {account for account, _ in self if account}

    @property
    def regions(self) -> set[str]:
        """Every Region that is known."""
        return {region for _, region in self if region}


@index
def places_of(snapshot: Snapshot) -> Places:
    """The accounts and Regions that VPCs and APIs of an estate are in."""
    known = (*snapshot.facts.vpcs, *snapshot.facts.rest_apis)
    return Places((place.account, place.region) for place in map(snapshot.place, known))


def by_owner(snapshot: Snapshot, command: str, owner_of: str, resource: str) -> str:
    """A command that the owner of one resource runs within a change of another's: with a remark where it is."""
    account = snapshot.place(owner_of).account
    if account is None or account == snapshot.place(resource).account:
        return command
    return f"{command}  # as account {account}"


def addresses_in(snapshot: Snapshot, texts: Iterable[str]) -> dict[str, str]:
    """The addresses in a source's code of the ids that stand in some texts, in their order."""
    words = (word for text in texts for word in _WORD.findall(text))
    found = ((word, snapshot.place(word).address) for word in dict.fromkeys(words) if word in snapshot.places)
    return {word: address for word, address in found if address}


def region_of(snapshot: Snapshot, resource: str) -> str:
    """The Region of a resource; empty for what is in none, as hosted zones are."""
    region = snapshot.place(resource).region
    return region if region and region != "global" else ""


def in_region(snapshot: Snapshot, command: str, resource: str) -> str:
    """A command with its Region, in an estate of several; Route 53 itself knows none."""
    region = region_of(snapshot, resource)
    called = _CALL.search(command)
    if not region or called is None or " --region " in command or len(places_of(snapshot).regions) < 2:
        return command
    if called["service"] in _GLOBAL:
        return command
    return f"{command[: called.end()]} --region {region}{command[called.end() :]}"
