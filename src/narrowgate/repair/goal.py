"""What has to hold after a repair: a call that must work, or one that must not."""

import msgspec

from narrowgate.engine.http.url import parse_request
from narrowgate.engine.network.clients import find_client
from narrowgate.engine.trace import trace
from narrowgate.model.answer import Verdict
from narrowgate.model.host import Client
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import Symptom, TraceAnswer


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """One call; `must` is False for one that has to stay shut."""

    client: str
    url: str
    method: str = "GET"
    headers: tuple[str, ...] = ()
    principal: str = "anonymous"
    must: bool = True
    security_groups: tuple[str, ...] = ()
    caller: Client | None = None
    """The hosts that `client` stands for, where no name or address of the estate says so."""

    def __str__(self) -> str:
        return f"{self.client} {'must' if self.must else 'must not'} call {self.method} {self.url}"

    def client_in(self, snapshot: Snapshot) -> Client:
        """The hosts that call.

        Raises:
            InputError: no such client.
        """
        if self.caller is not None:
            return self.caller
        return find_client(snapshot, self.client, security_groups=self.security_groups)

    def ask(self, snapshot: Snapshot) -> TraceAnswer:
        """The call, traced on a snapshot.

        Raises:
            InputError: no such client, or a URL that is none.
        """
        client = self.client_in(snapshot)
        request = parse_request(self.url, method=self.method, headers=self.headers)
        return trace(snapshot, client, request, principal=self.principal)

    def holds(self, answer: TraceAnswer) -> bool:
        """Whether an answer is what the goal wants; a public API is reached where its name stays public."""
        if self.must:
            return answer.verdict is Verdict.ALLOWED or answer.symptom is Symptom.PUBLIC_ANSWER
        return answer.verdict in (Verdict.DENIED, Verdict.INVALID)
