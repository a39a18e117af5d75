"""What an edit of a snapshot can touch: what its facts say by the table of kinds, and what follows from that."""

from collections.abc import Iterator

from narrowgate.engine.network.blocks import BlockIndex
from narrowgate.engine.network.transit_gateway_routes import all_routes
from narrowgate.engine.network.vpcs import vpc_blocks
from narrowgate.exposure.names.points import redirected_names
from narrowgate.exposure.reuse.edits import Edited
from narrowgate.exposure.reuse.kinds import KINDS
from narrowgate.exposure.reuse.touch import Touch
from narrowgate.exposure.sockets.parts import cutting_blocks
from narrowgate.model.address import Cidr
from narrowgate.model.differences import Difference
from narrowgate.model.snapshot import Snapshot

_WORDS = frozenset({"tags", "tag_set"})
"""Fields that only people read."""

_CUTTING = frozenset(
    {
        "security_groups",
        "network_acls",
        "route_tables",
        "subnets",
        "managed_prefix_lists",
        "prefix_list_entries",
        "prefix_lists",
        "transit_gateway_route_queries",
    }
)
"""Kinds that name blocks: a VPC that holds a part of one is cut there."""


def touched_by_edit(before: Snapshot, after: Snapshot, found: list[Difference]) -> Touch | None:
    """What of a second snapshot may differ from a first, by the facts that do; None where everything may."""
    if not _collected_alike(before, after, {str(each.key) for each in found}):
        return None
    touch = Touch()
    for each in found:
        edited = Edited(before, after, each.key, each.was, each.now)
        if edited.differs_in() is not None and (edited.differs_in() or set()) <= _WORDS:
            continue
        own = KINDS[each.kind](edited)
        if own is None:
            return None
        touch = touch.joined(own)
    return _with_what_follows(before, after, touch, found)


def _with_what_follows(before: Snapshot, after: Snapshot, touch: Touch, found: list[Difference]) -> Touch | None:
    """The touch with what depends on any network at all; None where others' ways lead through a touched VPC."""
    if any(each.kind in ("hosted_zones", "record_sets") for each in found):
        touch = touch.joined(Touch(domains=_led_to_otherwise(before, after)))
    if any(each.kind in _CUTTING for each in found):
        touch = touch.joined(Touch(network=_cut_otherwise(before, after)))
    if not (touch.network or touch.crossings):
        return touch
    # Which ports a balancer serves depends on whether it reaches its targets, in whatever VPC (ALT-01).
    balancers = (*before.facts.load_balancers.values(), *after.facts.load_balancers.values())
    touch = touch.joined(Touch(network=frozenset(each.vpc_id for each in balancers if each.vpc_id)))
    differing = touch.network.union(*(each.ones for each in touch.crossings))
    return None if _lead_through(before, after, differing) else touch


def _collected_alike(before: Snapshot, after: Snapshot, differing: set[str]) -> bool:
    """Whether both were collected in the same way, but for calls about what differs itself."""
    if before.assume_complete != after.assume_complete or before.outside != after.outside:
        return False
    if (before.refused, before.untold, before.assumed) != (after.refused, after.untold, after.assumed):
        return False
    if before.contradictions != after.contradictions or before.region_of("") != after.region_of(""):
        return False
    if before.calls is not after.calls and any(
        call.parent not in differing for call in before.calls ^ after.calls
    ):
        return False
    places, others = before.places, after.places
    if places is others:
        return True
    return all(
        own in differing or (place.account, place.region) == (others[own].account, others[own].region)
        for own, place in places.items()
        if own in others
    )


def _led_to_otherwise(before: Snapshot, after: Snapshot) -> frozenset[str]:
    was, now = redirected_names(before), redirected_names(after)
    return frozenset(each for each in {**was, **now} if was.get(each) != now.get(each))


def _cut_otherwise(before: Snapshot, after: Snapshot) -> frozenset[str]:
    """VPCs parts of which a block names that only one of the two estates has."""
    blocks = BlockIndex(cutting_blocks(before).apart(cutting_blocks(after)))
    return frozenset(_holding(before, blocks)) | frozenset(_holding(after, blocks))


def _holding(snapshot: Snapshot, blocks: BlockIndex) -> Iterator[str]:
    for vpc_id in snapshot.facts.vpcs:
        if any(blocks.inside(whole) for whole in vpc_blocks(snapshot, vpc_id) or ()):
            yield vpc_id


def _is_inside(block: Cidr, whole: Cidr) -> bool:
    return (
        block.family == whole.family and whole.first <= block.first and block.last <= whole.last and block != whole
    )


def _lead_through(before: Snapshot, after: Snapshot, vpcs: frozenset[str]) -> bool:
    """Whether a gateway may send what is meant for other VPCs into one of these: their ways lead through it."""
    for snapshot in (before, after):
        attached = {
            each.transit_gateway_attachment_id: each.vpc_id
            for each in snapshot.facts.transit_gateway_vpc_attachments.values()
            if each.vpc_id in vpcs
        }
        for route in all_routes(snapshot) if attached else ():
            for attachment in route.attachments:
                vpc_id = attached.get(attachment.transit_gateway_attachment_id or "")
                if vpc_id is not None and not _is_within(snapshot, route.cidr, vpc_id):
                    return True
    return False


def _is_within(snapshot: Snapshot, block: Cidr, vpc_id: str) -> bool:
    return any(_is_inside(block, whole) or block == whole for whole in vpc_blocks(snapshot, vpc_id) or ())
