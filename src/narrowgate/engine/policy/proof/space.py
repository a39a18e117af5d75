"""All requests that policies tell apart, cut into cells: statements as boxes of them, and points as requests."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Final, NamedTuple

from narrowgate.engine.policy.callers import ANONYMOUS, Caller, CallerKind
from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.context import Context
from narrowgate.engine.policy.keys import is_principal_key
from narrowgate.engine.policy.kleene import NO, UNKNOWN, YES
from narrowgate.engine.policy.proof.boxes import Box, Search, intersect
from narrowgate.engine.policy.proof.callers import ARN_KEYS
from narrowgate.engine.policy.proof.cells import OutsideError, Value
from narrowgate.engine.policy.proof.words import TooComplexError
from narrowgate.engine.policy.request import Api
from narrowgate.engine.policy.statements import ANY_ALLOW, Policy, PolicyKind, Statement
from narrowgate.model.policy import CounterexampleRequest

ACTION: Final = "execute-api:Invoke"
MAX_PAIRS: Final = 4096


class World(NamedTuple):
    """Who is seen by whom: the endpoint policy may see a signer where the API's policies see nobody."""

    endpoint_sees_signer: bool
    api_sees_signer: bool

    def sees_signer(self, kind: PolicyKind) -> bool:
        """Whether a policy of a kind sees the signer."""
        return self.endpoint_sees_signer if kind is PolicyKind.ENDPOINT else self.api_sees_signer


class Space:
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
        if not _decided(statement.names(seen), f"the principal of {_name(statement)}"):
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
