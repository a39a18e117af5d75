"""Many hosts and addresses, one answer: what holds for all, what only for some, and what decides.

A call is judged first, and written out with all its paths only when somebody asks for that: of the calls of a
thousand VPCs most readers want the verdict.
"""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from narrowgate.engine.http.url import HttpRequest
from narrowgate.engine.network.flow import DEFAULT_CLIENT_PORTS
from narrowgate.engine.trace.parts import hosts_in_parts
from narrowgate.engine.trace.walk import Call, HostsCall, call_from
from narrowgate.engine.trace.written import dns_of, paths_of
from narrowgate.model.address import Address
from narrowgate.model.answer import Cause, Verdict, spread
from narrowgate.model.host import Client
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import Symptom, TraceAnswer, TracePath

T = TypeVar("T")


def trace(
    snapshot: Snapshot,
    client: Client,
    request: HttpRequest,
    *,
    principal: str = "anonymous",
    pinned: tuple[Address, ...] = (),
) -> TraceAnswer:
    """Whether a client can call a URL; `pinned` are addresses that its hosts file gives the name.

    Every address that the name resolves to must work, for a client takes any of them (RCH-02); hosts of a subnet
    or VPC that fare differently make the answer `partial`.
    """
    return Traced(snapshot, client, request, principal=principal, pinned=pinned).answer()


class Traced:
    """One call of a client, judged: `verdict` and `symptom` are those of `answer()`, which writes it out."""

    __slots__ = ("_call", "_calls", "_deciding", "_snapshot", "client", "request", "symptom", "verdict")

    def __init__(
        self,
        snapshot: Snapshot,
        client: Client,
        request: HttpRequest,
        *,
        principal: str = "anonymous",
        pinned: tuple[Address, ...] = (),
    ) -> None:
        """Judge a call; the arguments are those of `trace`."""
        ports = client.client_ports or DEFAULT_CLIENT_PORTS
        call = Call(request=request, principal=principal, client_ports=ports, pinned=pinned)
        calls = call_from(snapshot, client.hosts, call)
        hosts = hosts_in_parts(snapshot, client, calls)
        if hosts != client.hosts:
            calls = call_from(snapshot, hosts, call)
        self._snapshot, self._call, self._calls = snapshot, call, calls
        self.client = client
        self.request = request
        outcomes = [(place, *outcome) for place, each in enumerate(calls) for outcome in each.outcomes()]
        self.verdict = _verdict(calls, outcomes)
        self.symptom, *self._deciding = _deciding(outcomes, self.verdict)
        if client.unknowns:
            # Further hosts may stand where nobody looked, and fare otherwise.
            self.verdict = spread([self.verdict, Verdict.UNKNOWN])
            self.symptom = None if self.verdict is Verdict.UNKNOWN else self.symptom

    def answer(self) -> TraceAnswer:
        """The call written out: every path with its steps."""
        verdict, client = self.verdict, self.client
        written = [paths_of(self._snapshot, each, self._call) for each in self._calls]
        paths = tuple([path for each in written for own in each for path in own])
        called, host, address = self._deciding
        path = written[called][host][address]
        if client.unknowns and verdict is Verdict.UNKNOWN:
            path = msgspec.structs.replace(path, symptom=None, http=None)
        blocking = _unique([cause for each in paths for cause in each.blocking])
        return TraceAnswer(
            verdict=verdict,
            decided_by=_decided_by(path, verdict, blocking),
            blocking=blocking if verdict is not Verdict.ALLOWED else (),
            unknowns=_unique([*client.unknowns, *(missing for each in paths for missing in each.unknowns)]),
            symptom=path.symptom,
            http=path.http,
            client=client.label,
            url=self.request.url,
            method=self.request.method,
            dns=dns_of(self._calls[called], host),
            hops=path.steps,
            authorization=path.authorization,
            paths=paths,
            works=tuple(sorted({_named(each) for each in paths if each.verdict is Verdict.ALLOWED})),
            fails=tuple(sorted({_named(each) for each in paths if each.verdict is not Verdict.ALLOWED})),
            warnings=_unique([*client.warnings, *(warning for each in paths for warning in each.warnings)]),
        )


_Outcome = tuple[int, Verdict, Symptom | None, int, int]
"""One of the different paths: its call's number, what comes of it, and its host's and address's numbers."""


def _verdict(calls: Sequence[HostsCall], outcomes: Sequence[_Outcome]) -> Verdict:
    """The verdict over hosts, of each the one over its paths: each is used in turn."""
    if len(outcomes) == 1 or len({verdict for _, verdict, *_ in outcomes}) == 1:
        return outcomes[0][1]
    return spread([spread(own) for each in calls for own in each.verdicts()])


# The path that is shown in full: the first that explains the verdict.
_EXPLAINS: dict[Verdict, tuple[Verdict, ...]] = {
    Verdict.PARTIAL: (Verdict.DENIED, Verdict.INVALID, Verdict.PARTIAL, Verdict.UNKNOWN),
    Verdict.DENIED: (Verdict.DENIED, Verdict.INVALID),
}


def _deciding(outcomes: Sequence[_Outcome], verdict: Verdict) -> tuple[Symptom | None, int, int, int]:
    """The symptom of the path that decides, and the numbers of its call, host and address."""
    for wanted in _EXPLAINS.get(verdict, (verdict,)):
        for called, found, symptom, host, address in outcomes:
            if found is wanted:
                return symptom, called, host, address
    return outcomes[0][2], 0, 0, 0


def _decided_by(path: TracePath, verdict: Verdict, blocking: Sequence[Cause]) -> Cause | None:
    if verdict in (Verdict.ALLOWED, Verdict.UNKNOWN):
        return None
    return path.blocking[0] if path.blocking else next(iter(blocking), None)


def _named(path: TracePath) -> str:
    towards = f" → {path.address}" if path.address else ""
    return f"{path.client}{towards}"


def _unique(items: Sequence[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
