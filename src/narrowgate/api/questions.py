"""Questions of a loaded source: resolve, reach, trace."""

from collections.abc import Iterable

import msgspec

from narrowgate.api.addresses import followed, placed
from narrowgate.api.spoken import call_in_words, client_in_words
from narrowgate.engine.dns.resolve import evaluate_resolve
from narrowgate.engine.http.url import HttpRequest, parse_request
from narrowgate.engine.network.clients import find_client
from narrowgate.engine.network.reach import evaluate_reach
from narrowgate.engine.network.targets import find_target
from narrowgate.engine.trace import trace as trace_call
from narrowgate.model.answer import ReachAnswer, ResolveAnswer
from narrowgate.model.domain import parse_query_name
from narrowgate.model.errors import InputError
from narrowgate.model.host import Client
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import TraceAnswer


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """What `reach` asks of the packet path; `client_ports` is `A-B`, `ip_version` `4` or `6`."""

    port: int
    protocol: str = "tcp"
    client_ports: str | None = None
    ip_version: str | None = None


def resolve(
    snapshot: Snapshot,
    client: str,
    name: str,
    record_type: str = "A",
    *,
    server: str | None = None,
    security_groups: Iterable[str] = (),
) -> ResolveAnswer:
    """What a client gets when it asks for a name.

    Raises:
        InputError: no such client, a name or type that is none, a server that is no address.
    """
    if not name:
        raise InputError("an empty text is no domain name", help="the root is written `.`")
    asking = parse_client(snapshot, client, security_groups)
    answer = evaluate_resolve(
        snapshot, asking, parse_query_name(followed(snapshot, name)), _record_type(record_type), server=server
    )
    return placed(snapshot, answer)


def reach(
    snapshot: Snapshot, client: str, target: str, flow: Flow, *, security_groups: Iterable[str] = ()
) -> ReachAnswer:
    """Whether a client can open a socket to a target, there and back.

    Raises:
        InputError: no such client or target, ports or protocol out of range.
    """
    asking = parse_client(snapshot, client, security_groups)
    answer = evaluate_reach(
        snapshot,
        asking,
        find_target(snapshot, followed(snapshot, target)),
        port=_port(flow.port),
        protocol=_protocol(flow.protocol),
        client_ports=_client_ports(flow.client_ports),
        ip_version=_ip_version(flow.ip_version),
    )
    return placed(snapshot, answer)


def trace(
    snapshot: Snapshot,
    client: str,
    url: str,
    *,
    method: str = "GET",
    headers: Iterable[str] = (),
    principal: str = "anonymous",
    security_groups: Iterable[str] = (),
) -> TraceAnswer:
    """Whether a client can call a URL, and what it sees.

    Raises:
        InputError: no such client, a URL, method, header or principal that is none.
    """
    asking = parse_client(snapshot, client, security_groups)
    request = parse_call(snapshot, client, url, method=method, headers=headers)
    return placed(snapshot, trace_call(snapshot, asking, request, principal=principal))


def parse_client(snapshot: Snapshot, client: str, security_groups: Iterable[str]) -> Client:
    """Who asks, from what was typed.

    Raises:
        InputError: no such client, or groups that it cannot have.
    """
    text = followed(snapshot, client_in_words(snapshot, client))
    return find_client(snapshot, text, security_groups=tuple(security_groups))


def parse_call(snapshot: Snapshot, client: str, url: str, *, method: str, headers: Iterable[str]) -> HttpRequest:
    """What a client calls, from what was typed.

    Raises:
        InputError: a URL, method or header that is none.
    """
    url, headers = call_in_words(snapshot, client, url, headers)
    return parse_request(followed(snapshot, url), method=method, headers=headers)


_TYPES = frozenset(
    {"A", "AAAA", "CNAME", "TXT", "MX", "NS", "SOA", "PTR", "SRV", "CAA", "HTTPS", "SVCB", "NAPTR", "SPF", "DS"}
)


def _record_type(text: str) -> str:
    kind = text.upper()
    if kind not in _TYPES:
        raise InputError(f"`{text[:40]}` is no record type", help="one of " + ", ".join(sorted(_TYPES)))
    return kind


def _port(port: int) -> int:
    if not 0 <= port <= 65535:
        raise InputError(f"port {port} is out of range", help="0 to 65535")
    return port


def _protocol(protocol: str) -> str:
    kind = protocol.lower()
    if kind not in {"tcp", "udp"}:
        raise InputError(f"`{protocol[:40]}` is no protocol", help="tcp or udp")
    return kind


def _client_ports(text: str | None) -> tuple[int, int] | None:
    if text is None:
        # The client's platform, where it is known, tells better than any default.
        return None
    first, dash, last = text.partition("-")
    try:
        low, high = int(first), int(last if dash else first)
    except ValueError:
        raise InputError(f"`{text[:40]}` is no port range", help="write it as 1024-65535") from None
    if not 0 <= low <= high <= 65535:
        raise InputError(f"`{text[:40]}` is no port range", help="0 to 65535, the lower one first")
    return low, high


def _ip_version(text: str | None) -> int | None:
    if text is None:
        return None
    if text not in {"4", "6"}:
        raise InputError(f"`{text[:40]}` is no IP version", help="4 or 6")
    return int(text)
