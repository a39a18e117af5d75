"""Whether every request that one set of policies admits is admitted by another set.

A set of policies admits a request that all of its policies allow and none denies. Exact on principals, endpoints,
VPCs, addresses, other single-valued keys, stages, methods and paths; `unknown`, with its reason, on what lies
outside (policy variables, multi-valued keys, operators of two types on one key, budgets spent).
"""

from collections.abc import Sequence
from typing import Final

from narrowgate.engine.policy.callers import ANONYMOUS
from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.keys import is_principal_key
from narrowgate.engine.policy.proof.boxes import Search
from narrowgate.engine.policy.proof.callers import ARN_KEYS, signed_callers
from narrowgate.engine.policy.proof.cells import OutsideError, Value, key_values
from narrowgate.engine.policy.proof.owner import PLACEHOLDER, infer_api, tells_apis_apart
from narrowgate.engine.policy.proof.resources import resource_values
from narrowgate.engine.policy.proof.space import Space, World
from narrowgate.engine.policy.proof.subsumption import is_subsumed
from narrowgate.engine.policy.proof.words import TooComplexError, samples
from narrowgate.engine.policy.request import Api
from narrowgate.engine.policy.statements import Policy, PolicyKind
from narrowgate.model.policy import CounterexampleRequest, Note, Proof, ProofOutcome

_TIME_KEYS: Final = frozenset({"aws:currenttime", "aws:epochtime"})


_WORLDS: Final = (World(False, False), World(True, True), World(True, False))


def no_wider_than(
    narrow: Policy | Sequence[Policy], wide: Policy | Sequence[Policy], *, api: Api | None = None
) -> Proof:
    """Whether no request is admitted by one set of policies and refused by another.

    Args:
        narrow: the policies that must all admit (one, or layers such as endpoint and resource policy).
        wide: the policies that must admit whatever `narrow` admits.
        api: the API in question; left out, it is the only one that the ARNs name, else any.

    Returns:
        A proof, or a counterexample confirmed by evaluating both sides, or `unknown` with the reason.
    """
    sides = (_policies(narrow), _policies(wide))
    notes: list[Note] = []
    if api is None:
        api = infer_api([*sides[0], *sides[1]])
        if api is not None:
            notes.append(
                Note(code="api_inferred", text=f"taken to be about the one API that the policies name, {api.arn}")
            )
        elif not tells_apis_apart([*sides[0], *sides[1]]):
            api = PLACEHOLDER
    if is_subsumed(sides[0], sides[1], api):
        return Proof(outcome=ProofOutcome.HOLDS, notes=tuple(notes))
    try:
        found = _search(sides[0], sides[1], api)
    except OutsideError as outside:
        return Proof(
            outcome=ProofOutcome.UNKNOWN, reason=f"outside of what is proven: {outside}", notes=tuple(notes)
        )
    except TooComplexError:
        return Proof(
            outcome=ProofOutcome.UNKNOWN,
            reason="the policies tell more requests apart than the budget allows",
            notes=tuple(notes),
        )
    if found is None:
        return Proof(outcome=ProofOutcome.HOLDS, notes=tuple(notes))
    return Proof(outcome=ProofOutcome.REFUTED, counterexample=found, notes=tuple(notes))


def _policies(side: Policy | Sequence[Policy]) -> tuple[Policy, ...]:
    policies = (side,) if isinstance(side, Policy) else tuple(side)
    if not policies:
        raise ValueError("a side of the comparison has no policy")
    return policies


def _search(narrow: tuple[Policy, ...], wide: tuple[Policy, ...], api: Api | None) -> CounterexampleRequest | None:
    policies = (*narrow, *wide)
    if any(policy.kind is PolicyKind.DOMAIN for policy in policies):
        raise OutsideError("domain policies, whose resource is not the method's")
    principals = [s.principals for p in policies for s in p.statements if s.principals is not None]
    mixed = any(policy.kind is PolicyKind.ENDPOINT for policy in policies)
    nobody = any(not policy.kind.has_principal for policy in policies)
    partition = api.partition if api is not None else "aws"
    too_complex = False
    sides = [
        [pattern for p in side for s in p.statements for pattern in s.resources.patterns]
        for side in (narrow, wide)
    ]
    shared = {pattern.text for pattern in sides[0]} & {pattern.text for pattern in sides[1]}
    # Where only samples are left, those of what one side alone names are the likeliest to tell the sides apart.
    patterns = sorted([*sides[0], *sides[1]], key=lambda pattern: pattern.text in shared)
    try:
        resources = resource_values(patterns, api, partition)
    except TooComplexError:
        # Too many combinations to prove anything; a few texts may still refute it.
        too_complex = True
        resources = resource_values(patterns, api, partition, spell=samples)
    conditions = [condition for p in policies for s in p.statements for condition in s.conditions]
    about_arn = [condition for condition in conditions if condition.lowered in ARN_KEYS]
    search = Search()
    for world in _WORLDS[: 3 if mixed else 2]:
        if nobody and not world.api_sees_signer:
            continue  # identity policies, boundaries and service control policies speak about signers only
        callers = signed_callers(principals, about_arn, partition) if world.endpoint_sees_signer else (ANONYMOUS,)
        space = Space(world, callers, resources, _other_keys(conditions, world), api)
        found = space.counterexample(narrow, wide, search)
        if found is not None:
            return found
    if too_complex:
        raise TooComplexError
    return None


def _other_keys(conditions: Sequence[Condition], world: World) -> dict[str, tuple[Value, ...]]:
    """Values of the keys that vary by themselves, by name in lower case."""
    by_key: dict[str, list[Condition]] = {}
    for condition in conditions:
        by_key.setdefault(condition.lowered, []).append(condition)
    if by_key.keys() >= _TIME_KEYS:
        raise OutsideError("aws:CurrentTime together with aws:EpochTime")
    found: dict[str, tuple[Value, ...]] = {}
    for key, about in by_key.items():
        if key in ARN_KEYS:
            if not world.endpoint_sees_signer:
                found[key] = (None,)
        elif is_principal_key(key) and not world.endpoint_sees_signer:
            found[key] = (None,)
        else:
            found[key] = key_values(key, about)
    return found
