"""Prefix lists: the blocks that a rule or a route stands for (NET-08, SG-04)."""

from narrowgate.model.address import Cidr, parse_cidr
from narrowgate.model.answer import Missing
from narrowgate.model.snapshot import Snapshot, keyed_index


@keyed_index
def prefix_list_blocks(snapshot: Snapshot, prefix_list_id: str) -> tuple[Cidr, ...] | Missing:
    """The entries of a list's current version, or the missing fact."""
    facts = snapshot.facts
    entries = facts.prefix_list_entries.get(prefix_list_id)
    if entries is not None:
        return tuple(parse_cidr(entry.cidr) for entry in entries)
    service = facts.prefix_lists.get(prefix_list_id)
    if service is not None and service.cidrs:
        return tuple(parse_cidr(text) for text in service.cidrs)
    if prefix_list_id not in facts.managed_prefix_lists and prefix_list_id not in facts.prefix_lists:
        return Missing(
            fact="ec2.get_managed_prefix_list_entries",
            resource=prefix_list_id,
            why="named by another resource, but not in the source",
        )
    place = snapshot.place(prefix_list_id)
    missing = snapshot.missing(
        "ec2.get_managed_prefix_list_entries", place.account, place.region, parent=prefix_list_id
    )
    return missing or ()


def prefix_list_family(snapshot: Snapshot, prefix_list_id: str) -> int | None:
    """4 or 6: a list holds one family (NET-08); None where nobody knows."""
    fact = snapshot.facts.managed_prefix_lists.get(prefix_list_id)
    family = (fact.address_family or "").lower() if fact else ""
    if family in ("ipv4", "ipv6"):
        return int(family[-1])
    blocks = prefix_list_blocks(snapshot, prefix_list_id)
    return blocks[0].family if isinstance(blocks, tuple) and blocks else None
