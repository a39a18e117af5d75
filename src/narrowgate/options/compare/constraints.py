"""The constraints of a design, held against what an option turned out to do."""

from collections.abc import Iterator

from narrowgate.model.comparison import MonthlyCost, OptionAnswer, Violation
from narrowgate.model.design import Constraints

FLAGS = (
    "no_new_peering",
    "no_transit_gateway",
    "no_route53",
    "keep_public_apis",
    "keep_default_name",
    "no_client_change",
    "no_single_point_of_failure",
)
"""The constraints that are on or off."""


def find_violations(constraints: Constraints, answer: OptionAnswer) -> tuple[Violation, ...]:
    """The constraints that an option breaks."""
    broken = dict(_broken(answer))
    found = [
        Violation(constraint=name, text=broken[name])
        for name in FLAGS
        if getattr(constraints, name) and name in broken
    ]
    limit = constraints.max_monthly_cost
    if limit is not None and answer.cost is not None:
        text = _over_limit(answer.cost, limit)
        if text:
            found.append(Violation(constraint="max_monthly_cost", text=text))
    return tuple(found)


def _over_limit(cost: MonthlyCost, limit: float) -> str:
    """What is not known may be over the limit: only an option whose whole bill is known can keep it."""
    if cost.at_least > limit:
        least = "" if cost.total is not None else "at least "
        return f"{least}{cost.at_least:,.2f} dollars a month, over {limit:,.2f}"
    if cost.total is None:
        return f"{limit:,.2f} dollars a month, and not known: {', '.join(cost.unknown_prices)}"
    return ""


def _broken(answer: OptionAnswer) -> Iterator[tuple[str, str]]:
    kinds = {each.split(" ")[0] for each in answer.resources}
    if "AWS::EC2::VPCPeeringConnection" in kinds:
        yield "no_new_peering", "it adds a VPC peering"
    if "AWS::EC2::TransitGateway" in kinds:
        yield "no_transit_gateway", "it adds a transit gateway"
    if answer.uses_route53:
        yield "no_route53", "it configures Route 53"
    lost = [each for each in answer.broken if each.is_consumer and each.what.startswith("the public API")]
    if lost:
        yield "keep_public_apis", f"{lost[0].what} answers {lost[0].symptom}"
    if not answer.keeps_default_name:
        yield "keep_default_name", "clients call another name than the API's default"
    if answer.client_change is not None:
        yield "no_client_change", answer.client_change
    if answer.single_points_of_failure:
        yield "no_single_point_of_failure", "; ".join(answer.single_points_of_failure)
