"""`deploy --engine cloudformation`, round after round, into the embedded AWS by a stand-in for the service."""

from functools import cache
from pathlib import Path

import boto3
import pytest
from tests.deploy.stand_in import StandIn, playing

from narrowgate.api.deploying import Order, deploy
from narrowgate.api.generate import plan_of
from narrowgate.deploy.embedded.start import EmbeddedAws
from narrowgate.model.answer import Verdict
from narrowgate.sources.design.read import load_design

SMALL = """\
region: us-east-1
via: alias
logs: {enabled: false}
vpcs:
  requester: {cidr: 10.1.0.0/16, azs: [a]}
  api: {cidr: 10.0.0.0/16, azs: [a]}
apis:
  orders: {vpc: api, routes: [GET /orders]}
consumers:
  web: {vpc: requester, may_call: [orders]}
"""


@pytest.fixture(scope="module")
def aws():
    with EmbeddedAws("111122223333") as started:
        yield started


@pytest.fixture
def world(aws, monkeypatch, tmp_path):
    """A design, its folder, and a service that plays CloudFormation for it."""
    for name, value in aws.environment("us-east-1").items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)

    def make(text, name="small"):
        design = tmp_path / name / "narrowgate.yaml"
        design.parent.mkdir()
        design.write_text(text)
        loaded = load_design(design)
        return Case(design, tmp_path / "out", StandIn(plan_of(loaded, loaded.via), connect, account_of))

    @cache
    def session(account):
        sts = boto3.client("sts")
        given = sts.assume_role(RoleArn=role(account), RoleSessionName="test")["Credentials"]
        return boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    def connect(account, region, service):
        own = boto3.Session() if account in ("111122223333", "000000000000") else session(account)
        return own.client(service, region_name=region)

    @cache
    def number(access_key, secret_key, token):
        sts = boto3.client(
            "sts", aws_access_key_id=access_key, aws_secret_access_key=secret_key, aws_session_token=token
        )
        return sts.get_caller_identity()["Account"]

    def account_of(credentials):
        return number(*credentials.get_frozen_credentials()[:3])

    return make


def role(account):
    return f"arn:aws:iam::{account}:role/deploy"


class Case:
    """One design and what is asked of it."""

    def __init__(self, design: Path, out: Path, service: StandIn):
        self.design = design
        self.out = out
        self.service = service
        self.said = []
        self.shown = []

    def order(self, **more):
        return Order(
            design=self.design, target="aws", engine="cloudformation", folder=self.out, poll_seconds=0, **more
        )

    def run(self, act=deploy, *, yes=True, say=None, **more):
        def agree(answer):
            self.shown.append(answer)
            return yes

        with playing(self.service):
            return act(self.order(**more), agree=agree, say=say or self.said.append)


def test_a_design_is_deployed_in_rounds_collected_and_holds(world):
    case = world(SMALL)
    answer = case.run()
    assert case.service.changing == [
        ("ExecuteChangeSet", "small-us-east-1", 1),
        ("ExecuteChangeSet", "small-us-east-1", 2),
    ]
    assert (answer.stage, answer.verdict, answer.is_settled) == ("deployed", Verdict.ALLOWED, True)
    assert {(each.before, each.after) for each in answer.promises} == {(Verdict.ALLOWED, Verdict.ALLOWED)}
    print(answer.calls, case.said, case.shown[0].changes)
