"""What the caller typed: URL, method, headers."""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

import msgspec

from narrowgate.model.address import is_address
from narrowgate.model.domain import parse_query_name
from narrowgate.model.errors import InputError

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"})
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A header's name, as RFC 9110 section 5.6.2 has it."""
_UNFIT = re.compile(r"[\x00-\x20\x7f]")
_PORTS = {"https": 443, "http": 80}


class HttpRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request; `host` is the URL's host, canonical, without brackets; header names are in lower case."""

    url: str
    scheme: str
    host: str
    port: int
    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()

    def header(self, name: str) -> str | None:
        """The value of a header, by its name in lower case; the last one given counts."""
        return next((value for key, value in reversed(self.headers) if key == name), None)

    @property
    def is_literal(self) -> bool:
        """True where the URL holds an address instead of a name."""
        return is_address(self.host)

    @property
    def host_header(self) -> str:
        """The `Host` that is sent: the header if given, else the URL's host; without port, canonical."""
        given = self.header("host")
        if given is None:
            return self.host
        name = given.strip()
        name = name.rsplit(":", 1)[0] if name.count(":") == 1 else name
        return name.lower().rstrip(".")


def parse_request(url: str, *, method: str = "GET", headers: Iterable[str] = ()) -> HttpRequest:
    """Read a URL, a method and headers written `Name: value`.

    Raises:
        InputError: no http(s) URL, no host, a port out of range, a header without a colon, control characters.
    """
    return _parse(url, method, tuple(headers))


@lru_cache(maxsize=4096)
def _parse(url: str, method: str, headers: tuple[str, ...]) -> HttpRequest:
    if _UNFIT.search(url):
        raise InputError(f"{url[:80]!r} is no URL: a space or control character")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InputError(f"`{url[:80]}` is no URL: {error}") from None
    if parts.scheme not in _PORTS:
        raise InputError(f"`{url[:80]}` is no http or https URL", help="write it as https://name/stage/path")
    if not parts.hostname:
        raise InputError(f"`{url[:80]}` names no host", help="write it as https://name/stage/path")
    verb = method.upper()
    if verb not in _METHODS:
        raise InputError(f"`{method[:40]}` is no HTTP method", help="one of " + ", ".join(sorted(_METHODS)))
    host = parts.hostname if is_address(parts.hostname) else parse_query_name(parts.hostname)
    return HttpRequest(
        url=url,
        scheme=parts.scheme,
        host=host,
        port=port if port is not None else _PORTS[parts.scheme],
        path=parts.path or "/",
        method=verb,
        headers=tuple(_header(line) for line in headers),
    )


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not _TOKEN.fullmatch(name.strip()) or any(ord(character) < 32 for character in line):
        raise InputError(f"{line[:80]!r} is no header", help="write it as 'Name: value'")
    return name.strip().lower(), value.strip()
