"""How one AWS call's response is read: which key holds what, and where it goes.

`parent` names the request parameter for calls that are made once per parent; `identity` is the field that makes an
element unique; `key` is None where the whole response is one element.
"""

from typing import Any

import msgspec


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """How one call's response is read."""

    name: str
    """`<boto3 client>.<boto3 method>`."""
    key: str | None
    """The top-level key of the response that holds the elements."""
    fact: Any
    """The type of an element."""
    into: str
    """The collection of `Collections`; empty for calls that have a reader of their own."""
    identity: str | None = None
    """The element's field that is its id; None for elements that are kept in order."""
    parent: str | None = None
    """The request parameter that names the parent, for calls made once per parent."""
    parent_field: str | None = None
    """The element's field that repeats the parent, for bare responses without parameters."""


def per_account(name: str, key: str, fact: Any, into: str, identity: str | None = None) -> Operation:
    """A call that is made once for each account and Region."""
    return Operation(name=name, key=key, fact=fact, into=into, identity=identity)


def per_parent(
    name: str,
    key: str | None,
    fact: Any,
    into: str,
    parent: str,
    parent_field: str | None = None,
) -> Operation:
    """A call that is made once for each parent."""
    return Operation(name=name, key=key, fact=fact, into=into, parent=parent, parent_field=parent_field)
