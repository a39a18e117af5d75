"""`report` as a page: well-formed, self-contained, no name that acts as markup, the same bytes again."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from narrowgate.api import reports
from narrowgate.api.audits import Terms
from narrowgate.guide.broken import VARIATIONS
from narrowgate.guide.estate import build_guide
from narrowgate.guide.folder import write_snapshot
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
from narrowgate.report.html.report import render_report

ROOT = Path(__file__).parents[2]
HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "web\u202etxt.exe",
    "n" * 300,
    "</script><!--",
    "http://elsewhere.example/",
    "\u200f\u202bשלום\u2069 \U0001f9e8\U0001f3f4\u200d\u2620",
    "]]></svg><svg onload=alert(1)>",
)
UNSEEN = "\u200d\u200f\u202b\u202e\u2069"
"""Marks that turn or join what is shown."""
VOID = frozenset({"meta", "input", "br", "img", "link", "hr"})
DRAWN_EMPTY = frozenset({"rect", "path"})


class Page(HTMLParser):
    """What a page holds: ids, references, tags that do not match, addresses, text."""

    def __init__(self, content):
        super().__init__(convert_charrefs=True)
        self.ids, self.references, self.addresses, self.wrong = [], [], [], []
        self.tags, self.words, self.data = [], [], {}
        self._open, self._script = [], None
        self.feed(content)
        self.close()
        self.wrong += self._open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        given = dict(attrs)
        if tag not in VOID:
            self._open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "script":
            self._script = given.get("id", "")
        for name, value in attrs:
            if name in ("href", "src", "action", "data", "srcset", "poster", "formaction"):
                self.addresses.append(value)
            if name.startswith("on"):
                self.wrong.append(f"{tag} {name}")
            if name in ("data-rows", "for", "aria-controls", "aria-labelledby"):
                self.references.append(value)
        if tag == "a":
            self.references.append(given["href"].removeprefix("#"))

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in DRAWN_EMPTY:
            self.wrong.append(f"<{tag}/>")

    def handle_endtag(self, tag):
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}>")
        self._script = None if tag == "script" else self._script

    def handle_data(self, data):
        if self._script:
            self.data[self._script] = json.loads(data)
        elif self._script is None:
            self.words.append(data)


@pytest.fixture(scope="module")
def design():
    return reports.report(ROOT / "examples" / "guide-repaired" / "narrowgate.yaml", reports.Wanted(), Terms())


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The guide's estate with names that would act as markup if anybody let them."""
    guide = build_guide()
    for own, name in zip((guide.endpoint, guide.api.vpc, guide.requester.vpc), HOSTILE, strict=False):
        guide.estate.resource(own)["Tags"] = [{"Key": "Name", "Value": name}]
    for own, name in zip((*guide.api.subnets, *guide.requester.subnets), HOSTILE[3:] * 2, strict=False):
        guide.estate.resource(own)["Tags"] = [{"Key": "Name", "Value": name}]
    guide.estate.resource(guide.endpoint_group)["GroupName"] = HOSTILE[4]
    guide.estate.resource(guide.peering)["Tags"] = [{"Key": "Name", "Value": HOSTILE[6]}]
    guide.estate.resource(guide.requester.host)["Tags"] = [{"Key": "Name", "Value": HOSTILE[7]}]
    guide.estate.resource(guide.corp_zone)["Name"] = "</script><b>.internal."
    folder = tmp_path_factory.mktemp("hostile") / "snapshot"
    write_snapshot(guide.estate, folder)
    wanted = reports.Wanted(calls=((guide.requester.host, guide.url),), consumers=("all",))
    return render_report(reports.report(folder, wanted, Terms()))


def test_the_page_is_well_formed_and_needs_nothing_from_elsewhere(design):
    page = Page(render_report(design))
    assert page.wrong == []
    assert [each for each in page.addresses if not each.startswith("#")] == []
    assert len(page.ids) == len(set(page.ids))
    assert set(page.references) <= set(page.ids)
    assert {"verdicts", "calls", "estate", "exposure", "findings", "costs", "options"} <= set(page.ids)


def test_the_page_s_own_policy_lets_nothing_in(design):
    content = render_report(design)
    assert "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" in content
    assert re.findall(r"url\(|@import|https?://[^\s\"'<]*\.(?:js|css|woff2?|png)", content) == []


def test_names_of_an_account_are_text_and_nothing_else(hostile):
    page = Page(hostile)
    assert page.wrong == []
    assert page.tags.count("script") == 1 + len(page.data)
    assert "img" not in page.tags
    assert [each for each in UNSEEN if each in hostile] == []
    told = "".join(page.words) + "".join(each for data in page.data.values() for each in data["texts"])
    assert HOSTILE[0] in told
    assert HOSTILE[1] in told
    assert "\U0001f9e8" in told


def test_hostile_names_are_really_in_what_is_asked(hostile):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in hostile
    assert "n" * 300 in hostile


def test_the_same_input_gives_the_same_bytes(design):
    again = reports.report(ROOT / "examples" / "guide-repaired" / "narrowgate.yaml", reports.Wanted(), Terms())
    assert render_report(again) == render_report(design)


def test_every_promise_has_a_way_with_its_hops_and_a_picture(design):
    content = render_report(design)
    ways = content.split('<details class="way"')[1:]
    assert len(ways) == len(design.check.expectations) == 6
    assert all('<ol class="hops">' in each and "<svg" in each for each in ways)
    assert design.verdict is Verdict.ALLOWED


@pytest.mark.parametrize("name", ["no-return-route", "endpoint-group-without-client-range", "rule-not-associated"])
def test_the_hop_that_blocks_is_marked_and_named_in_list_and_picture(name, tmp_path):
    case = VARIATIONS[name].make()
    write_snapshot(case.guide.estate, tmp_path / "snapshot")
    wanted = reports.Wanted(calls=((case.client, case.url),))
    made = reports.report(tmp_path / "snapshot", wanted, Terms(fail_on=None))
    content = render_report(made)
    stopping = next(
        each for each in (*made.traces[0].dns.steps, *made.traces[0].hops) if each.verdict != "allowed"
    )
    assert content.count("Blocked here") == 1
    assert f'<span class="here">Blocked here</span>: <code>{stopping.component}</code>' in content
    assert f"blocked: {stopping.component}"[:44] in content


def test_a_call_that_works_marks_no_hop(tmp_path):
    guide = build_guide()
    write_snapshot(guide.estate, tmp_path / "snapshot")
    wanted = reports.Wanted(calls=(("requester-host", guide.url),))
    content = render_report(reports.report(tmp_path / "snapshot", wanted, Terms(fail_on=None)))
    assert "Blocked here" not in content and 'class="callout' not in content


def test_rows_are_data_that_hold_every_entry(design):
    page = Page(render_report(design))
    assert design.exposure is not None
    for own, entries in (("names", design.exposure.names), ("sockets", design.exposure.sockets)):
        assert len(page.data[f"exposure-{own}-data"]["rows"]) == len(entries)
    assert len(page.data["findings-list-data"]["rows"]) == len(design.check.findings)


def test_what_was_not_asked_is_told(tmp_path):
    guide = build_guide()
    write_snapshot(guide.estate, tmp_path / "snapshot")
    made = reports.report(tmp_path / "snapshot", reports.Wanted(consumers=(guide.api.vpc,)), Terms())
    assert made.unasked == 2
    assert "2 other VPCs were not asked about" in render_report(made)


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing(design, tmp_path):
    with pytest.raises(InputError) as caught:
        reports.write_report(tmp_path / "missing" / "page.html", design)
    assert "cannot be written" in str(caught.value.message)
    assert list(tmp_path.iterdir()) == []


def test_a_design_whose_way_cannot_be_built_says_so_and_shows_the_others(tmp_path):
    text = (ROOT / "examples" / "overlapping-ranges" / "narrowgate.yaml").read_text()
    text = re.sub(r"(?m)^via:.*\n", "", text)
    (tmp_path / "narrowgate.yaml").write_text(text + "via: alias\n")
    made = reports.report(tmp_path / "narrowgate.yaml", reports.Wanted(), Terms())
    page = Page(render_report(made))
    assert (made.verdict, made.snapshot, page.wrong) == (Verdict.INVALID, None, [])
    assert set(page.references) <= set(page.ids)
    assert "overlap: AWS refuses such a peering" in "".join(page.words)


def test_a_source_with_nothing_in_it_is_a_page_as_well(tmp_path):
    (tmp_path / "ec2.describe_vpcs.json").write_text('{"Vpcs": []}')
    page = Page(render_report(reports.report(tmp_path, reports.Wanted(), Terms())))
    assert page.wrong == []
    assert "The source has no VPC and no API." in "".join(page.words)


RECT = re.compile(r'<rect (?:class="chip" )?x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"')


def rectangles(svg, group):
    """Left, top, right and bottom of the first rectangle of each group of a class."""
    for part in re.findall(rf'<g class="{group}[^"]*">.*?</g>', svg):
        x, y, width, height = map(int, RECT.search(part).groups())
        yield x, y, x + width, y + height


@pytest.mark.parametrize("name", ["no-return-route-by-alias", "endpoint-group-empty", "rule-not-associated"])
def test_the_flag_of_the_blocked_hop_hides_nothing_and_what_comes_after_is_faint(name, tmp_path):
    case = VARIATIONS[name].make()
    folder = tmp_path / "snapshot"
    write_snapshot(case.guide.estate, folder)
    wanted = reports.Wanted(calls=((case.client, case.url),))
    page = render_report(reports.report(folder, wanted, Terms()))
    svg = next(each for each in re.findall(r"<svg class=\"estate\".*?</svg>", page, re.S) if "callout" in each)
    (flag,) = rectangles(svg, "callout")
    for other in (*rectangles(svg, "chip"), *rectangles(svg, "stop")):
        apart = other[2] <= flag[0] or flag[2] <= other[0] or other[3] <= flag[1] or flag[3] <= other[1]
        assert apart, (flag, other)
    stops = re.findall(r'<g class="stop ([^"]*)"', svg)
    blocked = next(at for at, each in enumerate(stops) if "denied" in each or "invalid" in each)
    assert [each.endswith(" later") for each in stops] == [False] * (blocked + 1) + [True] * (
        len(stops) - blocked - 1
    )
