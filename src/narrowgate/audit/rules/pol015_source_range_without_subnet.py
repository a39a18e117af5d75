"""POL015 source-range-without-subnet."""

from collections.abc import Iterator, Mapping
from typing import Any

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import statements_of
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.network.vpcs import subnets_by_vpc
from narrowgate.model.address import Cidr, parse_cidr
from narrowgate.model.errors import InputError
from narrowgate.model.finding import Confidence, Severity

_KEY = "aws:vpcsourceip"


def check(estate: Estate) -> Iterator[Defect]:
    """Allow statements whose client ranges lie in a known VPC and in none of its subnets."""
    vpcs = {own: estate.blocks(own) for own in estate.facts.vpcs}
    for api in estate.apis("PRIVATE"):
        for number, statement in enumerate(statements_of(estate.resource_policy(api))):
            ranges = list(_ranges(statement)) if statement.get("Effect") == "Allow" else []
            if not ranges:
                continue
            homes = {own for own, blocks in vpcs.items() if any(b.covers(each) for b in blocks for each in ranges)}
            is_outside = any(not any(b.covers(each) for own in homes for b in vpcs[own]) for each in ranges)
            if not homes or is_outside or not all(_is_known(estate, own) for own in homes):
                continue  # The range may be one on premises, or of an account that nobody collected.
            if not any(_overlaps(estate, own, each) for own in homes for each in ranges):
                shown = ", ".join(map(str, ranges))
                message = f"statement {number} of {estate.named(api.id)} admits {shown}, where no subnet is"
                yield Defect(
                    api.id, message, {"policy": f"/Statement/{number}"}, tuple(sorted(homes)), str(number)
                )


def _is_known(estate: Estate, vpc_id: str) -> bool:
    return estate.is_collected("ec2.describe_subnets", vpc_id)


def _overlaps(estate: Estate, vpc_id: str, wanted: Cidr) -> bool:
    subnets = subnets_by_vpc(estate.snapshot).get(vpc_id, ())
    return any(
        wanted.overlaps(parse_cidr(each.cidr_block)) for each in subnets if isinstance(each.cidr_block, str)
    )


def _ranges(statement: Mapping[str, Any]) -> Iterator[Cidr]:
    for operator, keys in (statement.get("Condition") or {}).items():
        if not operator.casefold().startswith("ipaddress"):
            continue
        for key, values in keys.items():
            if key.casefold() == _KEY:
                for each in values if isinstance(values, list) else [values]:
                    try:
                        yield parse_cidr(str(each))
                    except InputError:
                        continue


RULE = Rule(
    id="POL015",
    name="source-range-without-subnet",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    what=(
        "An Allow statement asks for client addresses (`aws:VpcSourceIp`) that lie in a known VPC and in "
        "none of its subnets."
    ),
    why=("No host can have such an address: the statement admits nobody, and the call ends in 403."),
    remediation="Name the ranges of the callers' subnets.",
    limits="Ranges outside every known VPC are left alone: they may be on premises.",
    rules=("KEY-03", "POL-09"),
    check=check,
)
