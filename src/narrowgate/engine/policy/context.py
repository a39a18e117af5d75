"""The request context that one policy is evaluated against, and the state of every condition key in it.

A key takes its state from the first place that knows it: what the request gives or declares absent, then the
request's other facts, then the list of keys that execute-api never supplies; everything else is unknown.
"""

from collections.abc import Callable, Mapping, Set
from typing import Final

from msgspec import UNSET, UnsetType

from narrowgate.engine.policy.callers import ANONYMOUS, Caller, CallerKind, principal_key
from narrowgate.engine.policy.keys import NEVER_SUPPLIED, is_principal_key

KeyState = tuple[str, ...] | UnsetType | None
"""The values of a key; None when it is absent, UNSET when nobody knows."""

Facts = Mapping[str, tuple[str, ...] | None]
"""Keys (in lower case) that other facts of the request settle; None means absent."""

NO_FACTS: Final[Facts] = {}


class Context:
    """One call as one policy sees it.

    Args:
        caller: whom this policy sees; the endpoint policy and the resource policy may see different callers.
        action: the action, such as `execute-api:Invoke`.
        resource: the ARN asked about.
        given: condition keys in lower case, with their values.
        absent: condition keys in lower case that are known not to be there.
        facts: keys settled by other facts of the request.
    """

    __slots__ = ("_absent", "_given", "action", "caller", "facts", "resource", "short_resource")

    def __init__(
        self,
        *,
        caller: Caller = ANONYMOUS,
        action: str = "execute-api:Invoke",
        resource: str,
        given: Mapping[str, tuple[str, ...]] = {},
        absent: Set[str] = frozenset(),
        facts: Facts = NO_FACTS,
    ) -> None:
        self.caller = caller
        self.action = action.lower()
        self.resource = resource
        self.short_resource = short_resource(resource)
        self._given = given
        self._absent = absent
        self.facts = facts

    def state(self, key: str) -> KeyState:
        """The state of a condition key, named in lower case."""
        values = self._given.get(key)
        if values is not None:
            return values
        if key in self._absent:
            return None
        if key in self.facts:
            return self.facts[key]
        if is_principal_key(key):
            return self._principal_state(key)
        return None if key in NEVER_SUPPLIED else UNSET

    def _principal_state(self, key: str) -> KeyState:
        caller = self.caller
        if caller.kind is CallerKind.ANONYMOUS:
            return None  # KEY-05
        if caller.principal is None:
            return UNSET
        return principal_key(caller.principal, key)


def short_resource(resource: str) -> str:
    """What the short form `execute-api:/…` is compared with: the method ARN from the `/` after the API id.

    A private custom domain's ARN has nothing behind its name, and `execute-api:/*` covers it (POL-31).
    """
    tail = resource.split(":", 5)[-1]
    if tail.startswith("/domainnames/"):
        return "/"
    return tail[tail.find("/") :] if "/" in tail else ""


ContextFunction = Callable[[Context], int]
