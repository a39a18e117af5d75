"""Questions in a design's own words: `--from CONSUMER`, and `API/PATH` in place of a URL."""

from collections.abc import Iterable

from narrowgate.model.errors import UnknownNameError
from narrowgate.model.snapshot import Snapshot


def client_in_words(snapshot: Snapshot, text: str) -> str:
    """The id of a consumer; any other text as it is."""
    return text if snapshot.spoken is None else snapshot.spoken.clients.get(text, text)


def call_in_words(
    snapshot: Snapshot, client: str, text: str, headers: Iterable[str]
) -> tuple[str, tuple[str, ...]]:
    """The URL and headers that `API/PATH` means to a consumer; a URL as it is.

    Raises:
        UnknownNameError: the design has no such API.
    """
    given = tuple(headers)
    spoken = snapshot.spoken
    if spoken is None or "://" in text:
        return text, given
    name, slash, path = text.partition("/")
    apis = {api for _, api in spoken.calls}
    if name not in apis:
        if "." in name or not slash:
            return text, given
        raise UnknownNameError("API", name, sorted(apis))
    own = spoken.calls.get((client, name)) or next(each for (_, api), each in spoken.calls.items() if api == name)
    return f"{own.url}/{path}", (*own.headers, *given)
