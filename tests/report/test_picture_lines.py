"""Lines of links keep to the gaps between boxes; colours can be read."""

import itertools
import random
import re
from importlib import resources

import pytest

from narrowgate.report.html.picture.layout import place
from narrowgate.report.html.picture.lines import lines_of
from narrowgate.report.html.picture.scene import Box, Chip, Link, Scene, SubnetBox, VpcBox

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def scene(chance, accounts):
    """Up to 24 VPCs in some accounts, with peerings, transit gateways and APIs among them."""
    vpcs = tuple(
        VpcBox(
            key=f"vpc-{number}", label=f"vpc {number}", cidrs=("10.0.0.0/16",), region="us-east-1",
            account=str(number % accounts),
            subnets=tuple(SubnetBox(key=f"subnet-{number}-{at}", label="a", cidr="10.0.0.0/24", zone="z")
                          for at in range(chance.randrange(4))),
            chips=tuple(Chip(key=f"chip-{number}-{at}", kind="endpoint", label="execute-api")
                        for at in range(chance.randrange(6))),
        )
        for number in range(chance.randrange(2, 25))
    )  # fmt: skip
    boxes = tuple(
        Box(key=f"box-{at}", label="b", account=str(at % accounts), region="us-east-1", note="",
            kind="hub" if at < 2 else "api")
        for at in range(chance.randrange(2, 9))
    )  # fmt: skip
    pairs = {tuple(sorted(chance.sample(range(len(vpcs)), 2))) for _ in range(chance.randrange(12))}
    links = [
        *(Link(key=f"pcx-{one}-{two}", kind="peering", ends=(f"vpc-{one}", f"vpc-{two}"), label="peering x")
          for one, two in sorted(pairs)),
        *(Link(key=f"att-{number}", kind="attachment", ends=(f"vpc-{number}", f"box-{number % 2}"), label="a")
          for number in range(0, len(vpcs), 2)),
    ]  # fmt: skip
    return Scene(vpcs=tuple(sorted(vpcs, key=lambda each: each.account)), boxes=boxes, links=tuple(links))


def parts(path):
    """The stretches of a path between its corners, as boxes."""
    numbers = [float(each) for each in NUMBER.findall(path)]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        yield min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


@pytest.mark.parametrize("columns", [2, 3])
@pytest.mark.parametrize("accounts", [1, 3])
def test_no_line_runs_behind_a_box_and_none_is_left_out(columns, accounts):
    chance = random.Random(f"{columns} {accounts}")
    for _ in range(25):
        placed = place(scene(chance, accounts), columns=columns)
        lines = lines_of(placed)
        assert set(lines) == {each.key for each in placed.scene.links}
        keys = {*(each.key for each in placed.scene.vpcs), *(each.key for each in placed.scene.boxes)}
        for link in placed.scene.links:
            for left, top, right, bottom in parts(lines[link.key].path):
                assert left >= 0 and right <= placed.width and top >= 0 and bottom <= placed.height
                hidden = [
                    key
                    for key in keys
                    if (rect := placed.rects[key]).x + 1 < right
                    and left < rect.x + rect.width - 1
                    and rect.y + 1 < bottom
                    and top < rect.y + rect.height - 1
                ]
                assert hidden == [], (link, hidden)


@pytest.mark.parametrize("columns", [2, 3])
def test_two_peerings_never_share_a_stretch_between_columns(columns):
    chance = random.Random(columns)
    for _ in range(25):
        placed = place(scene(chance, 2), columns=columns)
        lines = lines_of(placed)
        upright = [
            (link.key, part)
            for link in placed.scene.links
            if link.kind == "peering"
            for part in parts(lines[link.key].path)
            if part[0] == part[2] and part[3] - part[1] > 20
        ]
        for at, (one, first) in enumerate(upright):
            for two, second in upright[at + 1 :]:
                overlap = min(first[3], second[3]) - max(first[1], second[1])
                assert one == two or abs(first[0] - second[0]) >= 1 or overlap <= 0, (one, two)


def luminance(colour):
    digits = colour.lstrip("#")
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """As WCAG 2 computes it."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_text_has_the_contrast_that_wcag_asks_for_and_fields_have_edges(mode):
    style = (resources.files("narrowgate.report.html") / "page.css").read_text()
    colours = {name: pair[mode] for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", style)}
    for background in ("paper", "card", "raised"):
        for word in ("ink", "dim", "good", "bad", "maybe", "fixed", "name"):
            assert contrast(colours[word], colours[background]) >= 4.5, (word, background)
        assert contrast(colours["edge"], colours[background]) >= 3, background
    for background in ("bad-card", "maybe-card"):
        for word in ("ink", "dim", "bad", "maybe"):
            assert contrast(colours[word], colours[background]) >= 4.5, (word, background)
