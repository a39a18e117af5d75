"""Addresses from which a call is listed, against z3: both say the same of every address of the VPC."""

from random import Random

import pytest
import z3
from tests.builders import build_guide, invoke_statement, policy_document, snapshot_of

from narrowgate.exposure.exposure import evaluate_exposure
from narrowgate.guide.estate import ORDERS
from narrowgate.model.address import IntervalSet, parse_address, parse_cidr

HOSTS = ((0x0A010104, 0x0A010134), (0x0A010136, 0x0A0101FE), (0x0A010204, 0x0A010234), (0x0A010236, 0x0A0102FE))
"""What the requester's subnets can hold: all but AWS's five and the outbound endpoint's `.53`."""


def statements(dice: Random) -> list[dict[str, object]]:
    found = []
    for number in range(dice.choice((1, 2, 3))):
        block = f"10.1.{dice.choice((1, 2))}.{dice.randrange(0, 256, 16)}/{dice.choice((24, 26, 28, 30))}"
        operator = dice.choice(("IpAddress", "IpAddress", "NotIpAddress"))
        effect = "Allow" if number == 0 else dice.choice(("Allow", "Deny"))
        found.append(invoke_statement(effect, **{operator: {"aws:VpcSourceIp": block}}))
    return found


def formula(every: list[dict[str, object]], address: z3.BitVecRef) -> z3.BoolRef:
    allow, deny = [], []
    for each in every:
        ((operator, condition),) = each["Condition"].items()
        block = parse_cidr(condition["aws:VpcSourceIp"])
        inside = z3.And(z3.UGE(address, block.first), z3.ULE(address, block.last))
        (allow if each["Effect"] == "Allow" else deny).append(
            inside if operator == "IpAddress" else z3.Not(inside)
        )
    return z3.And(z3.Or(*allow), z3.Not(z3.Or(*deny)) if deny else True)


def listed(every: list[dict[str, object]]) -> IntervalSet:
    guide = build_guide()
    guide.estate.set_policy(ORDERS, policy_document(*every))
    guide.estate.deploy(ORDERS, "prod")
    answer = evaluate_exposure(snapshot_of(guide.estate), [guide.requester.vpc])
    texts = [
        text for each in answer.apis if each.api == ORDERS and each.path == "/orders" for text in each.sources
    ]
    pairs = []
    for text in texts:
        first, dash, last = text.partition("-")
        block = parse_cidr(first)
        pairs.append((block.first, parse_address(last).value if dash else block.last))
    return IntervalSet(pairs)


@pytest.mark.parametrize("seed", range(25))
def test_the_listed_addresses_are_those_that_z3_admits(seed):
    every = statements(Random(seed))
    found = listed(every)
    address = z3.BitVec("address", 32)
    is_host = z3.Or(*(z3.And(z3.UGE(address, low), z3.ULE(address, high)) for low, high in HOSTS))
    is_listed = z3.Or(*(z3.And(z3.UGE(address, low), z3.ULE(address, high)) for low, high in found), False)
    solver = z3.Solver()
    solver.add(is_host, formula(every, address) != is_listed)
    assert solver.check() == z3.unsat, (every, str(found), solver.model())
