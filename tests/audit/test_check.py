"""`check` with audit rules: what fails it, what is accepted, the formats, what a crash of a rule looks like."""

import json
import re
import shutil
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

import jsonschema
import msgspec
import pytest

from narrowgate.api import designs
from narrowgate.api.audits import Terms, check_sources, keep_baseline
from narrowgate.audit.acceptance import Acceptance, accept
from narrowgate.audit.registry import RULES, find_rule
from narrowgate.audit.rule import Rule
from narrowgate.audit.run import CRASHED, audit
from narrowgate.cli.audit_pages import pages
from narrowgate.cli.main import main
from narrowgate.guide.broken import VARIATIONS
from narrowgate.guide.estate import build_guide
from narrowgate.guide.folder import snapshot_of, write_snapshot
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
from narrowgate.model.finding import Finding, Severity
from narrowgate.report.broken_promises import broken_promises
from narrowgate.report.check_markdown import render_check_markdown
from narrowgate.report.junit import render_junit
from narrowgate.report.sarif import render_sarif
from narrowgate.rulebook import load_rules

ROOT = Path(__file__).parents[2]
SARIF = json.loads((Path(__file__).parent / "data" / "sarif-2.1.0-rtm.5.json").read_text())
TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def estate(tmp_path_factory):
    """The guide's estate with an open endpoint group."""
    guide = build_guide()
    guide.api.estate.resource(guide.endpoint_group)["IpPermissions"][0]["IpRanges"] = [{"CidrIp": "0.0.0.0/0"}]
    folder = tmp_path_factory.mktemp("estate") / "snapshot"
    write_snapshot(guide.estate, folder)
    return folder


def test_pages_are_up_to_date():
    written = {path.name: path.read_text() for path in (ROOT / "docs" / "audit").glob("*.md")}
    assert written == pages(ROOT / "docs" / "audit" / "examples")


def test_rules_cite_the_rule_book():
    known = {rule.bare_id for rule in load_rules()}
    assert [(rule.id, each) for rule in RULES for each in rule.rules if each not in known] == []


def test_there_is_a_rule_for_every_defect_that_people_meet():
    assert len(RULES) >= 60


def test_modules_are_named_after_their_rule():
    for rule in RULES:
        assert rule.check.__module__.rpartition(".")[2] == f"{rule.id}_{rule.name}".lower().replace("-", "_")
        assert re.fullmatch(r"[A-Z]{3}\d{3}", rule.id)


def test_a_grave_finding_fails_the_check_and_a_lesser_threshold_does_not(estate):
    assert check_sources([estate], Terms()).verdict is Verdict.DENIED
    assert check_sources([estate], Terms(fail_on=Severity.CRITICAL)).verdict is Verdict.ALLOWED
    assert check_sources([estate], Terms(fail_on=None)).verdict is Verdict.ALLOWED


def test_a_suppression_ends_with_its_day(estate, tmp_path):
    file = tmp_path / "accepted.yaml"
    file.write_text("- {rule: endpoint-group-open, reason: a test, until: 2026-11-26}\n")
    on_the_day = check_sources([estate], Terms(suppressions=file, today=TODAY))
    after = check_sources([estate], Terms(suppressions=file, today=date(2026, 11, 27)))
    assert (on_the_day.verdict, after.verdict) == (Verdict.ALLOWED, Verdict.DENIED)


def test_a_suppression_that_nothing_needs_is_told(estate, tmp_path):
    file = tmp_path / "accepted.yaml"
    file.write_text("- {rule: EPT009, reason: it was failing once}\n")
    assert any("EPT009" in each for each in check_sources([estate], Terms(suppressions=file)).warnings)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("- {rule: EPT999, reason: x}\n", "EPT999"),
        ("- {rule: EPT004}\n", "reason"),
        ("rule: EPT004\n", "list"),
        ("- {rule: EPT004, reason: x, until: soon}\n", "until"),
        ("- [\n", "YAML"),
    ],
)
def test_a_wrong_suppression_file_is_refused_with_its_place(estate, tmp_path, text, wanted):
    file = tmp_path / "accepted.yaml"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        check_sources([estate], Terms(suppressions=file))
    assert wanted in str(caught.value.message) + str(caught.value.help)
    assert caught.value.where.startswith(str(file))


def test_a_baseline_makes_old_findings_count_no_more(estate, tmp_path):
    file = tmp_path / "known.json"
    keep_baseline(file, check_sources([estate], Terms()))
    assert check_sources([estate], Terms(baseline=file)).verdict is Verdict.ALLOWED
    assert all(not each.is_new for each in check_sources([estate], Terms(baseline=file)).findings)


def test_sarif_is_valid_and_complete(estate):
    answer = check_sources([estate], Terms())
    log = json.loads(render_sarif(answer.findings, Path.cwd()))
    jsonschema.validate(log, SARIF)
    (run,) = log["runs"]
    assert len(run["results"]) == len(answer.findings)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_names_files_from_the_root_and_others_by_a_uri_of_their_own(estate, tmp_path, monkeypatch):
    monkeypatch.chdir(estate.parent)
    places = {}
    for source in (Path(estate.name), estate, tmp_path / "a b" / "plan: 1"):
        if source.parent.name == "a b":
            shutil.copytree(estate, source)
        log = json.loads(render_sarif(check_sources([source], Terms()).findings, estate.parent))
        jsonschema.validate(log, SARIF)
        (run,) = log["runs"]
        root = run["originalUriBaseIds"]["%SRCROOT%"]["uri"]
        assert root == f"{estate.parent.as_uri()}/"
        for result in run["results"]:
            place = result["locations"][0]["physicalLocation"]["artifactLocation"]
            whole = urljoin(root if place.get("uriBaseId") else "", place["uri"])
            assert Path(unquote(urlsplit(whole).path)).is_file(), place
        places[source.name, source.is_absolute()] = {"uriBaseId" in place, place["uri"][:8] == "file:///"}
    assert list(places.values()) == [{True, False}, {True, False}, {False, True}]


def test_findings_of_a_design_stand_at_the_line_of_their_part():
    path = ROOT / "examples" / "guide" / "narrowgate.yaml"
    findings = check_sources([path], Terms()).findings
    places = {each.rule: (str(each.location), each.location.address) for each in findings}
    line = (
        path.read_text().splitlines().index(next(x for x in path.read_text().splitlines() if "billing:" in x)) + 1
    )
    assert places["OPS005"] == (f"{path}:{line}", "apis.billing")
    assert all(each.location.line for each in findings)


def test_a_suppression_that_is_over_is_told(estate, tmp_path):
    file = tmp_path / "accepted.yaml"
    file.write_text("- {rule: EPT004, reason: for a while, until: 2026-11-25}\n- {rule: EPT011, reason: old}\n")
    answer = check_sources([estate], Terms(suppressions=file, today=TODAY))
    told = " ".join(answer.warnings)
    assert "the suppression of EPT004 ended on 2026-11-25: its findings count again" in told
    assert "the suppression of EPT011 is not needed any more" in told
    assert any(each.rule == "EPT004" and each.counts for each in answer.findings)


def test_sarif_of_nothing_is_valid():
    jsonschema.validate(json.loads(render_sarif((), Path.cwd())), SARIF)


def test_junit_counts_what_fails(estate):
    answer = check_sources([estate], Terms())
    suites = {suite.get("name"): suite for suite in ElementTree.fromstring(render_junit(answer))}  # noqa: S314
    assert suites["audit"].get("failures") == str(len(answer.failing))


def test_markdown_has_room_in_a_comment(estate):
    from narrowgate.model.comparison import CheckAnswer

    finding = check_sources([estate], Terms()).findings[0]
    text = render_check_markdown(CheckAnswer(verdict=Verdict.DENIED, source="x", findings=(finding,) * 3000))
    assert "**3,000 findings**" in text and "2,900 more are in the other formats." in text
    assert len(text) < 65536
    assert "\n\n\n" not in text


def test_no_word_of_a_rule_is_torn_apart():
    torn = [each.id for each in RULES if re.search(r"[a-z]- [a-z]", f"{each.what} {each.why} {each.remediation}")]
    assert torn == []


def test_markdown_escapes_what_an_account_can_name():
    rule = find_rule("EPT004")
    assert rule is not None
    finding = audit(snapshot_of(build_guide().estate), [RULES[0]])
    assert isinstance(finding, tuple)
    from narrowgate.model.comparison import CheckAnswer

    hostile = Finding(
        rule="EPT004",
        name="x",
        severity=Severity.HIGH,
        confidence=rule.confidence,
        resource="r",
        message="<script>|`a`",
        remediation="",
        fingerprint="f",
    )
    text = render_check_markdown(CheckAnswer(verdict=Verdict.DENIED, source="s", findings=(hostile,)))
    assert "<script>" not in text and "\\|" in text


def test_a_rule_that_fails_is_a_finding_of_its_own():
    def broken(estate):
        raise ZeroDivisionError("x")
        yield

    first = RULES[0]
    rule = Rule(**{field: getattr(first, field) for field in Rule.__struct_fields__} | {"check": broken})
    (found,) = audit(snapshot_of(build_guide().estate), [rule])
    assert found.rule == CRASHED and first.id in found.message


def test_fingerprints_survive_what_changes_around_a_finding():
    one, other = (audit(snapshot_of(build_guide(resolver=flag).estate)) for flag in (True, False))
    prints = {each.fingerprint for each in other}
    assert {each.fingerprint for each in one if each.rule == "EPT003"} <= prints


def test_acceptances_mean_ids_and_names_alike():
    entry = Acceptance(rule="private-dns-captures-public-apis", reason="known")
    findings = audit(snapshot_of(build_guide().estate))
    accepted = [each for each in accept(findings, [entry], today=TODAY) if each.suppressed]
    assert {each.rule for each in accepted} == {"EPT003"}


@pytest.mark.parametrize("name", sorted(VARIATIONS))
def test_no_rule_crashes_on_a_broken_form_of_the_guide(name):
    snapshot = snapshot_of(VARIATIONS[name].make().guide.estate)
    assert [each.message for each in audit(snapshot) if each.rule == CRASHED] == []


def test_no_rule_crashes_where_nothing_was_collected():
    from narrowgate.model.estate_facts import Collections
    from narrowgate.model.snapshot import Snapshot

    assert audit(Snapshot(Collections(), places={})) == ()


def test_answers_decode_from_their_own_json(estate):
    from narrowgate.model.comparison import CheckAnswer

    answer = check_sources([estate], Terms())
    assert msgspec.json.decode(msgspec.json.encode(answer), type=CheckAnswer) == answer


BROKEN = """region: us-east-1
vpcs:
  requester: {cidr: 10.1.0.0/16}
  api: {cidr: 10.0.0.0/16}
apis:
  orders: {vpc: api, routes: [GET /orders]}
consumers:
  web: {vpc: requester, may_call: [orders]}
links:
  - peering: [requester, api]
via: VIA
expect:
  - web must not reach 10.0.1.20:5432
"""


def _sarif_of_design(tmp_path, via, text=BROKEN):
    design = tmp_path / "narrowgate.yaml"
    design.write_text(text.replace("VIA", via))
    answer = check_sources([design], Terms())
    log = json.loads(render_sarif((*broken_promises(answer), *answer.findings), Path.cwd()))
    jsonschema.validate(log, SARIF)
    return [each for each in log["runs"][0]["results"] if each["ruleId"] == "EXP001"]


def test_an_expectation_that_fails_is_a_result_at_its_line_with_its_way_as_code_flow(tmp_path):
    (result,) = _sarif_of_design(tmp_path, "peering-dns")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("narrowgate.yaml")
    assert place["region"]["startLine"] == 8
    assert "web may call GET orders/orders: does not hold" in result["message"]["text"]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [each["importance"] for each in steps] == ["unimportant"] * (len(steps) - 1) + ["essential"]
    assert steps[-1]["location"]["message"]["text"].startswith("denied: ")


def test_an_expectation_that_holds_is_no_result(tmp_path):
    assert _sarif_of_design(tmp_path, "alias") == []


def test_an_option_that_cannot_be_built_is_a_result(tmp_path):
    overlapping = BROKEN.replace("links:\n  - peering: [requester, api]\n", "").replace("10.1.0.0", "10.0.0.0")
    (result,) = _sarif_of_design(tmp_path, "alias", overlapping)
    assert "`alias` cannot be built" in result["message"]["text"]


def test_a_broken_constraint_is_a_result(tmp_path):
    apart = BROKEN.replace("links:\n  - peering: [requester, api]\n", "constraints: {no_new_peering: true}\n")
    (result,) = _sarif_of_design(tmp_path, "alias", apart)
    assert "the constraint `no_new_peering` is broken" in result["message"]["text"]


def test_check_tells_the_way_of_each_promise_and_compare_keeps_to_what_came_of_it(tmp_path):
    design = tmp_path / "narrowgate.yaml"
    design.write_text(BROKEN.replace("VIA", "alias"))
    assert all(each.steps for each in check_sources([design], Terms()).expectations)
    options = designs.compare(design).options
    assert not any(each.steps for option in options for each in (*option.calls, *option.expectations))


def test_the_list_of_rules_tells_how_many_there_are(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["check", "--list-rules"])
    assert ended.value.code == 0
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == len(RULES)
    assert told.err.strip().startswith(f"{len(RULES)} rules: ")
