"""The name of what blocks, near the hop that does, where it hides nothing."""

from collections.abc import Iterator, Sequence

from narrowgate.model.answer import Step, Verdict
from narrowgate.report.html.picture.layout import Placed, Rect
from narrowgate.report.html_text import text

_LETTERS = 44
_HEIGHT = 24
_HEAD = 44
"""The height of a VPC's name and blocks."""


def callout(step: Step, mark: Rect, placed: Placed, others: Sequence[Rect], *, is_meant: bool = False) -> str:
    """A flag beside a mark, with a line to it where it stands apart.

    Args:
        step: what blocks.
        mark: the mark of its hop.
        placed: the picture.
        others: the other marks.
        is_meant: whether the way must not get through.
    """
    is_open = step.verdict in (Verdict.UNKNOWN, Verdict.INDETERMINATE)
    word = "not known" if is_open else "ends here" if is_meant else "blocked"
    words = f"{word}: {step.component or step.layer}"[:_LETTERS]
    width = len(words) * 7.6 + 20
    taken = [*_taken(placed), *others, mark]
    flag = min(_places(mark, width, placed), key=lambda each: _cost(each, mark, taken))
    (ax, ay), (bx, by) = mark.centre, flag.centre
    return (
        f'<g class="callout {Verdict.PARTIAL if is_meant else step.verdict}"><title>{text(step.text)}</title>'
        f'<path d="M{ax:.0f} {ay:.0f}L{bx:.0f} {by:.0f}"/>'
        f'<rect x="{flag.x:.0f}" y="{flag.y:.0f}" width="{flag.width:.0f}" height="{_HEIGHT}" rx="4"/>'
        f'<text x="{flag.x + 10:.0f}" y="{flag.y + 16:.0f}">{text(words)}</text></g>'
    )


def _places(mark: Rect, width: float, placed: Placed) -> Iterator[Rect]:
    """Right, left, and above or below in steps, all within the picture; the preferred ones first."""
    x, y = mark.centre
    beside = (mark.x + mark.width + 6, x - width / 2, mark.x - width - 6)
    for row in range(14):
        for sign in (1, -1):
            for left in beside:
                flag = Rect(left, y - _HEIGHT / 2 + sign * row * 13, width, _HEIGHT)
                if flag.x > 2 and flag.y > 2 and flag.x + width < placed.width and flag.y + 28 < placed.height:
                    yield flag
    yield Rect(max(2.0, min(beside[0], placed.width - width - 4)), y + 13, width, _HEIGHT)


def _taken(placed: Placed) -> Iterator[Rect]:
    """Everything that is to be read."""
    yield from placed.chips.values()
    for vpc in placed.scene.vpcs:
        rect = placed.rects[vpc.key]
        yield Rect(rect.x, rect.y, rect.width, _HEAD)
        for subnet in vpc.subnets:
            own = placed.rects[subnet.key]
            yield Rect(own.x, own.y, own.width, 24)
    yield from (placed.rects[each.key] for each in placed.scene.boxes if each.key in placed.rects)


def _cost(flag: Rect, mark: Rect, taken: Sequence[Rect]) -> float:
    """What it hides counts most, then how far it stands from its mark."""
    (ax, ay), (bx, by) = mark.centre, flag.centre
    hidden = sum(_overlap(flag, each) for each in taken)
    return hidden * 50 + abs(ay - by) * 3 + abs(ax - bx)


def _overlap(one: Rect, other: Rect) -> float:
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x) + 4
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y) + 4
    return max(width, 0.0) * max(height, 0.0)
