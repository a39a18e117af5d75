"""The shapes of `after_unknown` and `after_sensitive`: True where a whole value is, lists and objects inside."""

import re
from collections.abc import Mapping
from typing import Any

from narrowgate.model.resource import GetAtt, Join, Ref, Unknown
from narrowgate.sources.terraform.hcl.functions import JsonText

_MADE_UP = re.compile(r"[0-9a-z]{8}")


def has_unknown(mask: Any) -> bool:
    """True where something inside is unknown."""
    if isinstance(mask, Mapping):
        return any(has_unknown(each) for each in mask.values())
    if isinstance(mask, list):
        return any(has_unknown(each) for each in mask)
    return mask is True


def looks_made_up(value: Any) -> bool:
    """True for text of the form that Terraform's mocked providers make up."""
    return isinstance(value, str) and _MADE_UP.fullmatch(value) is not None


def masked(value: Any, sensitive: Any, what: str) -> Any:
    """A value without what is marked sensitive: that is never read, so that it is never told."""
    if sensitive is True:
        return None if value is None else Unknown(f"`{what}` is marked sensitive, and is not read")
    if isinstance(sensitive, Mapping) and isinstance(value, Mapping):
        return {key: masked(each, sensitive.get(key, False), what) for key, each in value.items()}
    if isinstance(sensitive, list) and isinstance(value, list):
        marks = [*sensitive, *[False] * len(value)]
        return [masked(each, mark, what) for each, mark in zip(value, marks, strict=False)]
    return value


def only_known(known: Any, unknown: Any, name: str) -> Any:
    """A value that the configuration does not set: what is known of it, and `Unknown` in a block for the rest."""
    if unknown is True:
        return None
    if isinstance(unknown, list) and isinstance(known, list):
        marks = [*unknown, *[False] * len(known)]
        return [_unseen(each, mark, name) for each, mark in zip(known, marks, strict=False)]
    return _unseen(known, unknown, name)


def _unseen(value: Any, mask: Any, name: str) -> Any:
    if mask is True:
        return Unknown(f"`{name}` stands in a block that the plan does not show, and is known only after apply")
    if isinstance(mask, Mapping) and isinstance(value, Mapping):
        keys = (*value, *(each for each in mask if each not in value))
        return {key: _unseen(value.get(key), mask.get(key, False), key) for key in keys}
    if isinstance(mask, list) and isinstance(value, list):
        marks = [*mask, *[False] * len(value)]
        return [_unseen(each, mark, name) for each, mark in zip(value, marks, strict=False)]
    return value


def agrees(written: Mapping[str, Any], known: Mapping[str, Any], mask: Mapping[str, Any]) -> bool:
    """True where a block as written can be the one that a plan knows so much of."""
    return all(
        has_unknown(mask.get(name)) or _same(value, known.get(name))
        for name, value in written.items()
        if name in known
    )


def _same(written: Any, known: Any) -> bool:
    if isinstance(written, (Ref, GetAtt, Join, Unknown, JsonText)):
        return True
    if isinstance(written, list) and isinstance(known, list):
        return len(written) == len(known) and all(
            _same(one, other) for one, other in zip(sorted(written, key=str), sorted(known, key=str), strict=True)
        )
    if isinstance(written, Mapping) and isinstance(known, Mapping):
        return all(_same(value, known.get(key)) for key, value in written.items() if key in known)
    if written in (None, "", [], False) and known in (None, "", [], False):
        return True
    return written == known or str(written) == str(known)
