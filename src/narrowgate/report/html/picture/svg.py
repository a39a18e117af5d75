"""A placed scene as SVG: every name escaped, colours by the page's style sheet."""

from collections.abc import Iterator, Sequence

from narrowgate.report.html.picture.layout import Frame, Placed, Rect, breadth, chip_label, shortened
from narrowgate.report.html.picture.lines import Point, lines_of
from narrowgate.report.html.picture.scene import Box, Chip, Link, SubnetBox, VpcBox
from narrowgate.report.html_text import text


def draw(placed: Placed, title: str, under: Sequence[str] = (), over: Sequence[str] = ()) -> str:
    """The picture; `under` is drawn over the boxes and under their names, `over` last, over everything."""
    parts = [
        f'<svg class="estate" role="img" width="{placed.width:.0f}" height="{placed.height:.0f}" '
        f'viewBox="0 0 {placed.width:.0f} {placed.height:.0f}"><title>{text(title)}</title>',
        *(_frame(each) for each in placed.frames),
        *_links(placed),
        *(part for vpc in placed.scene.vpcs for part in _vpc(placed, vpc)),
        *(_box(placed, each) for each in placed.scene.boxes),
        *under,
        *(part for vpc in placed.scene.vpcs for part in _vpc_names(placed, vpc)),
        *over,
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
    whole = f"{vpc.label} {vpc.key} {' '.join(vpc.cidrs)}"
    yield f'<g class="vpc"><title>{text(whole)}</title>{box(placed.rects[vpc.key], "vpc")}'
    yield from (_chip(placed, vpc.key, chip) for chip in vpc.chips)
    for subnet in vpc.subnets:
        yield from _subnet(placed, subnet)
    yield "</g>"


def _subnet(placed: Placed, subnet: SubnetBox) -> Iterator[str]:
    whole = f"{subnet.label} {subnet.key} {subnet.cidr} {subnet.zone}"
    yield f"<g><title>{text(whole)}</title>{box(placed.rects[subnet.key], 'subnet', 4)}"
    yield from (_chip(placed, subnet.key, chip) for chip in subnet.chips)
    yield "</g>"


def _vpc_names(placed: Placed, vpc: VpcBox) -> Iterator[str]:
    """The names of a VPC, its subnets and chips, over whatever passes there."""
    rect = placed.rects[vpc.key]
    yield label(vpc.label, (rect.x + 12, rect.y + 20), "name", 38)
    named = f"{vpc.key} · " if vpc.label != vpc.key else ""
    yield label(f"{named}{', '.join(vpc.cidrs)}", (rect.x + 12, rect.y + 37), "note", 50)
    yield from (_chip_name(placed, vpc.key, chip) for chip in vpc.chips)
    for subnet in vpc.subnets:
        rect = placed.rects[subnet.key]
        note = shortened(f"{subnet.cidr} {subnet.zone}", 30)
        letters = int((rect.width - 24 - breadth(note) * 5.9) / 6.6)
        yield label(subnet.label, (rect.x + 8, rect.y + 17), "subnet-name", letters)
        yield label(note, (rect.x + rect.width - 8, rect.y + 17), "note end", 30)
        yield from (_chip_name(placed, subnet.key, chip) for chip in subnet.chips)


def _chip(placed: Placed, owner: str, chip: Chip) -> str:
    rect = placed.chips[owner, chip.key]
    title = f"<title>{text(f'{chip.label} {chip.title}'.strip())}</title>"
    return f'<g class="chip {chip.kind}">{title}{box(rect, "chip", 11)}</g>'


def _chip_name(placed: Placed, owner: str, chip: Chip) -> str:
    rect = placed.chips[owner, chip.key]
    return label(chip_label(chip), (rect.x + rect.width / 2, rect.y + 15), "chip-name", 60)


def _box(placed: Placed, each: Box) -> str:
    rect = placed.rects[each.key]
    return (
        f'<g class="box {each.kind}"><title>{text(f"{each.label} {each.key}")}</title>{box(rect, "box")}'
        + label(each.label, (rect.x + 10, rect.y + 18), "name", 19)
        + label(each.note, (rect.x + 10, rect.y + 35), "note", 24)
        + "</g>"
    )


def _links(placed: Placed) -> Iterator[str]:
    """Beneath the boxes: those of a way's picture may pass behind one."""
    lines = lines_of(placed)
    for each in placed.scene.links:
        if each.key in lines:
            line = lines[each.key]
            state = "" if each.is_active else " off"
            is_named = placed.names_links and each.kind == "peering"
            words = _link_words(each, line.middle, placed.gap) if is_named else ""
            title = f"<title>{text(each.label)}</title>"
            yield f'<g class="link {each.kind}{state}">{title}<path d="{line.path}"/>{words}</g>'


def _link_words(link: Link, at: Point, room: float) -> str:
    kind, _, own = link.label.partition(" ")
    letters = int(room / 6.2)
    return label(kind, (at[0], at[1] - 7), "link-name", letters) + label(
        own, (at[0], at[1] + 15), "link-name", letters
    )
