"""The estate in the report: one picture where it is small, else counts by account and Region that unfold."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from narrowgate.report.html.picture.compact import compact
from narrowgate.report.html.picture.layout import place
from narrowgate.report.html.picture.scene import Chip, Scene, VpcBox
from narrowgate.report.html.picture.svg import draw
from narrowgate.report.html_text import text

_DRAWN_AT_ONCE = 24
"""So many VPCs are one picture that a person can read."""
_SUBNETS_DRAWN = 16
"""So many subnets are drawn in it; of more, a VPC says what it holds, and its account's picture has them."""
_LINKS_NAMED = 3
_LEGEND = (
    '<p class="legend"><span><i class="endpoint"></i>interface or gateway endpoint</span>'
    '<span><i class="resolver"></i>Resolver endpoint, private zone</span>'
    '<span><i class="host"></i>instances</span>'
    '<span><i class="api"></i>API, load balancer</span><span>point at a thing to read its name in full</span></p>'
)


def estate_section(scene: Scene) -> Iterator[str]:
    """The picture, or the list of places with a picture each."""
    yield '<h2 id="estate">Estate</h2>'
    if not scene.vpcs and not scene.boxes:
        yield "<p>The source has no VPC and no API.</p>"
        return
    yield f"<p>{text(_counts(scene))}</p>"
    is_whole = sum(len(each.subnets) for each in scene.vpcs) <= _SUBNETS_DRAWN
    if len(scene.vpcs) <= _DRAWN_AT_ONCE:
        shown = scene if is_whole else _compact(scene)
        yield _framed(draw(place(shown, columns=2 if len(scene.vpcs) <= 4 else 3), "the estate"))
        yield _LEGEND
        if is_whole:
            return
        yield "<h3>With subnets, by account and Region</h3>"
    yield from _folded(scene)


def _compact(scene: Scene) -> Scene:
    """VPCs without subnets, whose chips also name their links: many lines cross."""
    short = compact(scene)
    by_vpc = _links_by_vpc(scene)
    return msgspec.structs.replace(
        short, vpcs=tuple(_with_links(each, by_vpc.get(each.key, ())) for each in short.vpcs)
    )


def _counts(scene: Scene) -> str:
    accounts = {each.account for each in scene.homed}
    regions = {each.region for each in scene.homed}
    kinds = Counter([*(each.kind for each in scene.links), *(each.kind for each in scene.boxes)])
    words = [
        _count(len(accounts), "account"),
        _count(len(regions), "Region"),
        _count(len(scene.vpcs), "VPC"),
        _count(sum(len(each.subnets) for each in scene.vpcs), "subnet"),
        _count(_endpoints(scene.vpcs), "endpoint"),
        _count(kinds["peering"], "peering"),
        _count(kinds["hub"], "transit gateway"),
        _count(kinds["attachment"], "attachment"),
        _count(kinds["api"], "private API"),
        _count(kinds["public-api"], "public API"),
    ]
    return ", ".join(each for each in words if not each.startswith("0 ")) + "."


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _endpoints(vpcs: Sequence[VpcBox]) -> int:
    return len(
        {
            chip.key
            for vpc in vpcs
            for chips in (vpc.chips, *(each.chips for each in vpc.subnets))
            for chip in chips
            if chip.kind == "endpoint"
        }
    )


def _folded(scene: Scene) -> Iterator[str]:
    homes = sorted({(each.account, each.region) for each in scene.homed})
    yield '<div class="bar-of-list"><input type="search" id="find-place" '
    yield 'placeholder="search a VPC, API or address range" aria-label="Search accounts by what is in them">'
    yield f'<span class="count" id="place-count" role="status">{len(homes)} of {len(homes)} shown</span></div>'
    yield '\n<div class="places">'
    by_vpc = _links_by_vpc(scene)
    vpcs = {home: list(each) for home, each in groupby(scene.vpcs, key=lambda vpc: (vpc.account, vpc.region))}
    for home in homes:
        part = Scene(
            vpcs=tuple(_with_links(each, by_vpc.get(each.key, ())) for each in vpcs.get(home, ())),
            boxes=tuple(each for each in scene.boxes if (each.account, each.region) == home),
        )
        known = {each.key for each in part.homed}
        inside = tuple(each for each in scene.links if set(each.ends) <= known)
        yield _place(home, msgspec.structs.replace(part, links=inside))
    yield '</div>\n<button type="button" id="more-places" class="show-more" hidden>Show all</button>'


def _place(home: tuple[str, str], part: Scene) -> str:
    account, region = home
    kinds = Counter(each.kind for each in part.boxes)
    counts = [
        _count(len(part.vpcs), "VPC"),
        _count(_endpoints(part.vpcs), "endpoint"),
        _count(kinds["api"], "private API"),
        _count(kinds["hub"], "transit gateway"),
    ]
    names = " ".join(
        (
            account,
            region,
            *(f"{each.label} {each.key} {' '.join(each.cidrs)}" for each in part.vpcs),
            *(f"{each.label} {each.key}" for each in part.boxes),
        )
    )
    shown = ", ".join(each for each in counts if not each.startswith("0 "))
    picture = _framed(draw(place(part), f"account {account}, {region}"))
    return (
        f'<details data-names="{text(names.lower())}"><summary><b>{text(account)} · {text(region)}</b> '
        f'<span class="dim">{shown}</span></summary><template>{picture}</template></details>\n'
    )


def _links_by_vpc(scene: Scene) -> dict[str, list[Chip]]:
    """Each VPC's links as chips that name the other side: across accounts no line can be drawn."""
    labels = {each.key: each.label for each in scene.homed}
    found: dict[str, list[Chip]] = {}
    for link in scene.links:
        sides = ((link.ends[0], link.ends[1]), (link.ends[1], link.ends[0]))
        for own, other in sides if link.kind == "peering" else sides[:1]:
            label = f"⇄ {labels.get(other, other)}"
            found.setdefault(own, []).append(Chip(key=link.key, kind="link", label=label, title=link.label))
    return found


def _with_links(vpc: VpcBox, chips: Sequence[Chip]) -> VpcBox:
    shown = tuple(chips)
    if len(chips) > _LINKS_NAMED:
        title = ", ".join(each.label for each in chips[:40])
        shown = (
            Chip(key=f"links/{vpc.key}", kind="link", label=f"⇄ {len(chips)} links", title=title, is_many=True),
        )
    return msgspec.structs.replace(vpc, chips=(*shown, *vpc.chips))


def _framed(picture: str) -> str:
    return f'<div class="picture" tabindex="0" role="group" aria-label="Picture of the estate">{picture}</div>'
