"""A placed scene as SVG: every name escaped, colours by the page's style sheet."""

from collections.abc import Iterator, Sequence

from narrowgate.report.html.picture.layout import VPC_WIDTH, Frame, Placed, Rect, chip_label, shortened
from narrowgate.report.html.picture.scene import Box, Chip, Link, SubnetBox, VpcBox
from narrowgate.report.html_text import text

_BEND = 46.0


def draw(placed: Placed, title: str, overlay: Sequence[str] = ()) -> str:
    """The picture; `overlay` is drawn last, over everything."""
    parts = [
        f'<svg class="estate" role="img" width="{placed.width:.0f}" height="{placed.height:.0f}" '
        f'viewBox="0 0 {placed.width:.0f} {placed.height:.0f}"><title>{text(title)}</title>',
        *(_frame(each) for each in placed.frames),
        *_links(placed),
        *(part for vpc in placed.scene.vpcs for part in _vpc(placed, vpc)),
        *(_box(placed, each) for each in placed.scene.boxes),
        *overlay,
        "</svg>",
    ]
    return "".join(parts)


def label(words: str, at: tuple[float, float], kind: str, letters: int) -> str:
    """A line of text, shortened to what fits."""
    return f'<text class="{kind}" x="{at[0]:.0f}" y="{at[1]:.0f}">{text(shortened(words, letters))}</text>'


def box(rect: Rect, kind: str, radius: int = 6) -> str:
    """A rectangle."""
    return (
        f'<rect class="{kind}" x="{rect.x:.0f}" y="{rect.y:.0f}" width="{rect.width:.0f}" '
        f'height="{rect.height:.0f}" rx="{radius}"/>'
    )


def _frame(frame: Frame) -> str:
    at = (frame.rect.x + 12, frame.rect.y + 20)
    return box(frame.rect, f"frame {frame.kind}", 8) + label(frame.label, at, f"frame-name {frame.kind}", 40)


def _vpc(placed: Placed, vpc: VpcBox) -> Iterator[str]:
    rect = placed.rects[vpc.key]
    whole = f"{vpc.label} {vpc.key} {' '.join(vpc.cidrs)}"
    yield f'<g class="vpc"><title>{text(whole)}</title>{box(rect, "vpc")}'
    yield label(vpc.label, (rect.x + 12, rect.y + 20), "name", 38)
    named = f"{vpc.key} · " if vpc.label != vpc.key else ""
    yield label(f"{named}{', '.join(vpc.cidrs)}", (rect.x + 12, rect.y + 37), "note", 50)
    yield from (_chip(placed, vpc.key, chip) for chip in vpc.chips)
    for subnet in vpc.subnets:
        yield from _subnet(placed, subnet)
    yield "</g>"


def _subnet(placed: Placed, subnet: SubnetBox) -> Iterator[str]:
    rect = placed.rects[subnet.key]
    whole = f"{subnet.label} {subnet.key} {subnet.cidr} {subnet.zone}"
    yield f"<g><title>{text(whole)}</title>{box(rect, 'subnet', 4)}"
    yield label(subnet.label, (rect.x + 8, rect.y + 17), "subnet-name", 24)
    right = (rect.x + rect.width - 8, rect.y + 17)
    yield label(f"{subnet.cidr} {subnet.zone}", right, "note end", 30)
    yield from (_chip(placed, subnet.key, chip) for chip in subnet.chips)
    yield "</g>"


def _chip(placed: Placed, owner: str, chip: Chip) -> str:
    rect = placed.chips[owner, chip.key]
    title = f"<title>{text(f'{chip.label} {chip.title}'.strip())}</title>"
    words = label(chip_label(chip), (rect.x + rect.width / 2, rect.y + 15), "chip-name", 60)
    return f'<g class="chip {chip.kind}">{title}{box(rect, "chip", 11)}{words}</g>'


def _box(placed: Placed, each: Box) -> str:
    rect = placed.rects[each.key]
    return (
        f'<g class="box {each.kind}"><title>{text(f"{each.label} {each.key}")}</title>{box(rect, "box")}'
        + label(each.label, (rect.x + 10, rect.y + 18), "name", 23)
        + label(each.note, (rect.x + 10, rect.y + 35), "note", 28)
        + "</g>"
    )


def _links(placed: Placed) -> Iterator[str]:
    """Beneath the boxes, so that lines are seen in the gaps between them and hide no text."""
    drawn = [each for each in placed.scene.links if all(end in placed.rects for end in each.ends)]
    for each in drawn:
        curve, middle = line_of(placed, each)
        state = "" if each.is_active else " off"
        words = _link_words(each, middle) if placed.names_links and each.kind == "peering" else ""
        yield (
            f'<g class="link {each.kind}{state}"><title>{text(each.label)}</title><path d="{curve}"/>{words}</g>'
        )


def _link_words(link: Link, at: tuple[float, float]) -> str:
    kind, _, own = link.label.partition(" ")
    x, y = at
    return label(kind, (x, y - 7), "link-name", 24) + label(own, (x, y + 15), "link-name", 24)


def line_of(placed: Placed, link: Link) -> tuple[str, tuple[float, float]]:
    """A link's curve, and its middle in a gap, where it is seen."""
    first, second = (placed.rects[end] for end in link.ends)
    if first.x > second.x:
        first, second = second, first
    if first.x + first.width < second.x and abs(first.y - second.y) < 1 and second.x - first.x < 2 * VPC_WIDTH:
        y = min(first.y + 24, second.y + 24)
        start, end = (first.x + first.width, y), (second.x, y)
        return f"M{start[0]:.0f} {y:.0f}L{end[0]:.0f} {y:.0f}", ((start[0] + end[0]) / 2, y)
    if abs(first.y - second.y) < 1:
        # Past others of the same row: through the gap below.
        (ax, _), (bx, _) = first.centre, second.centre
        ay, by = first.y + first.height, second.y + second.height
        low = max(ay, by) + _BEND / 2
        return (
            f"M{ax:.0f} {ay:.0f}C{ax:.0f} {low + 18:.0f} {bx:.0f} {low + 18:.0f} {bx:.0f} {by:.0f}",
            ((ax + bx) / 2, low),
        )
    upper, lower = (first, second) if first.y < second.y else (second, first)
    (ax, _), (bx, _) = upper.centre, lower.centre
    ay, by = upper.y + upper.height, lower.y
    return (
        f"M{ax:.0f} {ay:.0f}C{ax:.0f} {ay + _BEND:.0f} {bx:.0f} {by - _BEND:.0f} {bx:.0f} {by:.0f}",
        (bx + (ax - bx) * 0.1, by - 16),
    )
