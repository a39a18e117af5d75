"""`narrowgate collect` as users meet it."""

import json

import pytest
from tests.unit.live.http_answers import answering, sts_error

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_EC2_METADATA_DISABLED": "true"}


def test_the_policy_is_printed_without_credentials(narrowgate):
    done = narrowgate("collect", "--print-policy")
    assert done.returncode == 0
    assert [each["Sid"] for each in json.loads(done.stdout)["Statement"]] == [
        "NarrowgateRead",
        "NarrowgateReadApis",
    ]


def test_the_caller_s_policy_of_an_organisation_names_the_role(narrowgate):
    done = narrowgate("collect", "--print-policy", "--organization", "--role-name", "audit")
    assert "arn:aws:iam::*:role/audit" in done.stdout


def test_the_policy_for_an_aggregator_is_one_action(narrowgate):
    done = narrowgate("collect", "--print-policy", "--config-aggregator", "everything")
    assert done.returncode == 0
    (statement,) = json.loads(done.stdout)["Statement"]
    assert statement["Action"] == "config:SelectAggregateResourceConfig"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name the folder to write with --out"),
        (("--out", "s", "--profile", "nobody"), "unknown profile `nobody`"),
        (("--out", "s"), "names no Region"),
    ],
)
def test_bad_usage_is_one_sentence_and_writes_nothing(narrowgate, tmp_path, arguments, words):
    arguments = [str(tmp_path / each) if each == "s" else each for each in arguments]
    done = narrowgate("collect", *arguments, AWS_CONFIG_FILE=str(tmp_path / "none"), **CREDENTIALS)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_expired_token_is_one_sentence_and_status_4(narrowgate, tmp_path):
    with answering(lambda path, body: sts_error("ExpiredToken", "expired")) as url:
        arguments = ("--out", tmp_path / "s", "--region", "us-east-1", "--endpoint-url", url)
        done = narrowgate("collect", *arguments, **CREDENTIALS)
    assert done.returncode == 4
    assert "token has expired" in done.stderr
    assert not (tmp_path / "s").exists()
