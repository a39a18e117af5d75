"""Resources named as their source names them: a Terraform address, or a logical id of a template."""

import re

from narrowgate.model.errors import UnknownNameError
from narrowgate.model.snapshot import Snapshot

_PLACEHOLDER = re.compile(r"\$\{([^{}]+)\}")


def followed(snapshot: Snapshot, text: str) -> str:
    """The text with `${ADDRESS}` or `${ADDRESS.id}` replaced by ids; an address alone becomes its id.

    Raises:
        UnknownNameError: nothing of the source is written at such an address.
    """
    if "${" in text:
        known = _ids(snapshot)
        return _PLACEHOLDER.sub(lambda found: _id_of(known, found[1]), text)
    return text if text in snapshot.places else _ids(snapshot).get(text, text)


def _ids(snapshot: Snapshot) -> dict[str, str]:
    return {place.address: own for own, place in snapshot.places.items() if place.address}


def _id_of(known: dict[str, str], written: str) -> str:
    address = written.strip()
    found = known.get(address) or known.get(address.removesuffix(".id"))
    if found is None:
        raise UnknownNameError("resource", address, sorted(known))
    return found
