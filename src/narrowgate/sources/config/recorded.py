"""What AWS Config records in each account and Region: of which types no item means that there is none."""

from collections.abc import Iterable, Mapping
from typing import Any

from narrowgate.sources.config.documents import Document
from narrowgate.sources.config.items import Item
from narrowgate.sources.config.shapes import described
from narrowgate.sources.config.types import RECORDER, TYPES

Scope = tuple[str, str]
"""Account and Region."""

_GLOBAL_TYPES = frozenset({"AWS::Route53::HostedZone"})
# AWS publishes no schema of its items: that there are none may only mean that they came to be recorded later.
_UNCERTAIN_TYPES = frozenset({"AWS::Route53Resolver::ResolverEndpoint"})
# Resources without a Region are recorded in their service's own: elsewhere no item says nothing.
_HOME_REGIONS = frozenset({"us-east-1", "us-gov-west-1", "global"})


def recorded_types(documents: Iterable[Document]) -> Mapping[Scope, set[str]]:
    """The types whose items are all there, by account and Region.

    A type of which a whole document has an item is recorded there; so is one that the recorder's own item names.
    """
    found: dict[Scope, set[str]] = {}
    for document in documents:
        for item in document.items if document.is_whole else ():
            types = found.setdefault((item.account_id, item.aws_region), set())
            types.add(item.resource_type)
            if item.resource_type == RECORDER and item.configuration:
                types |= _types_of(item)
    return found


def _types_of(recorder: Item) -> set[str]:
    content = described(recorder)
    if content.get("Recording") is not True:
        return set()
    group = _object(content.get("RecordingGroup"))
    strategy = _object(group.get("RecordingStrategy")).get("UseOnly")
    excluded = _object(group.get("ExclusionByResourceTypes")).get("ResourceTypes") or ()
    if strategy == "EXCLUSION_BY_RESOURCE_TYPES":
        named = set(TYPES) - set(map(str, excluded))
    elif group.get("AllSupported") is True or strategy == "ALL_SUPPORTED_RESOURCE_TYPES":
        named = set(TYPES)
    else:
        named = set(TYPES) & set(map(str, group.get("ResourceTypes") or ()))
    named -= _UNCERTAIN_TYPES
    return named if recorder.aws_region in _HOME_REGIONS else named - _GLOBAL_TYPES


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
