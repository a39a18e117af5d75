"""Sentences such as `only web may call orders`, held for all requests on an option's world."""

from narrowgate.engine.network.flow import TCP
from narrowgate.exposure.proofs import (
    Allowed,
    Proof,
    allow,
    only_may_call,
    only_may_reach,
    only_may_resolve,
)
from narrowgate.model.address import IntervalSet, is_address, parse_address, parse_cidr
from narrowgate.model.answer import Cause, Leg, Verdict
from narrowgate.model.comparison import ExpectationAnswer
from narrowgate.model.design import Design, Expectation
from narrowgate.model.domain import normalise
from narrowgate.model.reason import Reason
from narrowgate.options.parts.networks import subnet_ref, vpc_ref
from narrowgate.options.parts.policies import api_ref
from narrowgate.options.world import World


def judge_exclusive(world: World, design: Design, expectation: Expectation) -> ExpectationAnswer:
    """Whether nobody else can: proven, refuted by a counterexample, or open with the facts that would tell."""
    proof = _prove(world, design, expectation)
    holds = proof.verdict is Verdict.ALLOWED
    return ExpectationAnswer(
        expectation=str(expectation),
        where=str(expectation.where),
        verdict=proof.verdict,
        text="holds for all requests" if holds else proof.counterexample,
        decided_by=_cause(proof) if proof.verdict is Verdict.DENIED else None,
        unknowns=proof.unknowns,
    )


def _prove(world: World, design: Design, expectation: Expectation) -> Proof:
    snapshot, allowed = world.snapshot, _allowed(world, design, expectation)
    if expectation.verb == "resolve":
        return only_may_resolve(snapshot, normalise(expectation.target), allowed)
    if expectation.verb == "reach":
        host, _, port = expectation.target.rpartition(":")
        return only_may_reach(snapshot, parse_address(host), int(port), TCP, allowed)
    api_id = world.text(api_ref(design.api(expectation.target)))
    return only_may_call(snapshot, api_id, expectation.method, expectation.path, allowed)


def _allowed(world: World, design: Design, expectation: Expectation) -> Allowed:
    """Consumers with the addresses that they stand for, VPCs with all their hosts."""
    return allow([pair for name in expectation.only for pair in _hosts(world, design, name)])


def _hosts(world: World, design: Design, name: str) -> list[tuple[str, IntervalSet | None]]:
    consumer = next((each for each in design.consumers if each.name == name), None)
    if consumer is None:
        return [(world.text(vpc_ref(design.vpc(name))), None)]
    if consumer.vpc is None:
        return []
    vpc = design.vpc(consumer.vpc)
    own = world.text(vpc_ref(vpc))
    if consumer.address is not None and is_address(consumer.address.partition("/")[0]):
        block = parse_cidr(consumer.address)
        return [(own, IntervalSet([(block.first, block.last)]))]
    if not consumer.subnets:
        return [(own, None)]
    facts = world.snapshot.facts.subnets
    ids = [world.text(subnet_ref(vpc, each)) for each in vpc.subnets if each.name in consumer.subnets]
    blocks = [parse_cidr(text) for each in ids if (text := facts[each].cidr_block)]
    return [(own, IntervalSet((block.first, block.last) for block in blocks))]


def _cause(proof: Proof) -> Cause:
    return Cause(
        leg=Leg.FORWARD,
        layer="exposure",
        reason=Reason.OPEN_TO_OTHERS,
        resource=None,
        rule=proof.rule,
        text=proof.counterexample,
    )
