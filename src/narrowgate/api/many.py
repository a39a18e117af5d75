"""Many calls of a loaded source at once: every client against every URL."""

from collections.abc import Iterable, Iterator

from narrowgate.api.addresses import placed
from narrowgate.api.questions import parse_call, parse_client
from narrowgate.engine.trace import Traced
from narrowgate.model.answer import Verdict
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import Symptom, TraceAnswer


class TracedCall:
    """One of many calls: who calls what, and what comes of it."""

    __slots__ = ("_snapshot", "_traced", "client", "url")

    def __init__(self, snapshot: Snapshot, client: str, url: str, traced: Traced) -> None:
        """Take a call that was judged; `client` and `url` are as they were given."""
        self._snapshot = snapshot
        self._traced = traced
        self.client = client
        self.url = url

    @property
    def verdict(self) -> Verdict:
        """The verdict of `answer()`."""
        return self._traced.verdict

    @property
    def symptom(self) -> Symptom | None:
        """What the caller sees first, as in `answer()`."""
        return self._traced.symptom

    def answer(self) -> TraceAnswer:
        """The whole answer, as `trace` gives it: every path with its steps."""
        return placed(self._snapshot, self._traced.answer())


def trace_many(
    snapshot: Snapshot,
    clients: Iterable[str],
    urls: Iterable[str],
    *,
    method: str = "GET",
    headers: Iterable[str] = (),
    principal: str = "anonymous",
    security_groups: Iterable[str] = (),
) -> Iterator[TracedCall]:
    """Whether each client can call each URL, client by client.

    Each call is judged as `trace` does; it is written out with all its paths when its `answer()` is asked for.

    Raises:
        InputError: as `trace`, when the iteration comes to the client or URL.
    """
    wanted, given, groups = tuple(urls), tuple(headers), tuple(security_groups)
    for client in clients:
        asking = parse_client(snapshot, client, groups)
        for url in wanted:
            request = parse_call(snapshot, client, url, method=method, headers=given)
            yield TracedCall(snapshot, client, url, Traced(snapshot, asking, request, principal=principal))
