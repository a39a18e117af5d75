"""`report` as users meet it: the file, what is told, the status."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "examples" / "guide" / "narrowgate.yaml"


def test_a_design_that_holds_leaves_one_file_and_exits_0(narrowgate, tmp_path):
    done = narrowgate("report", GUIDE, "--out", tmp_path / "guide.html")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{tmp_path / 'guide.html'}: allowed, ")
    assert [each.name for each in tmp_path.iterdir()] == ["guide.html"]
    assert "web must not reach 10.0.1.20:5432" in (tmp_path / "guide.html").read_text()


def test_a_call_that_fails_exits_1_and_is_on_the_page(narrowgate, snapshot, guide, tmp_path):
    url = guide.url.replace("/prod/", "/nope/")
    done = narrowgate("report", snapshot, "--out", tmp_path / "a.html", "--from", "requester-host", url)
    assert done.returncode == 1
    assert f"requester-host calls GET {url}" in (tmp_path / "a.html").read_text()


def test_a_design_s_expectations_are_drawn_on_another_source(narrowgate, snapshot, tmp_path):
    design = tmp_path / "narrowgate.yaml"
    design.write_text(GUIDE.read_text().replace("  - web must call GET status/status\n", ""))
    done = narrowgate("report", snapshot, "--design", design, "--out", tmp_path / "a.html")
    assert done.returncode in (0, 1), done.stderr
    page = (tmp_path / "a.html").read_text()
    assert "web may call GET orders/orders" in page and '<ol class="hops">' in page
    assert "Ways to connect" in page
    assert "open and not meant" in page and "(requester)" in page.partition('id="exposure"')[2][:400]


def test_what_cannot_be_written_or_asked_is_one_error(narrowgate, snapshot, tmp_path):
    done = narrowgate("report", GUIDE, "--out", tmp_path / "missing" / "a.html")
    assert (done.returncode, "no such folder" in done.stderr) == (2, True)
    done = narrowgate("report", snapshot, "--out", tmp_path / "a.html", "--consumer", "nobody")
    assert (done.returncode, "nobody" in done.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []
