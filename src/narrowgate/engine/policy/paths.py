"""Paths spelled with percent signs where none are needed.

RFC 3986 calls `%61` and `a` the same, and AWS documents neither that it decodes such characters nor that it does
not. Where the two spellings come out differently, the answer is open. Reserved characters (`%2F`) stay as they are
under every reading.
"""

import re
import string
from typing import Final

_ORDINARY: Final = frozenset(string.ascii_letters + string.digits + "-._~")
_ENCODED: Final = re.compile(r"%([0-9A-Fa-f]{2})")


def spelled_out(path: str) -> str:
    """The path with every encoded letter, digit, `-`, `.`, `_` and `~` written plainly."""
    return _ENCODED.sub(_plain, path) if "%" in path else path


def _plain(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in _ORDINARY else found[0]
