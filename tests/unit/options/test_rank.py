"""Which option is recommended, why, and what would change it: on answers made for the purpose."""

import msgspec
import pytest

from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import Broken, CostLine, Exposed, MonthlyCost, OptionAnswer, Violation
from narrowgate.model.design import Constraints
from narrowgate.options.compare.constraints import FLAGS, find_violations
from narrowgate.options.compare.rank import recommend


def option(name: str, **changes: object) -> OptionAnswer:
    plain = OptionAnswer(
        option=name,
        title=name,
        fits=True,
        verdict=Verdict.ALLOWED,
        works=Verdict.ALLOWED,
        keeps_default_name=True,
        new_resources=5,
        accounts=("111122223333",),
        cost=MonthlyCost(fixed=15.0, variable=3.0, total=18.0, at_least=18.0),
    )
    return msgspec.structs.replace(plain, **changes)


UNPRICED = CostLine(
    item="x", text="x", formula="", unit_price=None, unit="", quantity=1.0, amount=None, is_fixed=True
)


def cost(total: float | None) -> MonthlyCost:
    lines = (UNPRICED,) if total is None else ()
    return MonthlyCost(fixed=total, variable=0.0, total=total, at_least=total or 0.0, lines=lines)


LOST = Broken(
    what="the public API `status`", who="web", is_consumer=True, symptom="http_403", rule="AGW-17", text=""
)
OTHERS = msgspec.structs.replace(LOST, who="hosts in `api`", is_consumer=False)
UNMEANT = Exposed(kind="name", what="db.corp.internal", consumer="web", because="", intended=False)

# Each pair: the better first, and the one thing that makes the other worse, in the order in which things count.
WORSE = [
    ({"broken": (LOST,)}, "AGW-17"),
    ({"exposed": (UNMEANT,)}, "IN-06"),
    ({"single_points_of_failure": ("one zone",)}, "VPCE-02"),
    ({"client_change": "a header"}, "AGW-07"),
    ({"broken": (OTHERS,)}, "AGW-17"),
    ({"cost": cost(60.0)}, "COST-04"),
    ({"is_name_stable": False}, "PHZ-05"),
    ({"cost": cost(19.0)}, "COST-04"),
    ({"accounts": ("111122223333", "444455556666")}, "PHZ-02"),
    ({"new_resources": 9}, "COST-05"),
]


@pytest.mark.parametrize(("change", "rule"), WORSE)
def test_one_thing_that_is_worse_decides(change, rule):
    found = recommend([option("worse", **change), option("better")])
    assert found.option == "better"
    assert [(reason.rule, reason.beats) for reason in found.reasons] == [(rule, ("worse",))]


@pytest.mark.parametrize("position", range(len(WORSE) - 1))
def test_what_counts_first_outweighs_all_that_counts_later(position):
    worse = option("worse", **WORSE[position][0])
    rest: dict[str, object] = {}
    for change, _ in WORSE[position + 1 :]:
        rest = {**change, **rest}
    if set(rest) & set(WORSE[position][0]):
        rest = {key: value for key, value in rest.items() if key not in WORSE[position][0]}
    assert recommend([worse, option("better", **rest)]).option == "better"


@pytest.mark.parametrize("verdict", [Verdict.DENIED, Verdict.UNKNOWN, Verdict.PARTIAL, Verdict.INVALID])
def test_nothing_but_allowed_is_recommended(verdict):
    assert recommend([option("only", verdict=verdict)]) is None


def test_what_only_the_caller_leaves_open_may_be_recommended():
    assert recommend([option("only", verdict=Verdict.UNKNOWN, is_open_at_caller_only=True)]).option == "only"


def test_a_broken_constraint_rules_out():
    violation = Violation(constraint="no_route53", text="it configures Route 53")
    assert recommend([option("only", violations=(violation,))]) is None


def test_an_unknown_price_counts_as_the_highest():
    assert recommend([option("unknown", cost=cost(None)), option("known", cost=cost(400.0))]).option == "known"


def test_a_few_cents_are_no_reason_to_take_a_name_that_dies():
    found = recommend([option("alias", is_name_stable=False), option("zone", cost=cost(18.9))])
    assert found.option == "zone"


BREAKS = {
    "no_new_peering": {"resources": ("AWS::EC2::VPCPeeringConnection X: y",)},
    "no_transit_gateway": {"resources": ("AWS::EC2::TransitGateway X: y",)},
    "no_route53": {"uses_route53": True},
    "keep_public_apis": {"broken": (LOST,)},
    "keep_default_name": {"keeps_default_name": False},
    "no_client_change": {"client_change": "a header"},
    "no_single_point_of_failure": {"single_points_of_failure": ("one zone",)},
}


def test_every_flag_has_its_case():
    assert set(BREAKS) == set(FLAGS)


@pytest.mark.parametrize("flag", BREAKS)
def test_a_constraint_is_broken_by_what_it_forbids_and_by_nothing_else(flag):
    wanted = Constraints(**{flag: True})
    assert [each.constraint for each in find_violations(wanted, option("x", **BREAKS[flag]))] == [flag]
    assert find_violations(wanted, option("x")) == ()
    assert find_violations(Constraints(), option("x", **BREAKS[flag])) == ()


def test_what_other_hosts_lose_breaks_no_consumers_constraint():
    assert find_violations(Constraints(keep_public_apis=True), option("x", broken=(OTHERS,))) == ()


@pytest.mark.parametrize(("total", "is_broken"), [(18.0, False), (18.01, True), (None, True)])
def test_a_limit_on_cost_is_kept_to_the_cent(total, is_broken):
    found = find_violations(Constraints(max_monthly_cost=18.0), option("x", cost=cost(total)))
    assert bool(found) is is_broken
