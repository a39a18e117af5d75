"""One AWS API response, with what was asked, before it becomes facts."""

from typing import Any

import msgspec


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """A response in AWS's own shape; `account` and `region` are None where nothing tells them."""

    account: str | None
    region: str | None
    operation: str
    body: Any
    """The parsed JSON of the response, or its bytes (`msgspec.Raw`)."""
    parameters: dict[str, Any] | None = None
    source: str = ""
    """The file, for messages and evidence."""
    is_whole: bool = True
    """False where AWS may have more of the same kind: what stands here counts, what is absent stays unknown."""
