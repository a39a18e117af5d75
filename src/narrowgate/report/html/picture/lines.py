"""The lines of links: led through the gaps between VPCs, so that none runs behind a box that it has no part in.

Between two columns of VPCs lies a gutter, from the top of the picture to its bottom, and below each row a gap. A
transit gateway's attachments share one trunk in each gutter; each peering has a track of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

import msgspec

from narrowgate.report.html.picture.layout import VPC_WIDTH, Placed, Rect
from narrowgate.report.html.picture.scene import Link

Point = tuple[float, float]

_BEND, _ASIDE = 46.0, 28.0
_CORNER = 7.0
_SLOT, _FIRST_SLOT = 11.0, 22.0
"""Lines leave a VPC's side this far apart, the first this far below its top."""
_ABOVE_HUB, _BELOW_ROW = 20.0, 14.0
_TRACKS_BELOW = 4


class Line(msgspec.Struct, frozen=True):
    """The path of a link as SVG writes it, and where its name stands."""

    path: str
    middle: Point


class _Run(msgspec.Struct, kw_only=True):
    """A vertical part: its gutter, how far it reaches, and the number of its track, once that is given."""

    gutter: int
    top: float
    bottom: float
    owner: str = ""
    """The hub whose trunk it is part of."""
    track: int = 0


class _Led(msgspec.Struct, kw_only=True):
    """A link on its way through gutters: from side to side, over one run or two with a level part between them."""

    link: Link
    start: Point
    end: Point
    runs: tuple[_Run, ...]
    level: float = 0.0


def lines_of(placed: Placed) -> dict[str, Line]:
    """A line for each link of which both ends are drawn, by the link's key."""
    drawn = [each for each in placed.scene.links if all(end in placed.rects for end in each.ends)]
    if placed.for_way:
        return {each.key: direct_line(placed, each) for each in drawn}
    slots = _Slots(placed=placed)
    found: dict[str, Line] = {}
    led: list[_Led] = []
    for link in sorted(drawn, key=lambda each: not _is_straight(placed, each)):
        if _is_straight(placed, link):
            found[link.key] = slots.straight(link)
        elif link.kind == "peering":
            led.append(_peering(slots, link, len(led)))
        else:
            led.append(_attachment(slots, link))
    tracks = _give_tracks([run for each in led for run in each.runs])
    for each in led:
        found[each.link.key] = _finished(placed, each, tracks)
    return found


def direct_line(placed: Placed, link: Link) -> Line:
    """The shortest curve between two ends, for the picture of a way, which shows few."""
    first, second = sorted((placed.rects[end] for end in link.ends), key=lambda each: (each.x, each.y))
    if first.x + first.width < second.x and first.y == second.y:
        y = first.y + 24
        return _straight((first.x + first.width, y), (second.x, y))
    upper, lower = (first, second) if first.y < second.y else (second, first)
    # Right of the middle, for an account's name stands at the left.
    ax, bx = upper.centre[0] + _ASIDE, lower.centre[0] + _ASIDE
    ay, by = upper.y + upper.height, lower.y
    path = f"M{ax:.0f} {ay:.0f}C{ax:.0f} {ay + _BEND:.0f} {bx:.0f} {by - _BEND:.0f} {bx:.0f} {by:.0f}"
    return Line(path, ((ax + bx) / 2, (ay + by) / 2))


class _Slots(msgspec.Struct, kw_only=True):
    """Which heights of a VPC's sides have a line already."""

    placed: Placed
    used: set[tuple[str, int, int]] = msgspec.field(default_factory=set)

    def straight(self, link: Link) -> Line:
        """A line between two neighbours of one row, at a height that is free at both."""
        first, second = sorted(link.ends, key=lambda end: self.placed.rects[end].x)
        gutter = self.placed.column(first)
        left, right = self.placed.rects[first], self.placed.rects[second]
        slot = next(at for at in range(1000) if not {(first, gutter, at), (second, gutter, at)} & self.used)
        self.used |= {(first, gutter, slot), (second, gutter, slot)}
        y = _height(left if left.height < right.height else right, slot)
        return _straight((left.x + left.width, y), (right.x, y))

    def leave(self, vpc: str, gutter: int) -> Point:
        """Where a line leaves a VPC's side towards a gutter."""
        rect = self.placed.rects[vpc]
        slot = next(at for at in range(1000) if (vpc, gutter, at) not in self.used)
        self.used.add((vpc, gutter, slot))
        is_right = gutter == self.placed.column(vpc)
        return rect.x + (rect.width if is_right else 0), _height(rect, slot)

    def gutters(self, vpc: str) -> tuple[int, ...]:
        """At the sides of a VPC; at the right of the last column only where there is no other."""
        column = self.placed.column(vpc)
        last = max(self.placed.column(each.key) for each in self.placed.scene.vpcs)
        return tuple(each for each in (column - 1, column) if 0 <= each < max(last, 1))


def _height(rect: Rect, slot: int) -> float:
    room = max(int((rect.height - 2 * _FIRST_SLOT) // _SLOT), 1)
    return rect.y + _FIRST_SLOT + _SLOT * (slot % room)


def _is_straight(placed: Placed, link: Link) -> bool:
    if link.kind != "peering":
        return False
    first, second = (placed.rects[end] for end in link.ends)
    return first.y == second.y and abs(placed.column(link.ends[0]) - placed.column(link.ends[1])) == 1


def _attachment(slots: _Slots, link: Link) -> _Led:
    vpc, hub = link.ends
    rect = slots.placed.rects[hub]
    at = slots.placed.column(hub)
    gutter = min(slots.gutters(vpc), key=lambda each: abs(each - at + 0.5))
    start = slots.leave(vpc, gutter)
    level = rect.y - _ABOVE_HUB
    run = _Run(gutter=gutter, top=min(start[1], level), bottom=max(start[1], level), owner=hub)
    return _Led(link=link, start=start, end=(rect.centre[0], rect.y), runs=(run,), level=level)


def _peering(slots: _Slots, link: Link, number: int) -> _Led:
    first, second = sorted(link.ends, key=lambda end: slots.placed.rects[end].y)
    shared = set(slots.gutters(first)) & set(slots.gutters(second))
    if shared:
        gutter = min(shared)
        start, end = slots.leave(first, gutter), slots.leave(second, gutter)
        run = _Run(gutter=gutter, top=start[1], bottom=end[1])
        return _Led(link=link, start=start, end=end, runs=(run,))
    here, there = min(
        ((here, there) for here in slots.gutters(first) for there in slots.gutters(second)),
        key=lambda each: abs(each[0] - each[1]),
    )
    start, end = slots.leave(first, here), slots.leave(second, there)
    level = _below(slots.placed, first) + _BELOW_ROW + 6 * (number % _TRACKS_BELOW)
    runs = (
        _Run(gutter=here, top=start[1], bottom=level),
        _Run(gutter=there, top=min(level, end[1]), bottom=max(level, end[1])),
    )
    return _Led(link=link, start=start, end=end, runs=runs, level=level)


def _below(placed: Placed, vpc: str) -> float:
    """Where the row of a VPC ends: at the lowest of those that stand at its height."""
    top = placed.rects[vpc].y
    row = (placed.rects[each.key] for each in placed.scene.vpcs)
    return max(each.y + each.height for each in row if each.y == top)


def _give_tracks(runs: Sequence[_Run]) -> dict[int, int]:
    """Number every run so that two of one gutter never lie on each other; how many tracks each gutter has."""
    count: dict[int, int] = {}
    trunks: dict[tuple[int, str], int] = {}
    ends: dict[tuple[int, int], float] = {}
    for run in sorted(runs, key=lambda each: (not each.owner, each.top)):
        gutter = run.gutter
        known = trunks.get((gutter, run.owner)) if run.owner else None
        free = (
            at for at in range(count.get(gutter, 0)) if not run.owner and ends.get((gutter, at), 1e9) < run.top
        )
        run.track = known if known is not None else next(free, count.get(gutter, 0))
        count[gutter] = max(count.get(gutter, 0), run.track + 1)
        if run.owner:
            trunks[gutter, run.owner] = run.track
        else:
            ends[gutter, run.track] = run.bottom + 4
    return count


def _finished(placed: Placed, led: _Led, tracks: dict[int, int]) -> Line:
    at = [_x(placed, run, tracks[run.gutter]) for run in led.runs]
    points = [led.start, (at[0], led.start[1])]
    if led.level:
        points += [(at[0], led.level), (at[-1] if len(at) > 1 else led.end[0], led.level)]
    if len(at) > 1 or not led.level:
        points.append((at[-1], led.end[1]))
    points.append(led.end)
    run = led.runs[0]
    return Line("".join(_corners(points)), (at[0], (run.top + run.bottom) / 2))


def _x(placed: Placed, run: _Run, tracks: int) -> float:
    left = placed.left + (run.gutter + 1) * VPC_WIDTH + run.gutter * placed.gap
    return left + placed.gap * (run.track + 1) / (tracks + 1)


def _straight(start: Point, end: Point) -> Line:
    path = f"M{start[0]:.0f} {start[1]:.0f}L{end[0]:.0f} {end[1]:.0f}"
    return Line(path, ((start[0] + end[0]) / 2, start[1]))


def _corners(points: Iterable[Point]) -> Iterator[str]:
    """A path along points, with round corners."""
    path = [each for each, _ in groupby(points)]
    yield f"M{path[0][0]:.0f} {path[0][1]:.0f}"
    for (before, corner), (_, after) in pairwise(pairwise(path)):
        near, far = _towards(corner, before), _towards(corner, after)
        yield f"L{near[0]:.1f} {near[1]:.1f}Q{corner[0]:.1f} {corner[1]:.1f} {far[0]:.1f} {far[1]:.1f}"
    yield f"L{path[-1][0]:.0f} {path[-1][1]:.0f}"


def _towards(corner: Point, other: Point) -> Point:
    """A little away from a corner, halfway at most."""
    (x, y), (ox, oy) = corner, other
    length = abs(ox - x) + abs(oy - y)
    part = min(_CORNER, length / 2) / length if length else 0.0
    return x + (ox - x) * part, y + (oy - y) * part
