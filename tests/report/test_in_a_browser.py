"""The page in headless Chromium: its script runs under the page's own policy, nothing complains, lists filter."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.tools import missing

from narrowgate.api import reports
from narrowgate.api.audits import Terms
from narrowgate.guide.estate import build_guide
from narrowgate.guide.folder import write_snapshot
from narrowgate.report.html.report import render_report

CHROMIUM = next((each for each in ("chromium", "chromium-browser", "google-chrome") if shutil.which(each)), "")
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n')

# What a reader does, and what is then there; told in the document itself, which the browser prints.
READER = """<script>
const told = {};
const press = (key, where) => (where || document.activeElement || document.body).dispatchEvent(
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
press("/", document.body);
told.search = document.activeElement.type;
const list = document.getElementById("findings-list");
const rows = () => list.querySelectorAll(".row").length;
told.all = rows();
const search = list.querySelector("input");
search.value = "RULE";
search.dispatchEvent(new Event("input"));
told.found = rows();
told.count = list.querySelector(".count").textContent;
search.value = "nothing has this";
search.dispatchEvent(new Event("input"));
told.none = rows();
search.focus();
press("Escape");
told.back = rows();
const severity = list.querySelector("select");
severity.value = "medium";
severity.dispatchEvent(new Event("change"));
told.medium = [...list.querySelectorAll(".row .tag")].every((each) => each.textContent === "medium") && rows();
const heads = list.querySelectorAll("summary");
heads[0].focus();
press("ArrowDown");
told.second = document.activeElement === heads[1];
press("End");
told.last = document.activeElement === heads[heads.length - 1];
const names = document.getElementById("exposure-names");
const from = names.querySelector('select[aria-label="From"]');
from.value = "CONSUMER";
from.dispatchEvent(new Event("change"));
told.from = names.querySelectorAll(".row").length;
const picture = document.querySelector(".way .picture");
picture.closest("details").open = true;
picture.focus();
press("ArrowDown");
told.scrolls = document.activeElement === picture;
told.fits = document.documentElement.scrollWidth <= innerWidth;
document.getElementById("theme").click();
told.theme = document.documentElement.dataset.theme;
document.body.dataset.told = JSON.stringify(told);
</script>
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    if not CHROMIUM:
        missing("chromium")
    guide = build_guide()
    guide.estate.resource(guide.endpoint)["Tags"] = [{"Key": "Name", "Value": "<img src=x onerror=alert(1)>"}]
    folder = tmp_path_factory.mktemp("page")
    write_snapshot(guide.estate, folder / "snapshot")
    wanted = reports.Wanted(calls=(("requester-host", guide.url),), consumers=("all",))
    made = reports.report(folder / "snapshot", wanted, Terms())
    return render_report(made), made, folder


def _dom(file: Path, folder: Path) -> tuple[str, list[str]]:
    """The document after its script ran, and what the browser's console says."""
    done = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
            "--disable-background-networking", "--enable-logging=stderr", f"--user-data-dir={folder / 'profile'}",
            "--virtual-time-budget=2000", "--window-size=500,800", "--dump-dom", file.as_uri(),
        ],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def test_the_page_runs_under_its_own_policy_and_nothing_complains(page):
    content, _, folder = page
    file = folder / "page.html"
    file.write_text(content)
    dom, console = _dom(file, folder)
    assert console == []
    assert f'data-ready="{content.count("data-rows=")}"' in dom
    assert dom.count('<details class="row"') >= content.count('<details class="row"')
    assert "<img" not in dom


def test_a_script_that_is_not_the_page_s_own_does_not_run(page):
    content, _, folder = page
    file = folder / "foreign.html"
    file.write_text(content.replace("</body>", READER + "</body>"))
    dom, console = _dom(file, folder)
    assert "data-told" not in dom
    assert any("Content Security Policy" in line for line in console)


def test_lists_filter_search_and_can_be_walked_by_keys(page):
    content, made, folder = page
    file = folder / "read.html"
    findings = made.check.findings
    searched = findings[-1].rule
    consumer = made.exposure.consumers[-1]
    script = READER.replace("RULE", searched).replace("CONSUMER", consumer)
    file.write_text(POLICY.sub("", content).replace("</body>", script + "</body>"))
    dom, console = _dom(file, folder)
    assert console == []
    found = re.search(r'data-told="([^"]*)"', dom)
    assert found is not None
    told = found[1].replace("&quot;", '"')
    rule = sum(each.rule == searched for each in findings)
    medium = sum(str(each.severity) == "medium" for each in findings)
    names = sum(consumer in each.consumers for each in made.exposure.names)
    assert 0 < names < len(made.exposure.names)
    assert 1 < medium < len(findings) and 0 < rule < len(findings)
    for name, value in {
        "search": '"search"',
        "all": len(findings),
        "found": rule,
        "none": 0,
        "back": len(findings),
        "medium": medium,
        "second": "true",
        "last": "true",
        "from": names,
        "scrolls": "true",
        "fits": "true",
        "theme": '"light"',
    }.items():
        assert f'"{name}":{value}' in told, told
