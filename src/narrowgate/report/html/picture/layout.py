"""Where everything of a scene stands: frames for accounts and Regions, VPCs in a grid, hubs and APIs below."""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec

from narrowgate.report.html.picture.scene import Box, Chip, Scene, SubnetBox, VpcBox

VPC_WIDTH = 330
_BOX_WIDTH, BOX_HEIGHT, _BOX_GAP = 160, 44, 10
"""Two boxes are as broad as a VPC, so that the gutters between VPCs go on between them."""
_GAP, _WIDE_GAP, _GAP_Y = 72, 168, 56
_WIDE_GAP_OF_THREE, _GAP_WITH_HUB = 124, 230
_PAD = 22
_FRAME_HEAD = 30
_CHIP_HEIGHT, _CHIP_GAP = 22, 6
_HEAD, _SUBNET_HEAD = 48, 26
_WAY_HEIGHT = 146
"""A VPC has at least this where a way passes it: four lanes, there and back, for the name and for the call."""
_LETTER = 6.5
_CHIP_LETTERS = 34
_FEW_LINKS = 6
"""So many links are named in the picture; the gaps between VPCs are then wide enough."""


class Rect(msgspec.Struct, frozen=True):
    """A rectangle, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def moved(self, x: float, y: float) -> "Rect":
        """The same elsewhere."""
        return Rect(self.x + x, self.y + y, self.width, self.height)


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """An account's or a Region's border with its name."""

    kind: str
    label: str
    rect: Rect


class Placed(msgspec.Struct, kw_only=True):
    """A scene with a rectangle for each thing; chips by owner and key, for one can stand in several subnets."""

    scene: Scene
    frames: list[Frame] = msgspec.field(default_factory=list)
    rects: dict[str, Rect] = msgspec.field(default_factory=dict)
    chips: dict[tuple[str, str], Rect] = msgspec.field(default_factory=dict)
    width: float = 0
    height: float = 0
    between: str = ""
    """The hub that stands between two VPCs of a way, by its key."""
    columns: int = 2
    """So many VPCs stand side by side at most."""
    for_way: bool = False
    """Whether marks of a way come over it: every chip has a line of its own then, with room beside it."""

    @property
    def margin(self) -> float:
        """Inside a VPC's edge, where marks of a way stand."""
        return 26 if self.for_way else 10

    @property
    def names_links(self) -> bool:
        """Whether there are few enough links to write their names."""
        return len(self.scene.links) <= _FEW_LINKS

    @property
    def gap(self) -> float:
        """Between two VPCs side by side."""
        has_names = self.names_links and any(each.kind == "peering" for each in self.scene.links)
        if self.for_way:
            return _GAP_WITH_HUB if any(each.kind == "hub" for each in self.scene.boxes) else _WIDE_GAP
        return (_WIDE_GAP_OF_THREE if self.columns > 2 else _WIDE_GAP) if has_names else _GAP

    @property
    def left(self) -> float:
        """Where the first column begins, in every frame."""
        return 2.0 * _PAD

    def column(self, key: str) -> int:
        """The number of the column that a VPC or a box stands in."""
        return int((self.rects[key].x - self.left) // (VPC_WIDTH + self.gap))


def place(scene: Scene, *, columns: int = 3, for_way: bool = False) -> Placed:
    """Give everything a place; `columns` VPCs stand side by side."""
    placed = Placed(scene=scene, for_way=for_way, columns=columns)
    homes = [*((each.account, each.region) for each in scene.vpcs), *((e.account, e.region) for e in scene.boxes)]
    y = 2.0
    for account, regions in groupby(sorted(set(homes)), key=lambda each: each[0]):
        top = y
        y += _FRAME_HEAD
        widest = 0.0
        for _, region in regions:
            rect = _region(placed, account, region, (_PAD, y), columns)
            widest = max(widest, rect.width)
            y += rect.height + _PAD / 2
        y += _PAD / 2
        placed.frames.insert(
            0, Frame(kind="account", label=f"account {account}", rect=Rect(2, top, widest + 2 * _PAD - 4, y - top))
        )
        placed.width = max(placed.width, widest + 2 * _PAD)
        y += _PAD
    placed.height = y - _PAD + 2
    return placed


def _region(placed: Placed, account: str, region: str, at: tuple[float, float], columns: int) -> Rect:
    home = (account, region)
    vpcs = [each for each in placed.scene.vpcs if (each.account, each.region) == home]
    boxes = [each for each in placed.scene.boxes if (each.account, each.region) == home]
    between = next((each for each in boxes if each.kind == "hub"), None) if placed.for_way else None
    x, y = at[0] + _PAD, at[1] + _FRAME_HEAD
    width = 0.0
    for row in _rows(vpcs, columns):
        heights = [_vpc(placed, vpc, (x + at_x * (VPC_WIDTH + placed.gap), y)) for at_x, vpc in enumerate(row)]
        width = max(width, len(row) * (VPC_WIDTH + placed.gap) - placed.gap)
        y += max(heights) + _GAP_Y
    if between is not None and len(vpcs) > 1:
        # A way passes the hub between two VPCs: it stands there, and its lanes below it.
        placed.between = between.key
        placed.rects[between.key] = Rect(x + VPC_WIDTH + 14, at[1] + _FRAME_HEAD, placed.gap - 28, BOX_HEIGHT)
        boxes.remove(between)
    # A way ends at the API, and mostly comes from an endpoint in the VPC that stands last.
    start = VPC_WIDTH + placed.gap if placed.for_way and len(vpcs) > 1 else 0.0
    if boxes and not vpcs and placed.scene.links:
        y += _PAD
    broadest, y = _boxes(placed, boxes, (x + start, y), max(width - start, VPC_WIDTH))
    width = max(width, start + broadest)
    if len(vpcs) == 1 and not placed.for_way and placed.scene.links:
        width = max(width, VPC_WIDTH + placed.gap)
    bottom = y - (_PAD if boxes else _GAP_Y) + _PAD
    rect = Rect(at[0], at[1], width + 2 * _PAD, bottom - at[1])
    placed.frames.append(Frame(kind="region", label=region, rect=rect))
    return rect


def _boxes(placed: Placed, boxes: Sequence[Box], at: tuple[float, float], room: float) -> tuple[float, float]:
    """Boxes in lines, two below each column of VPCs; how broad they are, and where the last line ends."""
    broadest, y = 0.0, at[1]
    per_row = 2 * max(round((room + placed.gap) / (VPC_WIDTH + placed.gap)), 1)
    for line in _rows(boxes, per_row):
        for number, box in enumerate(line):
            x = number // 2 * (VPC_WIDTH + placed.gap) + number % 2 * (_BOX_WIDTH + _BOX_GAP)
            placed.rects[box.key] = Rect(at[0] + x, y, _BOX_WIDTH, BOX_HEIGHT)
            broadest = max(broadest, x + _BOX_WIDTH)
        y += BOX_HEIGHT + _PAD
    return broadest, y


def _rows(items: Sequence[VpcBox] | Sequence[Box], width: int) -> Iterable[Sequence[VpcBox | Box]]:
    return [items[start : start + width] for start in range(0, len(items), width)]


def _vpc(placed: Placed, vpc: VpcBox | Box, at: tuple[float, float]) -> float:
    x, y = at
    if isinstance(vpc, Box):
        return 0.0
    bottom = y + _HEAD
    if vpc.chips:
        bottom = _chips(placed, vpc.key, vpc.chips, (x + placed.margin + 2, bottom)) + 8
    for subnet in vpc.subnets:
        bottom += _subnet(placed, subnet, (x + placed.margin, bottom)) + 8
    height = max(bottom - y + 4, _WAY_HEIGHT if placed.for_way else 0)
    placed.rects[vpc.key] = Rect(x, y, VPC_WIDTH, height)
    return height


def _subnet(placed: Placed, subnet: SubnetBox, at: tuple[float, float]) -> float:
    x, y = at
    bottom = y + _SUBNET_HEAD
    if subnet.chips:
        bottom = _chips(placed, subnet.key, subnet.chips, (x + 8, bottom)) + 8
    placed.rects[subnet.key] = Rect(x, y, VPC_WIDTH - 2 * placed.margin, bottom - y)
    return bottom - y


def _chips(placed: Placed, owner: str, chips: Iterable[Chip], at: tuple[float, float]) -> float:
    """Chips in lines; where the last line ends."""
    left, y = at
    x, right = left, left + VPC_WIDTH - 2 * placed.margin - 20
    for chip in chips:
        width = min(breadth(chip_label(chip)) * _LETTER + 18, right - left)
        if x > left and (x + width > right or placed.for_way):
            x, y = left, y + _CHIP_HEIGHT + _CHIP_GAP
        placed.chips[owner, chip.key] = Rect(x, y, width, _CHIP_HEIGHT)
        x += width + _CHIP_GAP
    return y + _CHIP_HEIGHT


def chip_label(chip: Chip) -> str:
    """A label that fits; the whole one is told on hovering."""
    return shortened(chip.label, _CHIP_LETTERS)


def breadth(label: str) -> float:
    """How many ordinary letters a text is as broad as: capitals are broader, and those of East Asia twice."""
    return sum(
        2.0
        if unicodedata.east_asian_width(each) in "WF"
        else 1.5
        if each in "MW@%"
        else 1.2
        if each.isupper()
        else 1
        for each in label
    )


def shortened(label: str, letters: int) -> str:
    """The first letters, and a sign that there are more."""
    if breadth(label) <= letters:
        return label
    kept = label
    while kept and breadth(kept) > letters - 1:
        kept = kept[: len(kept) - max(1, int((breadth(kept) - letters) / 2))]
    return kept + "…"
