"""Lists that filter and search: the first rows as markup, all of them as data beside it, each text once."""

from collections.abc import Iterable, Sequence

import msgspec

from narrowgate.report.html_text import text
from narrowgate.report.style import clean

_DRAWN = 40
"""So many rows are there for a reader without scripts."""
_UNSAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line: a mark in the colour of `state`, two cells, a tag, and what unfolds below it as name and text.

    `facets` are the values that the list's choices ask for, one a choice; several of a choice with blanks between.
    """

    state: str
    sign: str
    first: str
    second: str = ""
    tag: str = ""
    facets: tuple[str, ...] = ()
    told: tuple[tuple[str, str], ...] = ()


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A choice above a list: what it is about, and its values with their words."""

    about: str
    values: tuple[tuple[str, str], ...]


def row_list(own: str, about: str, rows: Sequence[Row], choices: Sequence[Choice] = ()) -> str:
    """A list with its search field and choices; `own` is its id, `about` names it for readers of screens."""
    selects = "".join(_select(each, facet) for facet, each in enumerate(choices) if len(each.values) > 1)
    shown = min(len(rows), _DRAWN)
    return (
        f'<div class="list" id="{own}" data-rows="{own}-data">\n<div class="bar-of-list">'
        f'<input type="search" placeholder="search" aria-label="Search in {text(about)}">{selects}'
        f'<span class="count" role="status">{shown} of {len(rows)} shown</span></div>\n'
        f'<div class="rows">{"".join(_row(each) for each in rows[:_DRAWN])}</div>\n'
        '<button type="button" class="show-more" hidden>Show more</button>\n</div>\n'
        f'<script type="application/json" id="{own}-data">{_data(rows)}</script>\n'
    )


def data(value: object) -> str:
    """JSON that cannot end its script element."""
    return msgspec.json.encode(value).decode().translate(_UNSAFE)


def _select(choice: Choice, facet: int) -> str:
    options = "".join(f'<option value="{text(value)}">{text(words)}</option>' for value, words in choice.values)
    every = f'<option value="">{text(choice.about)}: all</option>'
    return f'<select data-facet="{facet}" aria-label="{text(choice.about)}">{every}{options}</select>'


def _row(row: Row) -> str:
    told = "".join(f"<dt>{text(name)}</dt><dd>{text(words)}</dd>" for name, words in row.told)
    return (
        f'<details class="row"><summary><span class="mark {row.state}">{text(row.sign)}</span>'
        f'<span class="first">{text(row.first)}</span><span class="second">{text(row.second)}</span>'
        f'<span class="tag {row.state}">{text(row.tag)}</span></summary><dl>{told}</dl></details>'
    )


def _data(rows: Iterable[Row]) -> str:
    """`texts`, and rows that name them by number."""
    numbers: dict[str, int] = {}

    def number(words: str) -> int:
        return numbers.setdefault(clean(words), len(numbers))

    packed = [
        [
            number(row.state),
            number(row.sign),
            number(row.first),
            number(row.second),
            number(row.tag),
            [number(each) for each in row.facets],
            [[number(name), number(words)] for name, words in row.told],
        ]
        for row in rows
    ]
    return data({"texts": list(numbers), "rows": packed})
