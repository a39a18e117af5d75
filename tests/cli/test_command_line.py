"""The command line as users meet it: output, exit status, help, errors."""

import json
import shutil

import jsonschema
import pytest

from narrowgate.cli.main import cli
from narrowgate.report.schema import json_schema

ACCOUNT = "111122223333"


def test_a_call_that_works_exits_0_and_says_so(narrowgate, snapshot, guide):
    done = narrowgate("trace", snapshot, "--from", "requester-host", guide.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("✓ allowed  GET ")
    assert done.stderr == ""


def test_a_call_that_fails_exits_1(narrowgate, snapshot, guide):
    done = narrowgate("trace", snapshot, "--from", "requester-host", guide.url.replace("/prod/", "/nope/"))
    assert done.returncode == 1
    assert "HTTP 403  ForbiddenException" in done.stdout


def test_an_undecided_call_exits_3(narrowgate, snapshot, guide, tmp_path):
    for path in snapshot.rglob("*.json"):
        if path.name != "ec2.describe_route_tables.json":
            copy = tmp_path / path.relative_to(snapshot)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    done = narrowgate("reach", tmp_path, "--from", "requester-host", "--to", guide.endpoint, "--port", "443")
    assert done.returncode == 3
    assert "ec2.describe_route_tables" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("trace", "SNAPSHOT", "--from", "requester-host", "URL"),
        ("reach", "SNAPSHOT", "--from", "requester-host", "--to", "ENDPOINT", "--port", "443"),
        ("resolve", "SNAPSHOT", "--from", "requester-host", "db.corp.internal"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_json_fits_its_published_schema(narrowgate, snapshot, guide, arguments):
    words = {"SNAPSHOT": str(snapshot), "URL": guide.url, "ENDPOINT": guide.endpoint}
    done = narrowgate(*(words.get(each, each) for each in arguments), "--format", "json")
    answer = json.loads(done.stdout)
    assert answer["schema"] == f"narrowgate.{arguments[0]}/1"
    assert {"verdict", "decided_by", "blocking", "unknowns"} <= set(answer)
    jsonschema.validate(answer, json.loads(json_schema(arguments[0])))


def test_a_file_that_nobody_understands_is_told_beside_the_answer(narrowgate, snapshot, tmp_path):
    root = tmp_path / "odd"
    shutil.copytree(snapshot, root)
    (root / ACCOUNT / "us-east-1" / "Odd.json").write_text('{"Hello\\u001b": []}')
    done = narrowgate("resolve", root, "--from", "database", "db.corp.internal", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)["addresses"]) == (0, ["10.0.1.20"])
    note = f"note: {ACCOUNT}/us-east-1/Odd.json: not understood: no AWS response that narrowgate knows\n"
    assert done.stderr == note
    question = json.dumps({"id": 1, "ask": "resolve", "from": "database", "name": "db.corp.internal"}) + "\n"
    asked = narrowgate("ask", root, "--questions", "-", stdin=question * 2)
    assert asked.stderr.startswith(note)
    assert asked.stderr.count("note:") == 1


def test_an_unknown_client_is_an_error_with_the_nearest_name(narrowgate, snapshot, guide):
    done = narrowgate("trace", snapshot, "--from", "requester-hots", guide.url)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "`requester-hots`" in done.stderr
    assert "did you mean `requester-host`?" in done.stderr


def test_an_unknown_command_names_the_nearest(narrowgate):
    done = narrowgate("trcae")
    assert done.returncode == 2
    assert "Did you mean `trace`?" in done.stderr


def test_a_truncated_file_is_one_error_without_a_stack_trace(narrowgate, snapshot, guide, tmp_path):
    folder = tmp_path / ACCOUNT / "us-east-1"
    folder.mkdir(parents=True)
    (folder / "ec2.describe_vpcs.json").write_text('{"Vpcs": [{"VpcId": "vpc-')
    done = narrowgate("trace", tmp_path, "--from", "requester-host", guide.url)
    assert done.returncode == 2
    assert "ec2.describe_vpcs.json:1: ends in the middle of a value" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/", "https://", "not a url", "https://exa mple.com/", "https://a..b/", "https://x:99999/"],
)
def test_what_is_no_url_is_refused(narrowgate, snapshot, url):
    done = narrowgate("trace", snapshot, "--from", "requester-host", url)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")


def test_colour_appears_only_when_asked_for(narrowgate, snapshot, guide):
    arguments = ("trace", snapshot, "--from", "requester-host", guide.url)
    assert "\x1b[" not in narrowgate(*arguments).stdout
    assert "\x1b[" in narrowgate(*arguments, FORCE_COLOR="1").stdout


@pytest.mark.parametrize("verb", cli.list_commands(None))  # type: ignore[arg-type]
def test_every_verb_explains_itself(narrowgate, verb):
    done = narrowgate(verb, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: ")


def test_ask_answers_in_order_and_survives_bad_questions(narrowgate, snapshot, guide):
    questions = [
        {"id": 1, "ask": "trace", "from": "requester-host", "url": guide.url},
        "this is not JSON",
        {"id": 3, "ask": "resolve", "from": "nobody", "name": "x.example"},
        {"id": 4, "ask": "divine"},
        {"id": 5, "ask": "resolve", "from": "requester-host"},
        {"id": 6, "ask": "reach", "from": "requester-host", "to": guide.endpoint, "port": 443, "prot": "tcp"},
        {"id": 7, "ask": "reach", "from": "requester-host", "to": guide.endpoint, "port": 443},
    ]
    text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in questions)
    done = narrowgate("ask", snapshot, "--questions", "-", stdin=text)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [line["id"] for line in lines] == [1, None, 3, 4, 5, 6, 7]
    assert [line["exit"] for line in lines] == [0, 2, 2, 2, 2, 2, 0]
    assert lines[0]["answer"]["symptom"] == "http_200"
    assert all(line["error"]["message"] for line in lines[1:6])
    assert "7 questions answered" in done.stderr


def test_ask_takes_another_source_and_documents_in_the_question(narrowgate, snapshot, guide, tmp_path):
    request = {
        "schema": "narrowgate.authorize-request/1",
        "api": {"id": "a1b2c3d4e5", "account": ACCOUNT, "region": "us-east-1"},
        "stage": "prod",
        "method": "GET",
        "path": "/orders",
        "authorization_type": "NONE",
        "authorization_header": "none",
    }
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
        ],
    }
    (tmp_path / "policy.json").write_text(json.dumps(policy))
    questions = [
        {"id": "a", "ask": "authorize", "request": request, "resource_policy": policy},
        {"id": "b", "ask": "authorize", "request": request, "resource_policy": "policy.json"},
        {"id": "c", "ask": "authorize", "request": request},
        {"id": "d", "ask": "trace", "source": str(snapshot), "from": "requester-host", "url": guide.url},
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, questions)) + "\n")
    done = narrowgate("ask", "--questions", path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["exit"] for line in lines] == [0, 0, 1, 0], done.stdout


def test_authorize_reads_its_files(narrowgate, tmp_path):
    request = tmp_path / "request.json"
    request.write_text("{}")
    done = narrowgate("authorize", "--request", request)
    assert done.returncode == 2
    assert "schema" in done.stderr


def test_an_explanation_names_its_source(narrowgate):
    done = narrowgate("explain", "KEY-01")
    assert done.returncode == 0
    assert "KEY-01" in done.stdout


def test_a_symptom_is_explained_with_its_causes(narrowgate):
    done = narrowgate("explain", "User: anonymous is not authorized to perform: execute-api:Invoke on resource: x")
    assert done.returncode == 0, done.stderr
    assert "Causes, likeliest first" in done.stdout
    assert done.stdout.index("KEY-01") < done.stdout.index("VPE-03")
    assert "narrowgate trace SOURCE" in done.stdout


def test_a_symptom_of_one_call_is_traced_to_its_cause(narrowgate, snapshot, guide):
    url = guide.url.replace("/prod/", "/nope/")
    told = ("--source", snapshot, "--from", "requester-host", url)
    done = narrowgate("explain", "403", *told)
    assert done.returncode == 1, done.stderr
    assert "the cause      The API has no such stage" in done.stdout
    answer = json.loads(narrowgate("explain", "403", *told, "--format", "json").stdout)
    jsonschema.validate(answer, json.loads(json_schema("explain")))
    assert answer["call"]["symptom"] == "forbidden"
    assert answer["call"]["is_asked"]
    assert answer["call"]["picked"]["rule"] == "ERR-01"
    assert answer["call"]["decided_by"]["reason"] == "STAGE_NOT_FOUND"
    other = narrowgate("explain", "timeout", *told)
    assert "the call does not end as was asked" in other.stdout


def test_a_call_that_works_is_not_explained_away(narrowgate, snapshot, guide):
    done = narrowgate("explain", "403", "--source", snapshot, "--from", "requester-host", guide.url)
    assert done.returncode == 0, done.stderr
    assert "the call does not end as was asked" in done.stdout
    assert narrowgate("explain", "403", "--source", snapshot, guide.url).returncode == 2
    assert narrowgate("explain", "weather", "--source", snapshot, "--from", "x", guide.url).returncode == 2
