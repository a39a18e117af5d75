"""Signatures of the lab against botocore's: what it signs verifies, what is changed afterwards does not."""

import msgspec
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from narrowgate.lab.https.signature import Key, Signed, sign, verify

KEY = Key("AKIALAB0000000000001", "a-secret-of-the-lab", "arn:aws:iam::111122223333:role/caller")
HOST = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"


def _signed(path: str, query: str = "") -> Signed:
    url = f"https://{HOST}{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method="GET", url=url, headers={"Host": HOST})
    SigV4Auth(Credentials(KEY.access_key, KEY.secret), "execute-api", "us-east-1").add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Signed(method="GET", path=path, query=query, headers=headers, body=b"", region="us-east-1")


@pytest.mark.parametrize(
    ("path", "query"), [("/prod/orders", ""), ("/prod/a%20b", ""), ("/prod/orders", "b=2&a=1%2F3")]
)
def test_what_botocore_signs_verifies(path, query):
    found = verify(_signed(path, query), {KEY.access_key: KEY})
    assert (found.state, found.principal) == ("valid", KEY.principal)


@pytest.mark.parametrize(
    "change", [{"method": "POST"}, {"path": "/prod/invoices"}, {"query": "a=2"}, {"region": "eu-west-1"}]
)
def test_what_is_changed_afterwards_does_not_verify(change):
    changed = msgspec.structs.replace(_signed("/prod/orders"), **change)
    assert verify(changed, {KEY.access_key: KEY}).state == "invalid"


def test_what_the_lab_signs_itself_verifies():
    plain = Signed(
        method="GET", path="/prod/orders", query="", headers={"host": HOST}, body=b"", region="us-east-1"
    )
    added = {name.lower(): value for name, value in sign(plain, KEY, "20260102T030405Z").items()}
    signed = msgspec.structs.replace(plain, headers={**plain.headers, **added})
    assert verify(signed, {KEY.access_key: KEY}).principal == KEY.principal
