"""What a change does to a file of declared resources."""

from collections.abc import Mapping
from typing import Any

import msgspec


class Add(msgspec.Struct, frozen=True, kw_only=True):
    """A resource to add.

    `properties` are CloudFormation's, with `Ref` and `GetAtt` on the ids of facts or on the `own` key of another
    added resource. `near` is the id of the fact that it is made beside: same account and Region, same file.
    """

    type: str
    near: str
    properties: Mapping[str, Any]
    own: str = ""


class Set(msgspec.Struct, frozen=True, kw_only=True):
    """A property of a resource with another value; `before` as the facts have it."""

    resource: str
    property: str
    before: Any
    after: Any


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    """What is to go: every resource of `type` whose properties have these values, or that entry of its parent."""

    type: str
    near: str
    properties: Mapping[str, Any]


class Deploy(msgspec.Struct, frozen=True, kw_only=True):
    """A deployment of an API to be made anew: what is saved counts only then (POL-03).

    `property` is what the same change saves, empty where all was saved before.
    """

    resource: str
    stages: tuple[str, ...]
    property: str = ""


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What no file of declared resources tells: said in words beside the patch."""

    resource: str
    text: str


Part = Add | Set | Drop | Deploy | Remark
