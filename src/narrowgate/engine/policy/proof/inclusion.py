"""Whether every request that one set of policies admits is admitted by another set.

A set of policies admits a request that all of its policies allow and none denies. Exact on principals, endpoints,
VPCs, addresses, other single-valued keys, stages, methods and paths; `unknown`, with its reason, on what lies
outside (policy variables, multi-valued keys, operators of two types on one key, budgets spent).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Final, NamedTuple

from narrowgate.engine.policy.callers import ANONYMOUS, Caller, CallerKind
from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.context import Context
from narrowgate.engine.policy.keys import is_principal_key
from narrowgate.engine.policy.kleene import NO, UNKNOWN, YES
from narrowgate.engine.policy.proof.boxes import Box, Search, intersect
from narrowgate.engine.policy.proof.callers import ARN_KEYS, signed_callers
from narrowgate.engine.policy.proof.cells import OutsideError, Value, key_values
from narrowgate.engine.policy.proof.owner import PLACEHOLDER, infer_api, tells_apis_apart
from narrowgate.engine.policy.proof.resources import resource_values
from narrowgate.engine.policy.proof.subsumption import is_subsumed
from narrowgate.engine.policy.proof.words import TooComplexError, samples
from narrowgate.engine.policy.request import Api
from narrowgate.engine.policy.statements import ANY_ALLOW, Policy, PolicyKind, Statement
from narrowgate.model.policy import CounterexampleRequest, Note, Proof, ProofOutcome

ACTION: Final = "execute-api:Invoke"
_TIME_KEYS: Final = frozenset({"aws:currenttime", "aws:epochtime"})
MAX_PAIRS: Final = 4096


class World(NamedTuple):
    """Who is seen by whom: the endpoint policy may see a signer where the API's policies see nobody."""

    endpoint_sees_signer: bool
    api_sees_signer: bool

    def sees_signer(self, kind: PolicyKind) -> bool:
        """Whether a policy of a kind sees the signer."""
        return self.endpoint_sees_signer if kind is PolicyKind.ENDPOINT else self.api_sees_signer


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
        space = _Space(world, callers, resources, _other_keys(conditions, world), api)
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


class _Space:
    """All requests of one world, cut into cells: callers, resources, and each key."""

    def __init__(
        self,
        world: World,
        callers: Sequence[Caller],
        resources: Sequence[str],
        keys: dict[str, tuple[Value, ...]],
        api: Api | None,
    ) -> None:
        self._world = world
        self._callers = callers
        self._resources = resources
        self._keys = keys
        self._api = api
        if api is not None and "aws:resourceaccount" in keys:
            keys["aws:resourceaccount"] = (api.account,)
        self._names = tuple(keys)

    # --- statements as boxes

    def _box(self, statement: Statement, kind: PolicyKind) -> Box | None:
        """The cells for which a statement applies; None for none."""
        if statement.actions.applies(self._context(kind, ANONYMOUS, "")) == NO:
            return None
        sees = self._world.sees_signer(kind)
        about_caller = [c for c in statement.conditions if sees and c.lowered in ARN_KEYS]
        callers = 0
        for number, caller in enumerate(self._callers):
            if self._applies_to(statement, about_caller, caller, kind):
                callers |= 1 << number
        resources = 0
        for number, resource in enumerate(self._resources):
            outcome = statement.resources.applies(self._context(kind, ANONYMOUS, resource))
            resources |= _decided(outcome, f"the resource of {_name(statement)}") << number
        keys = []
        for name in self._names:
            about = [c for c in statement.conditions if c.lowered == name]
            if not sees and name in ARN_KEYS:
                about = []  # judged with the caller, who is anonymous to this policy
            keys.append(self._key_cells(name, about, kind))
        absent_arn = [c for c in statement.conditions if not sees and c.lowered in ARN_KEYS]
        if not all(self._holds(c, None, kind) for c in absent_arn):
            return None
        return (callers, resources, *keys)

    def _applies_to(
        self, statement: Statement, about: Sequence[Condition], caller: Caller, kind: PolicyKind
    ) -> bool:
        seen = caller if self._world.sees_signer(kind) else ANONYMOUS
        context = self._context(kind, seen, "")
        named = YES
        if statement.principals is not None:
            named = statement.principals.match(seen)[0]
            named = 2 - named if statement.not_principal else named
        if not _decided(named, f"the principal of {_name(statement)}"):
            return False
        return all(_decided(c.holds(context), _describe(c)) for c in about)

    def _key_cells(self, name: str, about: Sequence[Condition], kind: PolicyKind) -> int:
        cells = 0
        hidden = is_principal_key(name) and not self._world.sees_signer(kind)
        for number, value in enumerate(self._keys[name]):
            if all(self._holds(c, None if hidden else value, kind) for c in about):
                cells |= 1 << number
        return cells

    def _holds(self, condition: Condition, value: Value, kind: PolicyKind) -> bool:
        key = condition.lowered
        context = Context(
            resource="",
            given={} if value is None else {key: (value,)},
            absent=frozenset({key}) if value is None else frozenset(),
        )
        return bool(_decided(condition.holds(context), _describe(condition)))

    def _context(self, kind: PolicyKind, caller: Caller, resource: str) -> Context:
        del kind
        return Context(caller=caller, action=ACTION, resource=resource, owner=self._api)

    # --- the search

    def counterexample(
        self, narrow: Sequence[Policy], wide: Sequence[Policy], search: Search
    ) -> CounterexampleRequest | None:
        """A request of this world that the narrow side admits and the wide side refuses."""
        denied = [box for policy in narrow for box in self._boxes(policy, deny=True)]
        refusals = [(self._boxes(policy, deny=True), self._boxes(policy, deny=False)) for policy in wide]
        for allowed in self._allowed(narrow):
            for denies, allows in refusals:
                point = search.point(allowed, [*denied, *allows])
                for deny in () if point is not None else denies:
                    point = search.point(intersect(allowed, deny), denied)
                    if point is not None:
                        break
                if point is not None:
                    return self._request(point, narrow, wide)
        return None

    def _boxes(self, policy: Policy, *, deny: bool) -> list[Box]:
        boxes = (self._box(s, policy.kind) for s in policy.statements if s.is_deny is deny)
        return list(dict.fromkeys(box for box in boxes if box is not None and all(box)))

    def _allowed(self, policies: Sequence[Policy]) -> Iterator[Box]:
        """Boxes that all policies allow."""
        lists = [self._boxes(policy, deny=False) for policy in policies]
        pairs = 1
        for boxes in lists:
            pairs *= max(len(boxes), 1)
        if pairs > MAX_PAIRS:
            raise TooComplexError
        for chosen in product(*lists):
            box = chosen[0]
            for other in chosen[1:]:
                box = intersect(box, other)
            if all(box):
                yield box

    # --- the request that a point stands for

    def _request(self, point: Box, narrow: Sequence[Policy], wide: Sequence[Policy]) -> CounterexampleRequest:
        caller = self._callers[_lowest(point[0])]
        resource = self._resources[_lowest(point[1])]
        values = {
            name: self._keys[name][_lowest(cells)] for name, cells in zip(self._names, point[2:], strict=True)
        }
        if not self._admits(narrow, caller, resource, values) or self._admits(wide, caller, resource, values):
            raise OutsideError("a combination that does not stand up to evaluation")
        spelling = {c.lowered: c.key for p in (*narrow, *wide) for s in p.statements for c in s.conditions}
        return CounterexampleRequest(
            caller=None if caller.kind is CallerKind.ANONYMOUS else caller.arn,
            action=ACTION,
            resource=resource,
            context={spelling[name]: value for name, value in values.items() if value is not None},
            absent=tuple(spelling[name] for name, value in values.items() if value is None),
        )

    def _admits(self, policies: Iterable[Policy], caller: Caller, resource: str, values: dict[str, Value]) -> bool:
        """Whether all policies allow the request, by evaluating them."""
        for policy in policies:
            sees = self._world.sees_signer(policy.kind)
            known = {
                name: None if is_principal_key(name) and not sees else value for name, value in values.items()
            }
            context = Context(
                caller=caller if sees else ANONYMOUS,
                action=ACTION,
                resource=resource,
                given={name: (value,) for name, value in known.items() if value is not None},
                absent=frozenset(name for name, value in known.items() if value is None),
                owner=self._api,
            )
            mask = policy.evaluate(context).mask
            if mask & ~ANY_ALLOW:
                return False
        return True


def _lowest(cells: int) -> int:
    return (cells & -cells).bit_length() - 1


def _decided(outcome: int, what: str) -> int:
    """1 or 0 for yes or no.

    Raises:
        OutsideError: undecided.
    """
    if outcome == UNKNOWN:
        raise OutsideError(what)
    return 1 if outcome == YES else 0


def _describe(condition: Condition) -> str:
    return f"{condition.name.written} on {condition.key}"


def _name(statement: Statement) -> str:
    return f"statement {statement.sid or statement.index}"
