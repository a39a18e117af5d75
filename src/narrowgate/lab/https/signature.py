"""Signature Version 4, verified from the request as it came: who signed, and whether rightly (POL-28, ERR-08)."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote

import msgspec

_ALGORITHM = "AWS4-HMAC-SHA256"
_PART = re.compile(r"(\w+)=([^,\s]+)")


class Key(msgspec.Struct, frozen=True):
    """An access key of the lab, and whose it is."""

    access_key: str
    secret: str
    principal: str


class Verified(msgspec.Struct, frozen=True):
    """What came of a header: `none`, `other` (a token), `valid` with its principal, or `invalid` with a reason."""

    state: str
    principal: str | None = None
    error: str = ""
    access_key: str | None = None


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a request that a signature covers."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    region: str


def verify(request: Signed, keys: Mapping[str, Key]) -> Verified:
    """Check the `Authorization` header of a request against the lab's keys."""
    header = request.headers.get("authorization", "")
    if not header:
        return Verified("none")
    if not header.startswith(_ALGORITHM):
        return Verified("other")
    parts = dict(_PART.findall(header))
    credential = parts.get("Credential", "").split("/")
    if len(credential) != 5 or "Signature" not in parts or "SignedHeaders" not in parts:
        return Verified("invalid", error="IncompleteSignatureException")
    access_key, day, region, service, _ = credential
    key = keys.get(access_key)
    if key is None:
        return Verified("invalid", error="UnrecognizedClientException")
    if (region, service) != (request.region, "execute-api"):
        return Verified("invalid", error="InvalidSignatureException")
    wanted = _signature(request, key.secret, parts["SignedHeaders"], (day, region, service))
    if not hmac.compare_digest(wanted, parts["Signature"]):
        return Verified("invalid", error="InvalidSignatureException")
    return Verified("valid", principal=key.principal, access_key=access_key)


def sign(request: Signed, key: Key, moment: str) -> dict[str, str]:
    """The headers that sign a request; `moment` is its time as `YYYYMMDDTHHMMSSZ`."""
    scope = (moment[:8], request.region, "execute-api")
    dated = msgspec.structs.replace(request, headers={**request.headers, "x-amz-date": moment})
    signature = _signature(dated, key.secret, "host;x-amz-date", scope)
    credential = "/".join((key.access_key, *scope, "aws4_request"))
    parts = f"Credential={credential}, SignedHeaders=host;x-amz-date, Signature={signature}"
    return {"X-Amz-Date": moment, "Authorization": f"{_ALGORITHM} {parts}"}


def _signature(request: Signed, secret: str, names: str, scope: tuple[str, str, str]) -> str:
    signed = names.split(";")
    canonical = "\n".join(
        (
            request.method,
            # Once more over what is encoded already: every service but S3 signs the path like that.
            quote(request.path, safe="/-_.~"),
            "&".join(
                f"{quote(key, safe='-_.~')}={quote(value, safe='-_.~')}"
                for key, value in sorted(parse_qsl(request.query, keep_blank_values=True))
            ),
            "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in signed),
            names,
            request.headers.get("x-amz-content-sha256") or hashlib.sha256(request.body).hexdigest(),
        )
    )
    day, region, service = scope
    to_sign = "\n".join(
        (
            _ALGORITHM,
            request.headers.get("x-amz-date", ""),
            f"{day}/{region}/{service}/aws4_request",
            hashlib.sha256(canonical.encode()).hexdigest(),
        )
    )
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
