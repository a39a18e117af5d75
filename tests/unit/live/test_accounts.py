"""Whose credentials read which account, and one sentence where they do not."""

import json
import re

import pytest
from tests.unit.live.http_answers import answering, sts_error, sts_identity, sts_role

from narrowgate.model.errors import CollectionError, InputError, UnknownNameError
from narrowgate.sources.live.accounts import Wish, find_targets

HOME = "111122223333"
ROLE = "arn:aws:iam::{}:role/narrowgate-read"


@pytest.fixture(autouse=True)
def no_credentials_of_this_machine(monkeypatch, tmp_path):
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    (tmp_path / "config").write_text(
        "[profile network]\nregion = eu-west-1\naws_access_key_id = a\naws_secret_access_key = b\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))


def organization(path, body):
    text = body.decode()
    if text.startswith("{"):
        accounts = [
            {"Id": HOME, "Status": "ACTIVE"},
            {"Id": "444455556666", "Status": "ACTIVE"},
            {"Id": "777788889999", "Status": "ACTIVE"},
            {"Id": "123412341234", "Status": "SUSPENDED"},
        ]
        return 200, "application/x-amz-json-1.1", json.dumps({"Accounts": accounts}).encode()
    if "AssumeRole" in text:
        account = re.search(r"%3A%3A(\d{12})%3A", text)[1]
        return sts_role(account) if account == "444455556666" else sts_error("AccessDenied", "not authorized")
    return sts_identity(HOME)


def test_a_profile_brings_its_own_region(tmp_path):
    with answering(lambda path, body: sts_identity(HOME)) as url:
        (target,), lost = find_targets(Wish(profiles=("network",), endpoint_url=url))
    assert (target.account, target.regions, lost) == (HOME, ("eu-west-1",), [])


def test_two_profiles_of_one_account_are_one_account():
    with answering(lambda path, body: sts_identity(HOME)) as url:
        targets, _ = find_targets(Wish(profiles=("network", "network"), endpoint_url=url))
    assert len(targets) == 1


def test_roles_are_taken_in_every_active_account_and_those_that_cannot_are_named():
    wish = Wish(organization=True, role_name="narrowgate-read", regions=("us-east-1",))
    with answering(organization) as url:
        targets, lost = find_targets(
            Wish(**{field: getattr(wish, field) for field in wish.__struct_fields__} | {"endpoint_url": url})
        )
        # The account that asks has no such role: its own credentials read it.
        assert [target.account for target in targets] == [HOME, "444455556666"]
        assert targets[1].session.get_credentials().access_key == "444455556666"
    assert [(each.account, each.failure.code) for each in lost] == [("777788889999", "AccessDenied")]


def test_when_no_role_can_be_taken_the_first_refusal_is_told():
    with (
        answering(organization) as url,
        pytest.raises(CollectionError, match="no role could be taken: AccessDenied"),
    ):
        find_targets(Wish(role_arns=(ROLE.format("777788889999"),), regions=("us-east-1",), endpoint_url=url))


@pytest.mark.parametrize("code", ["ExpiredToken", "RequestExpired", "ExpiredTokenException"])
def test_an_expired_token_is_one_sentence(code):
    answer = sts_error(code, "The security token included in the request is expired")
    with answering(lambda path, body: answer) as url, pytest.raises(CollectionError) as told:
        find_targets(Wish(regions=("us-east-1",), endpoint_url=url))
    assert told.value.message == "the session's token has expired"
    assert "log in again" in told.value.help


@pytest.mark.parametrize(
    ("wish", "kind", "words"),
    [
        (Wish(), InputError, "names no Region"),
        (Wish(profiles=("netword",)), UnknownNameError, "unknown profile `netword`"),
        (Wish(role_name="r"), InputError, "--role-name"),
        (Wish(organization=True), InputError, "--organization needs"),
        (Wish(role_arns=("r",)), InputError, "`r` is no role"),
        (Wish(regions=("us-east",)), InputError, "`us-east` is no Region"),
        (Wish(role_arns=(ROLE.format(HOME),), profiles=("a", "b")), InputError, "of one profile"),
    ],
)
def test_bad_wishes_are_told_before_aws_is_asked(wish, kind, words):
    with pytest.raises(kind, match=words):
        find_targets(wish)


def test_a_misspelt_profile_names_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean `network`"):
        find_targets(Wish(profiles=("netword",)))


def test_no_credentials_at_all_are_bad_input(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(InputError, match="no AWS credentials"):
        find_targets(Wish(regions=("us-east-1",)))


def test_credentials_that_aws_does_not_know_are_one_sentence():
    answer = sts_error("InvalidClientTokenId", "The security token included in the request is invalid.")
    with answering(lambda path, body: answer) as url, pytest.raises(CollectionError, match="does not know these"):
        find_targets(Wish(regions=("us-east-1",), endpoint_url=url))
