"""What a person says stands behind a method, `API [METHOD /resource]=[KIND ]TARGET`: read and checked."""

import ipaddress
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from narrowgate.lab.https.methods import resources_of
from narrowgate.model.errors import InputError
from narrowgate.model.snapshot import Snapshot

MOCK, HTTP, HTTP_PROXY, AWS_PROXY = "MOCK", "HTTP", "HTTP_PROXY", "AWS_PROXY"
_KINDS = (MOCK, HTTP, HTTP_PROXY, AWS_PROXY)
_METHOD = re.compile(r"(?P<api>.+?) (?P<method>[A-Z]+) (?P<resource>/\S*)")
_HANDLER = re.compile(r"(?P<file>.+\.py):(?P<name>[A-Za-z_]\w*)")
_FORM = "write `API=TARGET` or `API METHOD /resource=TARGET`, such as `orders GET /orders=handler.py:handler`"


class Integration(msgspec.Struct, frozen=True, kw_only=True):
    """One mapping, with AWS's own name for its kind; `resource` is empty for every method of the API."""

    api: str
    """The API's id."""
    method: str = "ANY"
    resource: str = ""
    kind: str = MOCK
    target: str = ""
    """A URL, or a file and a function's name joined by a colon."""
    text: str = ""
    """As it was said."""

    @property
    def authority(self) -> tuple[str, int] | None:
        """The address and port that a web server listens at; None where none is called."""
        if self.kind not in (HTTP, HTTP_PROXY):
            return None
        parts = urlsplit(self.target)
        return _loopback(parts.hostname or ""), parts.port or 80

    def fits(self, method: str, resource: str) -> bool:
        """True where it answers for a method of a resource."""
        return self.resource in ("", resource) and self.method in ("ANY", method)


def read_integrations(snapshot: Snapshot, texts: Sequence[str]) -> tuple[Integration, ...]:
    """Mappings, the closest first: a resource's before the whole API's, a method's before `ANY`.

    Raises:
        InputError: one is malformed, names what the estate does not have, or leads off this machine.
    """
    found = [_read(snapshot, each) for each in texts]
    return tuple(sorted(found, key=lambda each: (not each.resource, each.method == "ANY")))


def _read(snapshot: Snapshot, text: str) -> Integration:
    left, equals, right = text.partition("=")
    if not equals or not left.strip() or not right.strip():
        raise InputError(f"`{text[:80]}` is no integration", help=_FORM)
    named = _METHOD.fullmatch(left.strip())
    api = _api(snapshot, named["api"] if named is not None else left.strip())
    first, _, rest = right.strip().partition(" ")
    kind, target = (first, rest.strip()) if first in _KINDS else ("", right.strip())
    if kind != MOCK:
        kind, target = _target(kind, target)
    if named is None:
        return Integration(api=api, kind=kind, target=target, text=text)
    resource, known = named["resource"], resources_of(snapshot, api)
    if resource not in known:
        shown = ", ".join(known[:8]) or "none"
        raise InputError(f"the API has no resource `{resource[:60]}`", help=f"it has {shown}")
    return Integration(api=api, method=named["method"], resource=resource, kind=kind, target=target, text=text)


def _api(snapshot: Snapshot, named: str) -> str:
    apis = snapshot.facts.rest_apis
    found = [own for own, each in sorted(apis.items()) if named in (own, each.name)]
    if len(found) > 1:
        raise InputError(f"several APIs are called `{named[:60]}`", help=f"name one by its id: {', '.join(found)}")
    if not found:
        shown = ", ".join(sorted(each.name or own for own, each in apis.items())[:8]) or "none"
        raise InputError(f"the estate has no API `{named[:60]}`", help=f"it has {shown}")
    return found[0]


def _target(kind: str, target: str) -> tuple[str, str]:
    if target.startswith("http://") and kind in ("", HTTP, HTTP_PROXY):
        _check_url(target)
        return kind or HTTP_PROXY, target
    handler = _HANDLER.fullmatch(target)
    if handler is not None and kind in ("", AWS_PROXY):
        file = Path(handler["file"]).absolute()
        if not file.is_file():
            raise InputError("no such file for a function", where=str(file))
        return AWS_PROXY, f"{file}:{handler['name']}"
    raise InputError(
        f"`{target[:80]}` is no target of an integration",
        help="name a function (`handler.py:handler`) or a web server of this machine (`http://127.0.0.1:8080/path`)",
    )


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InputError(f"`{url[:80]}` is no URL") from None
    if port == 0 or parts.username or parts.fragment:
        raise InputError(f"`{url[:80]}` is no URL of a web server", help="write http://127.0.0.1:8080/path")
    _loopback(parts.hostname or "")


def _loopback(host: str) -> str:
    """An address of this machine alone: no lab may reach anything else, whoever asks."""
    address = "127.0.0.1" if host == "localhost" else host
    try:
        is_ours = ipaddress.ip_address(address).is_loopback
    except ValueError:
        is_ours = False
    if not is_ours:
        raise InputError(
            f"`{host[:60]}` is not an address of this machine's loopback",
            help="a lab calls 127.0.0.1, ::1 or localhost, and nothing further off",
        )
    return address
