"""Domain names: one canonical spelling, label-wise comparison (DNS-10)."""

import re
from functools import lru_cache

from narrowgate.model.errors import InputError

_ESCAPE = re.compile(r"\\(\d{3})")
_MAX_NAME = 253
_MAX_LABEL = 63


@lru_cache(maxsize=65536)
def normalise(name: str) -> str:
    r"""Lower case, no trailing dot, Route 53's `\052` read as `*`; the root is the empty string (DNS-10)."""
    if "\\" in name:
        name = _ESCAPE.sub(lambda match: chr(int(match[1], 8)), name)
    return name.lower().rstrip(".")


def parse_query_name(name: str) -> str:
    """A name that a client may ask for, canonical; international names become their ASCII form.

    Raises:
        InputError: control characters, empty or over-long labels, over 253 octets.
    """
    text = name
    if not text.isascii():
        try:
            text = text.encode("idna").decode("ascii")
        except UnicodeError:
            raise InputError(f"`{name[:80]}` is no domain name: it has no ASCII (IDNA) form") from None
    text = text.lower()
    if text.endswith("."):
        text = text[:-1]
    labels = text.split(".") if text else []
    if any(not label for label in labels):
        raise InputError(f"`{name[:80]}` is no domain name: an empty label")
    if len(text) > _MAX_NAME:
        raise InputError(f"`{name[:80]}…` is no domain name: {len(text)} octets, at most {_MAX_NAME}")
    for label in labels:
        if len(label) > _MAX_LABEL:
            raise InputError(f"`{label[:40]}…` is no DNS label: {len(label)} octets, at most {_MAX_LABEL}")
        if not all(33 <= ord(character) < 127 for character in label):
            raise InputError(f"{name[:80]!r} is no domain name: a space or control character")
    return text


def is_in_domain(name: str, suffix: str) -> bool:
    """True where `name` is `suffix` or lies below it, by whole labels; both canonical (RSLV-02)."""
    return not suffix or name == suffix or name.endswith("." + suffix)


def label_count(name: str) -> int:
    """How many labels a canonical name has; the root has none."""
    return name.count(".") + 1 if name else 0


@lru_cache(maxsize=65536)
def parents(name: str) -> tuple[str, ...]:
    """The name and each parent down to the root, longest first: `a.b` gives `a.b`, `b`, and the empty root."""
    labels = name.split(".") if name else []
    return tuple(".".join(labels[start:]) for start in range(len(labels) + 1))
