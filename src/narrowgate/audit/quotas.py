"""Quotas as several audit rules look at them: what is near its end, and what an account has in a Region."""

from collections.abc import Iterable, Iterator
from typing import Final

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect
from narrowgate.model.filters import IpPermission

NEAR: Final = 0.9
"""A quota is near its end where more than this part of it is used."""


def near(
    estate: Estate, own_id: str, used: int, quota: int, things: str, field: str, *, of: str = ""
) -> Iterator[Defect]:
    """The defect of a resource that has used most of a quota, with the numbers; nothing where there is room.

    Args:
        estate: the estate.
        own_id: the resource.
        used: how many it has.
        quota: how many AWS gives by default.
        things: what is counted, in the plural.
        field: the name of the fact, which also tells two quotas of one resource apart.
        of: who has them, where that is not the resource itself.
    """
    if used > NEAR * quota:
        message = f"{of or estate.named(own_id)} has {used:,} of {quota:,} {things}"
        yield Defect(own_id, message, {field: used}, subject=field)


def near_in_account(estate: Estate, ids: Iterable[str], quota: int, things: str, field: str) -> Iterator[Defect]:
    """The same for what an account has in a Region; the finding stands at the first of them."""
    found: dict[tuple[str, str], list[str]] = {}
    for own_id in sorted(ids):
        home = (estate.snapshot.account_of(own_id) or "", estate.region(own_id) or "")
        found.setdefault(home, []).append(own_id)
    for (account, region), members in sorted(found.items()):
        whose = " ".join(
            filter(None, (f"account {account}" if account else "one account", region and f"in {region}"))
        )
        yield from near(estate, members[0], len(members), quota, things, field, of=whose)


def entries(estate: Estate, prefix_list_id: str) -> int:
    """A prefix list counts with its maximum size (NET-08)."""
    known = estate.facts.managed_prefix_lists.get(prefix_list_id)
    return (known.max_entries or 1) if known is not None else 1


def rules_of(estate: Estate, permissions: Iterable[IpPermission]) -> dict[str, int]:
    """How many rules some permissions are, by address family; a reference to a group counts in both (SG-11)."""
    counts = {"IPv4": 0, "IPv6": 0}
    for each in permissions:
        counts["IPv4"] += len(each.ip_ranges) + len(each.user_id_group_pairs)
        counts["IPv6"] += len(each.ipv6_ranges) + len(each.user_id_group_pairs)
        for listed in each.prefix_list_ids:
            known = estate.facts.managed_prefix_lists.get(listed.prefix_list_id)
            is_ipv6 = known is not None and known.address_family == "IPv6"
            counts["IPv6" if is_ipv6 else "IPv4"] += entries(estate, listed.prefix_list_id)
    return counts
