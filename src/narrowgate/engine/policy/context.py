"""The request context that one policy is evaluated against, and the state of every condition key in it.

A key takes its state from the first place that knows it: what the request gives or declares absent, then the
request's other facts, then the list of keys that execute-api never supplies; everything else is unknown.
"""

from collections.abc import Callable, Mapping, Set
from typing import Final, Protocol

from msgspec import UNSET, UnsetType

from narrowgate.engine.policy.callers import ANONYMOUS, Caller, CallerKind, principal_key
from narrowgate.engine.policy.keys import NEVER_SUPPLIED, is_principal_key
from narrowgate.engine.policy.paths import spelled_out

KeyState = tuple[str, ...] | UnsetType | None
"""The values of a key; None when it is absent, UNSET when nobody knows."""


_SETTLED: Final = frozenset(
    ("aws:securetransport", "execute-api:viadomainarn", "aws:resourceaccount", "aws:resourceorgid")
)


class Owner(Protocol):
    """The API, as far as condition keys go."""

    @property
    def account(self) -> str:
        """The owner's account id."""

    @property
    def org_id(self) -> str | UnsetType | None:
        """The owner's organization; None outside any, UNSET where nobody knows."""


class Context:
    """One call as one policy sees it.

    Args:
        caller: whom this policy sees; the endpoint policy and the resource policy may see different callers.
        action: the action, such as `execute-api:Invoke`.
        resource: the ARN asked about.
        given: condition keys in lower case, with their values.
        absent: condition keys in lower case that are known not to be there.
        owner: the API, for the keys about the resource; None where it is not known.
        domain_arn: the private custom domain that the call goes through; None without one.
    """

    __slots__ = (
        "_absent",
        "_domain_arn",
        "_given",
        "_owner",
        "action",
        "caller",
        "plain",
        "resource",
        "short_resource",
    )

    def __init__(
        self,
        *,
        caller: Caller = ANONYMOUS,
        action: str = "execute-api:Invoke",
        resource: str,
        given: Mapping[str, tuple[str, ...]] = {},
        absent: Set[str] = frozenset(),
        owner: Owner | None = None,
        domain_arn: str | None = None,
    ) -> None:
        self.caller = caller
        self.action = action.lower()
        self.resource = resource
        self.short_resource = short_resource(resource)
        self.plain: Context | None = None
        """The same call with its resource spelled out, where that differs; see `paths`."""
        self._given = given
        self._absent = absent
        self._owner = owner
        self._domain_arn = domain_arn
        if "%" in resource and (plain := spelled_out(resource)) != resource:
            self.plain = Context(
                caller=caller,
                action=action,
                resource=plain,
                given=given,
                absent=absent,
                owner=owner,
                domain_arn=domain_arn,
            )

    def state(self, key: str) -> KeyState:
        """The state of a condition key, named in lower case."""
        values = self._given.get(key)
        if values is not None:
            return values
        if key in self._absent:
            return None
        if key in _SETTLED:
            return self._settled(key)
        if is_principal_key(key):
            return self._principal_state(key)
        return None if key in NEVER_SUPPLIED else UNSET

    def _settled(self, key: str) -> KeyState:
        """Keys that the API and the domain settle."""
        if key == "aws:securetransport":
            return ("true",)  # KEY-07
        if key == "execute-api:viadomainarn":
            return None if self._domain_arn is None else (self._domain_arn,)  # KEY-08
        if self._owner is None:
            return UNSET
        if key == "aws:resourceaccount":
            return (self._owner.account,)
        organization = self._owner.org_id
        return (organization,) if isinstance(organization, str) else organization

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
    # Parts of an execute-api ARN before the API id hold no `/`; a domain's ARN has its first one before
    # `domainnames`.
    _, slash, tail = resource.partition("/")
    return "/" if tail.startswith("domainnames/") and ":/" in resource else slash + tail


ContextFunction = Callable[[Context], int]
