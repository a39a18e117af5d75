"""What logs of a month's calls cost, apart from the total (COST-08): own estimates, and said to be."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from narrowgate.cost.demand import Demand, Factor
from narrowgate.cost.traffic import Flow, Side
from narrowgate.model.design import Usage

_MILLION = 1_000_000
# A million short calls: four million flow records of about 125 bytes, and 400 bytes of access log each.
_FLOW_LOG = Factor(Fraction(1, 2), "0.5 GB of flow logs")
_ALL = Factor(Fraction(9, 10), "0.9 GB of logs")
_ACCESS_LOG = Factor(Fraction(2, 5), "0.4 GB of access log")


def log_demands(flows: Sequence[Flow], usage: Usage) -> Iterator[Demand]:
    """Flow logs at the endpoint's VPC and access logs of the API, kept for a month in CloudWatch."""
    for flow in flows:
        millions = flow.share * Fraction(usage.requests, _MILLION)
        yield _logs("vended-log-ingest", flow.door, millions, _FLOW_LOG)
        yield _logs("log-ingest", flow.api, millions, _ACCESS_LOG)
        if flow.door == flow.api:
            yield _logs("log-storage", flow.api, millions, _ALL)
        else:
            yield _logs("log-storage", flow.door, millions, _FLOW_LOG)
            yield _logs("log-storage", flow.api, millions, _ACCESS_LOG)


def _logs(item: str, owner: Side, millions: Fraction, factor: Factor) -> Demand:
    return Demand(
        item=item,
        region=owner.region,
        payer=owner.account,
        count=millions,
        word="million calls",
        factors=(factor,),
        is_apart=True,
    )
