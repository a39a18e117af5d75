"""NET019 prefix-lists-that-conflict."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.network.route_lookup import Candidate, Origin
from narrowgate.engine.network.routing import table_of_subnet
from narrowgate.model.address import Cidr
from narrowgate.model.answer import Missing
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Tables of subnets in which two prefix lists with different targets hold one block."""
    told: set[str] = set()
    for subnet_id in sorted(estate.facts.subnets):
        table = table_of_subnet(estate.snapshot, subnet_id)
        if isinstance(table, Missing) or table.table_id in told:
            continue
        told.add(table.table_id)
        first: dict[Cidr, Candidate] = {}
        static = {each.cidr for each in table.candidates() if each.origin is Origin.STATIC}
        for each in table.candidates():
            if each.origin is not Origin.PREFIX_LIST or each.cidr in static:
                continue
            other = first.setdefault(each.cidr, each)
            if other.target != each.target:
                message = (
                    f"{estate.named(table.table_id)} leads {each.cidr} to {other.target.id} by "
                    f"{other.prefix_list} and to {each.target.id} by {each.prefix_list}"
                )
                related = tuple(filter(None, (other.prefix_list, each.prefix_list)))
                yield Defect(table.table_id, message, {"Routes": str(each.cidr)}, related, subject=str(each.cidr))


RULE = Rule(
    id="NET019",
    name="prefix-lists-that-conflict",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="Two prefix lists of a route table hold the same block and lead it to different targets.",
    why=(
        "AWS picks one of them at random and keeps it: nobody can tell which before it is made, nor after "
        "the table is made anew."
    ),
    remediation="Take the block out of one list, or add a static route for it, which wins.",
    rules=("NET-04",),
    check=check,
)
