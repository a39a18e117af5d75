"""A person's own client in a host of the lab: signed calls by requests and by botocore, as the page shows."""

import json
import re
import shlex
import sys

import pytest
from tests.lab.test_command_line import Lab
from tests.tools import ROOT

CALLER, OTHER = "arn:aws:iam::111122223333:role/caller", "arn:aws:iam::111122223333:role/other"
DESIGN = f"""
region: us-east-1
vpcs:
  requester: {{cidr: 10.1.0.0/16}}
  api: {{cidr: 10.0.0.0/16}}
apis:
  orders: {{vpc: api, routes: [GET /orders], authorization: iam}}
consumers:
  web: {{vpc: requester, may_call: [orders], principal: {CALLER}}}
links:
  - peering: [requester, api]
"""
BOTOCORE = """
import sys, botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
request = AWSRequest("GET", sys.argv[1])
session = botocore.session.get_session()
SigV4Auth(session.get_credentials(), "execute-api", "us-east-1").add_auth(request)
# As a client of botocore's does: the bundle is the session's.
answer = URLLib3Session(verify=session.get_config_variable("ca_bundle")).send(request.prepare())
print(answer.status_code, answer.text)
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    (folder / "design.yaml").write_text(DESIGN)
    lab = Lab(folder)
    # Somebody who is signed in to AWS elsewhere.
    lab.environment |= {"AWS_SESSION_TOKEN": "a-token-of-another-session", "AWS_PROFILE": "nobody"}
    done = lab("up", str(folder / "design.yaml"), "--principal", OTHER)
    assert done.returncode == 0, done.stderr
    yield lab, lab.state()["calls"][0][1]
    lab("down", "--all")


def _run(lab: Lab, program: str, url: str, principal: str) -> list[str]:
    done = lab("shell", "--as", principal, "web", "--", sys.executable, "-c", program, url)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_pages_client_is_let_in_signed_and_refused_unsigned(lab):
    page = (ROOT / "docs" / "lab.md").read_text(encoding="utf-8")
    program = re.search(r"```python\n(.*?)```", page, flags=re.DOTALL)
    assert program is not None
    signed, unsigned = _run(lab[0], program[1], lab[1], CALLER)
    assert signed.startswith("200 ")
    assert json.loads(signed.removeprefix("200 "))["principal"] == CALLER
    assert unsigned == '403 {"message":"Missing Authentication Token"}'


def test_botocores_own_session_is_let_in_and_another_principal_is_not(lab):
    assert _run(lab[0], BOTOCORE, lab[1], CALLER)[0].startswith("200 ")
    (refused,) = _run(lab[0], BOTOCORE, lab[1], OTHER)
    assert refused.startswith(f'403 {{"Message":"User: {OTHER} is not authorized to perform: execute-api:Invoke')


def test_what_status_says_to_try_works_as_it_stands(lab):
    line = next(each for each in lab[0]("status").stdout.splitlines() if "--aws-sigv4" in each)
    words = shlex.split(line)
    assert words[:2] == ["narrowgate", "lab"]
    assert json.loads(lab[0](*words[2:]).stdout)["principal"] == CALLER
