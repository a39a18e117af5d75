"""The answer of `trace`: one call of one URL by one client, from the name to the status line."""

from enum import StrEnum

from narrowgate.model.answer import Cause, Missing, ReachPath, Record, ResolveAnswer, Step, Verdict
from narrowgate.model.policy import AuthorizeAnswer


class Symptom(StrEnum):
    """What the caller sees first; `http_<status>` where API Gateway answers."""

    HTTP_200 = "http_200"
    HTTP_401 = "http_401"
    HTTP_403 = "http_403"
    HTTP_404 = "http_404"
    HTTP_414 = "http_414"
    HTTP_429 = "http_429"
    DNS_NXDOMAIN = "dns_nxdomain"
    DNS_NODATA = "dns_nodata"
    DNS_SERVFAIL = "dns_servfail"
    DNS_TIMEOUT = "dns_timeout"
    DNS_BLOCKED = "dns_blocked"
    PUBLIC_ANSWER = "public_answer"
    CONNECT_TIMEOUT = "connect_timeout"
    CONNECTION_REFUSED = "connection_refused"
    TLS_NAME_MISMATCH = "tls_name_mismatch"


class HttpAnswer(Record, frozen=True, kw_only=True):
    """What API Gateway answers itself; `body` and `error_type` are null when the integration answers."""

    status: int
    error_type: str | None = None
    body: str | None = None


class TracePath(Record, frozen=True, kw_only=True):
    """One client host and one address that the name resolved to, as far as the call gets."""

    client: str
    client_address: str | None
    address: str | None
    endpoint: str | None
    verdict: Verdict
    symptom: Symptom | None
    http: HttpAnswer | None = None
    connection: ReachPath | None = None
    steps: tuple[Step, ...] = ()
    authorization: AuthorizeAnswer | None = None
    blocking: tuple[Cause, ...] = ()
    unknowns: tuple[Missing, ...] = ()
    warnings: tuple[str, ...] = ()


class TraceAnswer(Record, frozen=True, kw_only=True):
    """Whether a client can call a URL, what it sees, and why; `hops` are the deciding path's steps in order."""

    schema: str = "narrowgate.trace/1"
    verdict: Verdict
    decided_by: Cause | None
    blocking: tuple[Cause, ...]
    unknowns: tuple[Missing, ...]
    symptom: Symptom | None
    http: HttpAnswer | None
    client: str
    url: str
    method: str
    dns: ResolveAnswer | None
    hops: tuple[Step, ...] = ()
    authorization: AuthorizeAnswer | None = None
    paths: tuple[TracePath, ...] = ()
    works: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
