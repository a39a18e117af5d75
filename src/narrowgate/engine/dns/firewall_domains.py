"""Domain lists of DNS Firewall: exact names, everything below a name, or everything (FW-04)."""

from narrowgate.model.answer import Missing
from narrowgate.model.domain import normalise, parents
from narrowgate.model.snapshot import Snapshot, keyed_index


class DomainList:
    """A list, indexed for matching; unlike Resolver rules, an entry without `*` is that one name only."""

    __slots__ = ("below", "everything", "exact", "list_id", "unclear")

    def __init__(self, list_id: str, entries: tuple[str, ...]) -> None:
        """Sort the entries of list `list_id` into names, subtrees and what no page explains."""
        self.list_id = list_id
        self.exact: set[str] = set()
        self.below: set[str] = set()
        self.unclear: list[str] = []
        self.everything = False
        for entry in map(normalise, entries):
            if entry == "*":
                self.everything = True
            elif entry.startswith("*."):
                self.below.add(entry[2:])
            elif entry.startswith("*"):
                self.unclear.append(entry[1:])
            else:
                self.exact.add(entry)

    def matches(self, name: str) -> bool | tuple[Missing, ...]:
        """Whether a canonical name is in the list; or the fact that would tell where AWS explains no form."""
        if self.everything or name in self.exact:
            return True
        if self.below and any(parent in self.below for parent in parents(name)[1:]):
            return True
        if any(name.endswith(ending) for ending in self.unclear):
            return (
                Missing(
                    fact="FirewallDomainList entry with `*` inside a label",
                    resource=self.list_id,
                    why="not documented",
                ),
            )
        return False


@keyed_index
def domain_list(snapshot: Snapshot, list_id: str) -> DomainList | Missing:
    """A list's entries; a missing fact for lists that AWS manages, which nobody can read, or not collected."""
    about = snapshot.facts.firewall_domain_lists.get(list_id)
    domains = snapshot.facts.firewall_domains.get(list_id)
    if about is not None and about.managed_owner_name and not domains:
        return Missing(
            fact="route53resolver.list_firewall_domains",
            resource=list_id,
            why=f"managed by {about.managed_owner_name}, its content is not shown to anyone",
        )
    if domains is None:
        place = snapshot.place(list_id)
        gap = snapshot.missing(
            "route53resolver.list_firewall_domains", place.account, place.region, parent=list_id
        )
        if gap is not None:
            return gap
    return DomainList(list_id, domains or ())
