"""Names that a design gives to what questions ask about, beside the ids of the snapshot that it became."""

from collections.abc import Mapping

import msgspec


class SpokenCall(msgspec.Struct, frozen=True, kw_only=True):
    """How a consumer calls an API: what stands before the route's path, and the headers that it needs."""

    url: str
    headers: tuple[str, ...] = ()


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """A design's own words: `clients` by consumer, `calls` by consumer and API."""

    clients: Mapping[str, str]
    calls: Mapping[tuple[str, str], SpokenCall]
