"""`init`, `compare` and `check` as a person runs them: every format, exit codes, errors without stack traces."""

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from tests.unit.design.designs import EXAMPLES, GUIDE

from narrowgate.cli.main import cli, main
from narrowgate.report.schema import json_schema

PRICES = Path(__file__).resolve().parents[3] / "src" / "narrowgate" / "sources" / "prices"
BY_NAME = {path.parent.name: path for path in EXAMPLES}


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(arguments), standalone_mode=True)
    return result.exit_code, result.stdout


def failing(*arguments: str) -> str:
    """What is printed on the other channel where a command is refused."""
    runner = CliRunner()
    with runner.isolation() as streams:
        with pytest.raises(SystemExit) as left:
            main(list(arguments))
        error = streams[1].getvalue().decode()
    assert left.value.code == 2
    return error


def test_the_guide_is_compared_on_one_screen():
    status, text = run("compare", str(BY_NAME["guide"]))
    lines = text.splitlines()
    assert status == 0
    assert len(lines) <= 52
    assert max(map(len, lines)) <= 100
    assert "Take hosted-zone: 18.90 dollars a month (15.10 fixed, 3.80 by use; prices of " in text
    for question in (
        "Best practice first",
        "without configuring Route 53",
        "is Route 53 then the only way",
        "expose",
    ):
        assert question in text


def test_verbose_lists_what_is_opened_and_broken():
    _, text = run("compare", str(BY_NAME["guide"]), "--verbose")
    assert "+! name db.corp.internal (the private zone corp.internal of `api`) for web" in text
    assert "- the public API `status` for web: http_403" in text


def test_json_fits_its_schema_and_says_the_same():
    status, text = run("compare", str(BY_NAME["guide"]), "--format", "json")
    answer = json.loads(text)
    jsonschema.validate(answer, json.loads(json_schema("compare")))
    assert status == 0
    assert (answer["verdict"], answer["recommendation"]["option"]) == ("allowed", "hosted-zone")
    assert {"verdict", "decided_by", "blocking", "unknowns"} <= answer.keys()


def test_markdown_is_a_table_with_the_recommended_option_first():
    _, text = run("compare", str(BY_NAME["guide"]), "--format", "markdown")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert rows[0].startswith("| option |")
    assert rows[2].startswith("| **`hosted-zone`** |")
    assert {row.count("|") - row.count("\\|") for row in rows} == {10}


class _Page(HTMLParser):
    """Collects tags and addresses that a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.fetched += [value for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_fetches_nothing():
    _, text = run("compare", str(BY_NAME["guide"]), "--format", "html")
    page = _Page()
    page.feed(text)
    assert page.open == []
    assert all(address.startswith("#") for address in page.fetched)
    assert "script" not in page.tags


def test_names_from_a_design_cannot_act_as_html(tmp_path):
    path = tmp_path / "narrowgate.yaml"
    path.write_text(GUIDE.replace("{vpc: api, ", '{vpc: api, custom_domain: "<script>x</script>.example.com", '))
    status, text = run("compare", str(path), "--format", "html")
    assert status == 0
    assert "<script" not in text


@pytest.mark.parametrize(
    ("example", "status"), [("guide", 0), ("guide-as-written", 1), ("overlapping-ranges", 0), ("hub", 0)]
)
def test_check_leaves_with_the_status_of_its_verdict(example, status):
    assert run("check", str(BY_NAME[example]))[0] == status


def test_check_names_the_line_of_the_expectation_that_fails(tmp_path):
    path = tmp_path / "narrowgate.yaml"
    path.write_text(GUIDE + "via: alias\nexpect:\n  - web must not call GET orders/orders\n")
    status, text = run("check", str(path))
    assert status == 1
    assert f"{path}:13:5" in text


def test_check_is_undecided_where_the_engine_is(tmp_path):
    path = tmp_path / "narrowgate.yaml"
    path.write_text(GUIDE + "via: lattice\n")
    assert run("check", str(path))[0] == 3


def test_check_of_an_option_that_cannot_be_built_is_invalid(tmp_path):
    path = tmp_path / "narrowgate.yaml"
    path.write_text(GUIDE + "via: custom-domain\n")
    status, text = run("check", str(path), "--format", "json")
    answer = json.loads(text)
    assert (status, answer["verdict"], answer["decided_by"]["leg"]) == (1, "invalid", "config")
    assert answer["decided_by"]["rule"] == "AGW-08"


def test_an_option_that_a_constraint_forbids_does_not_hold(tmp_path):
    path = tmp_path / "narrowgate.yaml"
    path.write_text(GUIDE + "via: hosted-zone\nconstraints: {no_route53: true}\n")
    assert run("check", str(path))[0] == 1


def test_an_unknown_option_is_refused_where_it_stands(tmp_path):
    path = tmp_path / "narrowgate.yaml"
    path.write_text(GUIDE + "via: hosted-zones\n")
    error = failing("compare", str(path))
    assert f"{path}:11:6" in error
    assert "did you mean `hosted-zone`?" in error


def test_a_missing_file_names_the_nearest(tmp_path):
    shutil.copy(BY_NAME["guide"], tmp_path / "narrowgate.yaml")
    assert "did you mean `narrowgate.yaml`?" in failing("check", str(tmp_path / "narowgate.yaml"))


def test_init_writes_a_design_and_never_over_one(tmp_path):
    path = tmp_path / "narrowgate.yaml"
    assert run("init", str(path))[0] == 0
    before = path.read_text()
    assert "exists already" in failing("init", str(path))
    assert path.read_text() == before


def test_init_takes_over_a_snapshot(tmp_path):
    path = tmp_path / "estate.yaml"
    snapshot = BY_NAME["guide"].parent / "snapshot"
    assert run("init", str(path), "--from", str(snapshot))[0] == 0
    assert "id: a1b2c3d4e5" in path.read_text()


def test_a_bill_fits_its_schema_and_leaves_with_status_0():
    status, text = run("cost", str(BY_NAME["guide"]), "--via", "resolver", "--format", "json")
    answer = json.loads(text)
    jsonschema.validate(answer, json.loads(json_schema("cost")))
    assert (status, answer["verdict"], answer["cost"]["total"]) == (0, "allowed", 385.0)
    assert {"verdict", "decided_by", "blocking", "unknowns"} <= answer.keys()


def test_a_bill_shows_its_arithmetic_its_sources_and_its_dates():
    _, text = run("cost", str(BY_NAME["guide"]), "--via", "resolver", "--verbose")
    assert "365.00    Resolver endpoints: 4 addresses × 730 h × 0.125" in text
    assert "[network:COST-03]" in text
    assert "seen 2024-07 to 2024-10" in text
    assert max(map(len, text.splitlines())) <= 100


def test_a_bill_in_markdown_is_one_table():
    _, text = run("cost", str(BY_NAME["guide"]), "--via", "hosted-zone", "--format", "markdown")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {row.count("|") - row.count("\\|") for row in rows} == {4}
    assert "| **fixed** | | **15.10** |" in text


def test_a_bill_with_an_unknown_price_is_undecided_and_names_it():
    status, text = run("cost", str(BY_NAME["two-accounts"]))
    assert status == 3
    assert "REST API calls in eu-west-1" in text
    assert "paid by shop (111122223333)" in text


def test_a_bill_over_the_limit_does_not_hold(tmp_path):
    path = tmp_path / "narrowgate.yaml"
    path.write_text(GUIDE + "constraints: {max_monthly_cost: 100}\n")
    status, text = run("cost", str(path), "--via", "resolver", "--format", "json")
    assert (status, json.loads(text)["decided_by"]["reason"]) == (1, "MONTHLY_COST_OVER_LIMIT")
    assert run("cost", str(path), "--via", "alias")[0] == 0


def test_a_limit_moves_the_recommendation_and_fails_the_check_of_what_is_dearer(tmp_path):
    path = tmp_path / "narrowgate.yaml"
    path.write_text(GUIDE + "constraints: {max_monthly_cost: 18.50}\n")
    _, text = run("compare", str(path), "--format", "json")
    assert json.loads(text)["recommendation"]["option"] in ("alias", "privatelink", "privatelink-alias")
    path.write_text(GUIDE + "constraints: {max_monthly_cost: 18.50}\nvia: resolver\n")
    status, text = run("check", str(path))
    assert status == 1
    assert "385.00 dollars a month, over 18.50" in text


def test_a_price_book_of_one_s_own_is_used(tmp_path):
    book = json.loads((PRICES / "book.json").read_text())
    for price in book["prices"]:
        if price["item"] == "resolver-endpoint-hours":
            price["tiers"] = [{"amount": "0.01"}]
    path = tmp_path / "prices.json"
    path.write_text(json.dumps(book))
    _, text = run("cost", str(BY_NAME["guide"]), "--via", "resolver", "--prices", str(path), "--format", "json")
    assert json.loads(text)["cost"]["fixed"] == 43.80
    _, text = run("compare", str(BY_NAME["guide"]), "--prices", str(path), "--format", "json")
    found = {each["option"]: each["cost"]["total"] for each in json.loads(text)["options"] if each["fits"]}
    assert found["resolver"] == 49.20


@pytest.mark.parametrize(
    "arguments", [("--via", "resolvr"), ("--via", "custom-domain"), ("--prices", "nowhere.json")]
)
def test_a_bill_that_cannot_be_made_is_refused_with_a_way_out(arguments):
    error = failing("cost", str(BY_NAME["guide"]), *arguments)
    assert error.startswith("error: ")
    assert len(error.strip().splitlines()) == 2
