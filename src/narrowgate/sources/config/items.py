"""Configuration items, and which of several of one resource counts."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

_DELETED = frozenset({"ResourceDeleted", "ResourceDeletedNotRecorded"})


class Item(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A configuration item, as files and answers of AWS Config hold it."""

    account_id: str
    aws_region: str
    resource_type: str
    resource_id: str
    configuration: dict[str, Any] | None = None
    """The resource as the service shows it; None where it was not recorded."""
    arn: str = ""
    configuration_item_status: str = "OK"
    configuration_item_capture_time: str = ""
    tags: Any = None
    source: str = ""
    """The file that it stands in."""
    pointer: str = ""
    """Where in that file."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes a resource one."""
        return (self.account_id, self.aws_region, self.resource_type, self.resource_id)

    @property
    def where(self) -> str:
        """File and place, for messages."""
        return f"{self.source}: {self.pointer}" if self.pointer else self.source

    @property
    def is_deleted(self) -> bool:
        """True where the resource is gone."""
        return self.configuration_item_status in _DELETED

    @property
    def captured(self) -> datetime:
        """When it was captured; the beginning of time where it does not tell."""
        try:
            told = datetime.fromisoformat(self.configuration_item_capture_time)
        except ValueError:
            return _NEVER
        return told if told.tzinfo else told.replace(tzinfo=UTC)


_NEVER = datetime.min.replace(tzinfo=UTC)


def newest(items: Iterable[Item], warnings: list[str]) -> list[Item]:
    """One item a resource: the one that was captured last; none where that one says that it was deleted."""
    found: dict[tuple[str, str, str, str], Item] = {}
    for item in items:
        known = found.setdefault(item.key, item)
        if item.captured > known.captured:
            found[item.key] = item
        elif item.captured == known.captured and _told(item) != _told(known):
            warnings.append(
                f"{item.where}: `{item.resource_id}` stands at {known.where} with the same capture time and "
                "other content: the first counts"
            )
    return [item for item in found.values() if not item.is_deleted]


def _told(item: Item) -> tuple[Any, str]:
    return item.configuration, item.configuration_item_status
