"""Several accounts' views of one resource become one: the owner's view wins (snapshot-format)."""

from typing import Any

import msgspec

from narrowgate.model.fact import UNSET
from narrowgate.model.routing import PeeringVpcInfo

# What differs between views by nature and decides nothing.
_OWN_TO_EACH_VIEW = frozenset({"arn", "tags", "tag_set", "description", "share_status", "name"})


def merge_views(
    known: Any,
    known_account: str | None,
    other: Any,
    other_account: str | None,
) -> tuple[Any, bool, tuple[str, ...]]:
    """Join two views of one resource.

    The owner's view wins. Where neither or both are the owner's, each field takes the value of the view that has
    one, and fields that both give differently are contradictions.

    Returns:
        The joined fact, whether the second view becomes the one to cite, and the fields in contradiction.
    """
    owner = getattr(known, "owner_id", None) or getattr(other, "owner_id", None)
    if owner is not None and known_account != other_account:
        if known_account == owner:
            return known, False, ()
        if other_account == owner:
            return other, True, ()
    changes: dict[str, Any] = {}
    contradictions: list[str] = []
    for field in msgspec.structs.fields(known):
        mine, theirs = getattr(known, field.name), getattr(other, field.name)
        if mine == theirs or field.name in _OWN_TO_EACH_VIEW:
            continue
        default = field.default
        if mine in (UNSET, None, default) or mine == ():
            changes[field.name] = theirs
        elif theirs in (UNSET, None, default) or theirs == ():
            continue
        elif isinstance(mine, PeeringVpcInfo):
            changes[field.name] = _peering_side(mine, theirs)
        else:
            contradictions.append(field.encode_name)
    return msgspec.structs.replace(known, **changes), False, tuple(contradictions)


def _peering_side(mine: PeeringVpcInfo, theirs: PeeringVpcInfo) -> PeeringVpcInfo:
    """Each account sees its own side's options; what one view leaves out the other fills in."""
    return msgspec.structs.replace(
        mine,
        **{
            field.name: getattr(theirs, field.name)
            for field in msgspec.structs.fields(mine)
            if getattr(mine, field.name) in (None, ())
        },
    )
