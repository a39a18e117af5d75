"""An option made real on paper: the snapshot of its resources, and what each reference came to be."""

from collections.abc import Mapping

import msgspec

from narrowgate.model.resource import GetAtt, Join, Ref
from narrowgate.model.snapshot import Snapshot


class World(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot with the ids and attributes of the resources that it was made of."""

    snapshot: Snapshot
    ids: Mapping[str, str]
    attributes: Mapping[tuple[str, str], str]

    def text(self, value: str | Ref | GetAtt | Join) -> str:
        """A property's text, now that everything has an id.

        Raises:
            KeyError: a reference to a resource or attribute that the world does not have.
        """
        match value:
            case Ref(logical_id=own):
                return self.ids[own]
            case GetAtt(logical_id=own, attribute=attribute):
                return self.attributes[own, attribute]
            case Join(parts=parts):
                return "".join(self.text(part) for part in parts)
            case _:
                return value
