"""Resources named as their source names them: a Terraform address, or a logical id of a template."""

import re
from typing import TypeVar

import msgspec

from narrowgate.model.answer import Cause, ReachAnswer, ResolveAnswer
from narrowgate.model.errors import UnknownNameError
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.trace import TraceAnswer

Answer = TypeVar("Answer", ResolveAnswer, ReachAnswer, TraceAnswer)
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


def located(snapshot: Snapshot, cause: Cause | None) -> Cause | None:
    """A cause that says where its resource is written, for one that stands in a person's own file."""
    place = snapshot.places.get(cause.resource) if cause is not None and cause.resource else None
    if cause is None or place is None or not place.line:
        return cause
    return msgspec.structs.replace(cause, text=f"{cause.text} ({place.address} at {place.source}:{place.line})")


def placed(snapshot: Snapshot, answer: Answer) -> Answer:
    """An answer whose causes say where their resources are written."""
    if not _is_in_files(snapshot):
        return answer
    return msgspec.structs.replace(
        answer,
        decided_by=located(snapshot, answer.decided_by),
        blocking=tuple(located(snapshot, each) for each in answer.blocking),
    )


@index
def _is_in_files(snapshot: Snapshot) -> bool:
    """Whether anything of the source stands at a line of a person's own file."""
    return any(each.line for each in snapshot.places.values())


@index
def _ids(snapshot: Snapshot) -> dict[str, str]:
    """Ids by address; of what shares one, the first is the resource itself."""
    found: dict[str, str] = {}
    for own, place in snapshot.places.items():
        if place.address:
            found.setdefault(place.address, own)
    return found


def _id_of(known: dict[str, str], written: str) -> str:
    address = written.strip()
    found = known.get(address) or known.get(address.removesuffix(".id"))
    if found is None:
        raise UnknownNameError("resource", address, sorted(known))
    return found
