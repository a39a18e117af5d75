"""The way of one call, drawn: the VPCs that it touches, a numbered line through them, the blocked hop marked."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from narrowgate.model.answer import Leg, Step, Verdict
from narrowgate.model.snapshot import Snapshot
from narrowgate.report.html.picture.anchors import client_vpc, spots, vpcs_of
from narrowgate.report.html.picture.callout import callout
from narrowgate.report.html.picture.layout import Placed, Rect, place
from narrowgate.report.html.picture.lines import direct_line
from narrowgate.report.html.picture.scene import Chip, Link, Scene, VpcBox
from narrowgate.report.html.picture.svg import draw
from narrowgate.report.html_text import text

_DOT = 10
_LETTER = 6.2
_MOST_SUBNETS = 14
_LANE = 26.0
ENDS = (Verdict.DENIED, Verdict.INVALID)
"""Verdicts of a hop after which no packet goes on."""


class Stop(msgspec.Struct, kw_only=True):
    """Steps that follow each other at one place; `numbers` are theirs in the list of hops.

    A way there and back, for the name and for the call, passes the same places up to four times: each time has a
    lane of its own.
    """

    at: tuple[float, float]
    is_beside: bool
    """True where `at` is the right end of what is drawn there, which the mark must not cover."""
    kind: str
    lane: int
    first: int
    last: int
    verdict: Verdict

    @property
    def numbers(self) -> str:
        """`3`, or `3-5`."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"

    @property
    def width(self) -> float:
        """Of its mark."""
        return max(2 * _DOT, len(self.numbers) * _LETTER + 10)


def draw_way(
    snapshot: Snapshot, scene: Scene, steps: Sequence[Step], title: str, *, must_fail: bool = False
) -> str:
    """The picture of a way; nothing where its steps name no VPC that is known.

    What must fail (`must_fail`) ends where it does as it is meant to.
    """
    vpcs = vpcs_of(snapshot, steps)
    if not vpcs:
        return ""
    named = {step.component for step in steps if step.component}
    hubs = {spot.key for own in named for spot in spots(snapshot, own)}
    boxes = {each.key for each in scene.boxes if each.key in hubs}
    part = scene.only(vpcs, boxes)
    part = msgspec.structs.replace(part, vpcs=tuple(_trimmed(each, hubs) for each in _in_order(part, vpcs)))
    part = _with_resolvers(part, steps)
    placed = place(part, columns=2, for_way=True)
    stops = _apart(list(_stops(snapshot, placed, steps)), placed)
    return draw(placed, title, list(_lines(stops)), list(_marks(stops, steps, placed, must_fail=must_fail)))


def _in_order(part: Scene, vpcs: Sequence[str]) -> list[VpcBox]:
    return sorted(part.vpcs, key=lambda each: vpcs.index(each.key))


def _trimmed(vpc: VpcBox, touched: set[str]) -> VpcBox:
    """A big VPC with what the way touches, and the rest of its subnets as one chip."""
    if len(vpc.subnets) <= 4:
        return vpc
    kept = [
        each for each in vpc.subnets if each.key in touched or any(chip.key in touched for chip in each.chips)
    ][:_MOST_SUBNETS]
    rest = len(vpc.subnets) - len(kept)
    more = Chip(key=f"rest/{vpc.key}", kind="more", label=f"{rest} more subnets", is_many=True)
    return msgspec.structs.replace(vpc, subnets=tuple(kept), chips=(*vpc.chips, *([more] if rest else ())))


def _with_resolvers(part: Scene, steps: Sequence[Step]) -> Scene:
    """A chip for each VPC's own resolver, where names are asked for."""
    if not any(step.layer == "dns" for step in steps):
        return part
    vpcs = tuple(
        msgspec.structs.replace(
            each,
            chips=(Chip(key=f"resolver/{each.key}", kind="resolver", label="Route 53 Resolver"), *each.chips),
        )
        for each in part.vpcs
    )
    return msgspec.structs.replace(part, vpcs=vpcs)


def _stops(snapshot: Snapshot, placed: Placed, steps: Sequence[Step]) -> Iterator[Stop]:
    here = client_vpc(snapshot, steps)
    asks_until = max((at for at, step in enumerate(steps, start=1) if step.layer == "dns"), default=0)
    stop: Stop | None = None
    for number, step in enumerate(steps, start=1):
        is_back = step.leg is Leg.RETURN
        lane = (0 if number <= asks_until else 2) + is_back
        kind = "return" if is_back else "dns" if number <= asks_until else "forward"
        where = _anchor(snapshot, placed, step, here, lane)
        here = _vpc_at(placed, where[0]) if where is not None and _vpc_at(placed, where[0]) else here
        if stop is not None and (where is None or (where[0] == stop.at and kind == stop.kind)):
            stop.last = number
            if stop.verdict is Verdict.ALLOWED:
                stop.verdict = step.verdict
            continue
        if where is None:
            continue
        if stop is not None:
            yield stop
        stop = Stop(
            at=where[0],
            is_beside=where[1],
            kind=kind,
            lane=lane,
            first=number,
            last=number,
            verdict=step.verdict,
        )
    if stop is not None:
        yield stop


def _anchor(
    snapshot: Snapshot, placed: Placed, step: Step, here: str | None, lane: int
) -> tuple[tuple[float, float], bool] | None:
    """Where a step is marked, and whether beside what is drawn there; None where nothing is."""
    own = step.component or ""
    if step.layer == "dns" and not own.startswith(("rslvr-in", "rslvr-out", "vpce-")):
        resolver = placed.chips.get((here or "", f"resolver/{here}"))
        if resolver is not None:
            return _beside(resolver), True
    for spot in spots(snapshot, own):
        for (holder, key), rect in placed.chips.items():
            if key == spot.key and spot.owner in ("", holder):
                return _beside(rect), True
        link = next((each for each in placed.scene.links if each.key == spot.key), None)
        if link is not None and link.kind == "peering" and all(end in placed.rects for end in link.ends):
            return _on_link(placed, link, lane), False
        found = placed.rects.get(spot.key)
        if found is not None and spot.key == placed.between:
            return (found.centre[0] - _LETTER * 3, found.y + 24 + _LANE * (lane + 1)), False
        if found is not None and spot.key.startswith("vpc-"):
            return _edge(placed, found, lane), False
        if found is not None and not spot.key.startswith("subnet-"):
            return _beside(found), True
    return None


def _on_link(placed: Placed, link: Link, lane: int) -> tuple[float, float]:
    """On a line between two VPCs side by side lanes lie below each other, else beside each other."""
    x, y = direct_line(placed, link).middle
    first, second = (placed.rects[end] for end in link.ends)
    return (x, y + _LANE * (lane + 1)) if first.y == second.y else (x + 1.8 * _LANE * lane, y)


def _beside(rect: Rect) -> tuple[float, float]:
    return rect.x + rect.width, rect.y + rect.height / 2


def _edge(placed: Placed, rect: Rect, lane: int) -> tuple[float, float]:
    """Where a VPC's routes and ACLs are passed: the edge towards its neighbour, at the height of the lane."""
    first = min(placed.rects[each.key].x for each in placed.scene.vpcs)
    x = rect.x + rect.width if rect.x == first else rect.x
    return x, rect.y + 24 + _LANE * (lane + 1)


def _vpc_at(placed: Placed, where: tuple[float, float]) -> str | None:
    x, y = where
    for vpc in placed.scene.vpcs:
        rect = placed.rects[vpc.key]
        if rect.x <= x <= rect.x + rect.width and rect.y <= y <= rect.y + rect.height:
            return vpc.key
    return None


def _apart(stops: Sequence[Stop], placed: Placed) -> list[Stop]:
    """Marks at one place side by side: away from a VPC at its left edge, else to the right."""
    lefts = {placed.rects[each.key].x for each in placed.scene.vpcs} - {placed.left}
    seen: dict[tuple[float, float], float] = {}
    for stop in stops:
        (x, y), room = stop.at, stop.width + 3
        shift = seen.get(stop.at, 0.0)
        seen[stop.at] = shift + room
        sign = -1 if x in lefts else 1
        stop.at = (x + sign * shift + (stop.width / 2 + 5 if stop.is_beside else 0), y)
    return list(stops)


def _lines(stops: Sequence[Stop]) -> Iterator[str]:
    is_over = False
    for start, end in pairwise(stops):
        is_over = is_over or start.verdict in ENDS
        (ax, ay), (bx, by) = start.at, end.at
        distance = math.hypot(bx - ax, by - ay)
        is_answer = end.lane == start.lane + 1 and start.lane % 2 == 0
        if distance < 1 or not (end.lane == start.lane or is_answer):
            # From the last hop back to the next question no packet goes.
            continue
        # A little to the side, so that the way there and the way back are two lines.
        bend = 0.0 if ay == by else min(14.0, distance / 8)
        cx, cy = (ax + bx) / 2 - (by - ay) / distance * bend, (ay + by) / 2 + (bx - ax) / distance * bend
        kind = f"{end.kind} later" if is_over else end.kind
        yield f'<path class="way {kind}" d="M{ax:.0f} {ay:.0f}Q{cx:.0f} {cy:.0f} {bx:.0f} {by:.0f}"/>'


def mark_of(stop: Stop) -> Rect:
    """The rectangle of a stop's mark."""
    x, y = stop.at
    return Rect(x - stop.width / 2, y - _DOT, stop.width, 2 * _DOT)


def _marks(stops: Sequence[Stop], steps: Sequence[Step], placed: Placed, *, must_fail: bool) -> Iterator[str]:
    blocked = next((each for each in stops if each.verdict is not Verdict.ALLOWED), None)
    if blocked is not None:
        step = next(
            each for each in steps[blocked.first - 1 : blocked.last] if each.verdict is not Verdict.ALLOWED
        )
        others = [mark_of(each) for each in stops if each is not blocked]
        yield callout(step, mark_of(blocked), placed, others, is_meant=must_fail)
    for at, stop in enumerate(stops):
        x, y = stop.at
        rect = mark_of(stop)
        later = " later" if any(each.verdict in ENDS for each in stops[:at]) else ""
        told = " ".join(f"{hop}. {steps[hop - 1].text}" for hop in range(stop.first, stop.last + 1))
        state = "ok" if stop.verdict is Verdict.ALLOWED else str(stop.verdict)
        yield (
            f'<g class="stop {stop.kind} {state}{later}"><title>{text(told[:600])}</title>'
            f'<rect x="{rect.x:.0f}" y="{rect.y:.0f}" width="{rect.width:.0f}" height="{2 * _DOT}" '
            f'rx="{_DOT}"/>'
            f'<text x="{x:.0f}" y="{y + 4:.0f}">{stop.numbers}</text></g>'
        )
