"""One row of the table of calls: what is sent, and which IAM action allows it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from narrowgate.sources.snapshot.operations import OPERATIONS

Parameters = dict[str, Any]
Element = Mapping[str, Any]
Asks = Callable[[Parameters, Element], Iterable[Parameters]]
"""What to send for one element of the parent call; the first argument is what was sent to get that element."""

GLOBAL = "global"
_GLOBAL_SERVICES = frozenset({"route53", "organizations"})


class LiveCall(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table."""

    name: str
    """`<boto3 client>.<boto3 method>`."""
    action: str
    """The IAM action that allows it."""
    resources: tuple[str, ...] = ()
    """For API Gateway, whose actions are HTTP verbs: the paths that the call reads. Elsewhere all resources."""
    parameters: tuple[Parameters, ...] = ({},)
    """What is sent, for calls without a parent; several where one call does not show everything."""
    parent: str | None = None
    """The call whose elements are the parents."""
    parent_key: str = ""
    """The key of the parent's response that holds the elements."""
    asks: Asks | None = None
    token: tuple[str, str] | None = None
    """Request and response field of the next page, where botocore has no paginator for the call."""
    page: Parameters = {}
    """The page size to ask for, where the model does not tell the largest."""

    @property
    def service(self) -> str:
        """The boto3 client's name."""
        return self.name.partition(".")[0]

    @property
    def operation(self) -> str:
        """The boto3 client's method."""
        return self.name.partition(".")[2]

    @property
    def is_global(self) -> bool:
        """True for services without a Region, asked once for each account."""
        return self.service in _GLOBAL_SERVICES

    @property
    def bears_on_verdicts(self) -> bool:
        """True where the engine reads the answer."""
        return self.name in OPERATIONS

    @property
    def is_list(self) -> bool:
        """True where the file holds a list of exchanges, not one bare response."""
        return self.parent is not None or self.parameters != ({},)


def once(name: str, action: str, **more: Any) -> LiveCall:
    """A call that is made once for each account and Region."""
    return LiveCall(name=name, action=action, **more)


def per(name: str, action: str, parent: str, key: str, asks: Asks, **more: Any) -> LiveCall:
    """A call that is made once for each element of another."""
    return LiveCall(name=name, action=action, parent=parent, parent_key=key, asks=asks, **more)


def gateway(name: str, *paths: str, **more: Any) -> LiveCall:
    """A call of API Gateway, with the paths that it reads."""
    # API Gateway's management plane knows HTTP verbs as actions; `limit` defaults to 25 and may be 500.
    page = {"limit": 500} if name.rpartition("_")[2] not in {"account", "stages", "export"} else {}
    return LiveCall(name=f"apigateway.{name}", action="apigateway:GET", resources=paths, page=page, **more)
