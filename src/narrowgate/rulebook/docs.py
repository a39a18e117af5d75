"""Write the rule book as Markdown pages: `python -m narrowgate.rulebook.docs docs/rules`.

One page for each family with an anchor for each rule, an index with counts, and the ledger of beliefs. The
pages depend on the data files alone: the same data gives the same bytes.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from narrowgate.rulebook.catalogue import beliefs, books, cast, find_rule, load_rules
from narrowgate.rulebook.rule import STATUS_WORDS, Belief, BookTitle, Family, Rule, Status

_MARK = "<!-- written by `python -m narrowgate.rulebook.docs`; change the data files instead -->"
_LEGEND = (
    "A rule is *modelled* where answers depend on it, *approximated* where answers take part of it into account "
    "and say so, and *not modelled* where no answer depends on it. Confidence is high, medium or low; beside it "
    "stands whether AWS documents the behaviour, it is derived from what AWS documents, it was seen in the "
    "field, or it is own knowledge."
)
_SPECIAL = re.compile(r"[\\`*<>\[\]|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def render_pages() -> dict[PurePosixPath, str]:
    """Return every page by its path below the output folder."""
    pages = {
        PurePosixPath("index.md"): _index(),
        PurePosixPath("beliefs.md"): _ledger(),
        PurePosixPath("limits.md"): _limits(),
    }
    for book in books():
        for family in book.families:
            pages[_page(family.book, family.name)] = _family_page(book, family)
    return pages


def main(arguments: Sequence[str]) -> int:
    """Write all pages below the folder that is the only argument; 2 if there is not exactly one."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m narrowgate.rulebook.docs FOLDER\n")
        return 2
    folder = Path(arguments[0])
    pages = render_pages()
    for path, text in pages.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{len(pages)} pages, {len(load_rules())} rules, {len(beliefs())} beliefs\n")
    return 0


def _index() -> str:
    rules = load_rules()
    lines = [
        _MARK,
        "",
        "# Rule book",
        "",
        f"{len(rules)} rules say how AWS behaves on the way from a client to a private API, and what follows. "
        "Every answer cites the rules it rests on; `narrowgate explain RSLV-04` prints one. Claims that are "
        f"often heard, and what is true of them, stand in the [ledger of beliefs](beliefs.md) "
        f"({len(beliefs())} claims). What is approximated or not modelled, and why: [limits](limits.md).",
        "",
        _LEGEND,
        "",
        _md(cast()),
        "",
        *_table(
            ["Book", "Rules", *STATUS_WORDS.values()],
            [*(_counts(_md(book.title), _rules_of(book)) for book in books()), _counts("All", rules)],
        ),
    ]
    for book in books():
        lines += ["", f"## {_md(book.title)}", "", _md(book.intro), ""]
        lines += _table(
            ["Family", "About", "Rules", *STATUS_WORDS.values()],
            [_family_row(family) for family in book.families],
        )
    return "\n".join(lines) + "\n"


def _family_row(family: Family) -> list[str]:
    count, *rest = _counts("", family.rules)[1:]
    return [f"[{family.name}]({_page(family.book, family.name)})", _md(family.title), count, *rest]


def _family_page(book: BookTitle, family: Family) -> str:
    here = _page(family.book, family.name)
    lines = [_MARK, "", f"# {family.name}: {_md(family.title)}", "", _md(family.intro), ""]
    lines += [f"[Rule book](../index.md), {_md(book.title)}"]
    for rule in family.rules:
        lines += ["", *_rule_section(rule, here)]
    return "\n".join(lines) + "\n"


def _rule_section(rule: Rule, here: PurePosixPath) -> list[str]:
    lines = [
        f'<a id="{_anchor(rule)}"></a>',
        "",
        f"## {rule.bare_id} {_md(rule.title)}",
        "",
        f"*{STATUS_WORDS[rule.status]}, confidence {rule.confidence} ({rule.basis})*",
        "",
        _md(rule.statement),
        "",
        f"**Therefore.** {_md(rule.consequence)}",
        "",
        f"**Example.** {_md(rule.example)}",
    ]
    if rule.why:
        lines += ["", f"**{STATUS_WORDS[rule.status].capitalize()}.** {_md(rule.why)}"]
    if rule.see:
        lines += ["", f"**See** {_rule_links(rule.see, here)}"]
    lines += ["", "**Sources**", ""]
    lines += [
        f"- [{_md(source.name)}]({source.url})" if source.url else f"- {_md(source.name)}"
        for source in rule.sources
    ]
    return lines


def _ledger() -> str:
    verdicts = Counter(belief.verdict for belief in beliefs())
    lines = [
        _MARK,
        "",
        "# Common beliefs",
        "",
        f"{len(beliefs())} claims that are often heard about private APIs between VPCs: {verdicts['true']} are",
        f"true, {verdicts['false']} are false, {verdicts['nuanced']} hold only in part.",
    ]
    for book in books():
        lines += ["", f"## {_md(book.title)}"]
        for belief in beliefs():
            if belief.book == book.id:
                lines += ["", *_belief_section(belief)]
    return "\n".join(lines) + "\n"


def _limits() -> str:
    """Every rule that is approximated or not modelled, with the reason."""
    here = PurePosixPath("limits.md")
    lines = [
        _MARK,
        "",
        "# What is approximated, and what is not modelled",
        "",
        "Every other rule of the book is modelled.",
    ]
    limited: tuple[Status, ...] = ("approximated", "not_modelled")
    for status in limited:
        rules = [rule for rule in load_rules() if rule.status == status]
        lines += ["", f"## {STATUS_WORDS[status].capitalize()} ({len(rules)})", ""]
        rows = [[_rule_link(rule, here), _md(rule.title), _md(" ".join(rule.why.split()))] for rule in rules]
        lines += _table(["Rule", "About", "Why, and how"], rows)
    return "\n".join(lines) + "\n"


def _belief_section(belief: Belief) -> list[str]:
    links = _rule_links(belief.rules, PurePosixPath("beliefs.md"))
    return [
        f'<a id="{belief.id.replace(":", "-")}"></a>',
        "",
        f"**{_md(belief.claim)}**",
        "",
        f"*{belief.verdict.capitalize()}.* {_md(belief.truth)} ({links})",
    ]


def _rule_links(identifiers: Iterable[str], here: PurePosixPath) -> str:
    return ", ".join(_rule_link(find_rule(identifier), here) for identifier in identifiers)


def _rule_link(rule: Rule, here: PurePosixPath) -> str:
    page = _page(rule.book, rule.family)
    up = "../" * (len(here.parts) - 1)
    target = page.name if page.parent == here.parent else f"{up}{page}"
    return f"[{rule.id}]({target}#{_anchor(rule)})"


def _page(book: str, family: str) -> PurePosixPath:
    return PurePosixPath(book, f"{family.lower()}.md")


def _anchor(rule: Rule) -> str:
    return rule.bare_id.lower()


def _rules_of(book: BookTitle) -> list[Rule]:
    return [rule for family in book.families for rule in family.rules]


def _counts(label: str, rules: Sequence[Rule]) -> list[str]:
    by_status = Counter(rule.status for rule in rules)
    return [label, str(len(rules)), *(str(by_status[status]) for status in STATUS_WORDS)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [
        "| " + " | ".join(head) + " |",
        "| " + " | ".join("---" for _ in head) + " |",
        *("| " + " | ".join(row) + " |" for row in rows),
    ]


def _md(text: str) -> str:
    """Escape what Markdown would read as markup: `vpce-*` must stay `vpce-*`."""
    return _SPECIAL.sub(lambda match: "\\" + match[0], text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
