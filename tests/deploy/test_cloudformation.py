"""`deploy --engine cloudformation`, round after round, into the embedded AWS by a stand-in for the service."""

import json
from functools import cache

import boto3
import pytest
from click.testing import CliRunner
from tests.deploy.stand_in import Refused, StandIn, playing
from tests.small_design import SMALL

from narrowgate.api.deploying import Order, deploy, destroy
from narrowgate.api.engines.cloudformation import CloudFormationEngine
from narrowgate.api.generate import plan_of
from narrowgate.cli.main import cli
from narrowgate.deploy.embedded.start import EmbeddedAws
from narrowgate.model.answer import Verdict
from narrowgate.model.deployment import PlannedChange
from narrowgate.model.errors import DeploymentError, InputError, UnknownNameError
from narrowgate.sources.design.read import load_design

TWO = """\
region: us-east-1
via: peering-dns
logs: {enabled: false}
accounts: {shop: "111122223333", platform: "444455556666"}
vpcs:
  requester: {cidr: 10.1.0.0/16, account: shop, azs: [a]}
  api: {cidr: 10.0.0.0/16, account: platform, azs: [a]}
apis:
  orders: {vpc: api, routes: [GET /orders]}
consumers:
  web: {vpc: requester, may_call: [orders]}
"""
SHOP, PLATFORM = "two-shop-us-east-1", "two-platform-us-east-1"
ROLES = {"platform": "arn:aws:iam::444455556666:role/deploy"}


@pytest.fixture(scope="module")
def aws():
    with EmbeddedAws("111122223333") as started:
        yield started


@pytest.fixture
def case(aws, monkeypatch, tmp_path):
    """Makes a design with a service that plays CloudFormation for it."""
    for name, value in aws.environment("us-east-1").items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)

    @cache
    def session(account):
        if account in ("111122223333", "000000000000"):
            return boto3.Session()
        role = f"arn:aws:iam::{account}:role/stand-in"
        given = boto3.Session().client("sts").assume_role(RoleArn=role, RoleSessionName="stand-in")["Credentials"]
        return boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    def connect(account, region, service):
        return session(account).client(service, region_name=region)

    @cache
    def account_of(access_key, secret_key, token):
        return boto3.Session(access_key, secret_key, token).client("sts").get_caller_identity()["Account"]

    def make(text, name="small", via=None):
        design = tmp_path / name / "narrowgate.yaml"
        design.parent.mkdir()
        design.write_text(text)
        loaded = load_design(design)
        service = StandIn(plan_of(loaded, via or loaded.via), connect, account_of)
        return Case(design, tmp_path / "out", service)

    return make


class Case:
    """One design and what is asked of it."""

    def __init__(self, design, out, service):
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
        """The whole use case."""

        def agree(answer):
            self.shown.append(answer)
            return yes

        with playing(self.service):
            return act(self.order(**more), agree=agree, say=say or self.said.append)

    def engine(self, say=None, **more):
        """The engine alone: nothing is collected."""
        return CloudFormationEngine(self.order(**more), self.service.plan, say or self.said.append)

    def peering_options(self):
        """Both sides' DNS options, as AWS has them."""
        made = self.service.made
        own = made.ids["RequesterToApiPeering"]
        client = made.client(self.service.plan.by_id["RequesterToApiPeering"], "ec2")
        (found,) = client.describe_vpc_peering_connections(VpcPeeringConnectionIds=[own])["VpcPeeringConnections"]
        sides = [found[f"{side}VpcInfo"]["PeeringOptions"] for side in ("Requester", "Accepter")]
        return [each["AllowDnsResolutionFromRemoteVpc"] for each in sides]


class Interrupted(BaseException):
    """As Ctrl-C."""


def test_an_interrupted_deployment_goes_on_is_verified_and_a_second_run_changes_nothing(case):
    one = case(SMALL)

    def say(line):
        if "round 2" in line:
            raise Interrupted

    with pytest.raises(Interrupted):
        one.run(say=say)
    assert one.service.changing == [("ExecuteChangeSet", "small-us-east-1", 1)]
    assert len(one.shown[0].changes) == 18
    assert one.shown[0].opens
    assert one.shown[0].cost.at_least > 0

    answer = one.run()
    assert one.service.changing[1:] == [("ExecuteChangeSet", "small-us-east-1", 2)]
    assert one.shown[1].changes == (
        PlannedChange(action="update", address="small-us-east-1/ApiExecuteApiEndpoint"),
    )
    assert (answer.stage, answer.verdict, answer.is_settled) == ("deployed", Verdict.ALLOWED, True)
    assert {(each.before, each.after) for each in answer.promises} == {(Verdict.ALLOWED, Verdict.ALLOWED)}
    assert len(answer.calls) == 1
    assert one.out.joinpath("cloudformation", "DEPLOY.md").exists()

    with playing(one.service):
        again = one.engine()
        assert again.plan() == ()
        again.apply(lambda changes: False)
        assert again.is_settled()
    assert len(one.service.changing) == 2
    assert one.service.proposed == {}


def test_what_nobody_agreed_to_leaves_no_stack_and_no_change_set(case):
    one = case(SMALL)
    answer = one.run(yes=False)
    assert (answer.stage, len(answer.changes), len(one.shown)) == ("declined", 18, 1)
    assert (one.service.stacks, one.service.proposed, one.service.changing) == ({}, {}, [])


def test_a_failing_promise_is_refused_before_anything_is_asked_of_aws(case):
    one = case(SMALL + "expect: [web must reach 10.0.1.20:5432]\n")
    answer = one.run()
    assert (answer.stage, answer.verdict) == ("refused", Verdict.DENIED)
    assert (one.shown, one.service.stacks, one.out.exists()) == ([], {}, False)


def test_a_stack_that_fails_is_told_with_its_first_reason_and_made_anew_by_the_next_run(case):
    one = case(SMALL)
    one.service.failing["OrdersApi"] = "API limit reached"
    with playing(one.service):
        first = one.engine()
        first.plan()
        with pytest.raises(DeploymentError, match=r"OrdersApi \(AWS::EC2::Thing\): API limit reached") as told:
            first.apply(lambda changes: False)
        assert "the same command goes on" in told.value.help
        assert [each["status"] for each in one.service.stacks.values()] == ["ROLLBACK_COMPLETE"]
        again = one.engine()
        assert len(again.plan()) == 18
        again.apply(lambda changes: False)
        assert again.is_settled()
    assert [each[0] for each in one.service.changing] == [
        "ExecuteChangeSet",
        "DeleteStack",
        "ExecuteChangeSet",
        "ExecuteChangeSet",
    ]


@pytest.mark.parametrize("operation", ["CreateChangeSet", "ExecuteChangeSet"])
def test_an_expired_token_is_one_sentence_wherever_it_strikes(case, operation):
    one = case(SMALL)
    with playing(one.service):
        engine = one.engine()
        if operation == "ExecuteChangeSet":
            engine.plan()
        one.service.refusing[operation] = Refused("ExpiredToken", "The security token is expired")
        with pytest.raises(DeploymentError, match="the session's token has expired"):
            engine.apply(lambda changes: False) if operation == "ExecuteChangeSet" else engine.plan()


def test_a_stack_behind_a_changed_design_loses_nothing_that_nobody_agreed_to(case):
    one = case(SMALL)
    with playing(one.service):
        first = one.engine()
        first.plan()
        first.apply(lambda changes: False)
        name = ("111122223333", "us-east-1"), "small-us-east-1"
        # Somebody else's change, between what was shown and what is done.
        later = one.engine()
        assert later.plan() == ()
        one.service.stacks[name]["now"]["Foreign"] = {"Type": "AWS::EC2::VPC"}
        later.forget()
        asked = []
        with pytest.raises(DeploymentError, match="nobody agreed to what stack small-us-east-1 would lose"):
            later.apply(lambda changes: bool(asked.append(changes)))
        assert asked == [(PlannedChange(action="delete", address="small-us-east-1/Foreign"),)]
        later.apply(lambda changes: True)
        assert "Foreign" not in one.service.stacks[name]["now"]


def test_two_accounts_act_in_the_right_order_forward_and_back(case):
    one = case(TWO, "two")
    # The option does not lead to a private API (PEER-DNS-02): it is here for its commands.
    with playing(one.service):
        answer = one.run(role_arns=ROLES, despite=("web",))
        assert (answer.stage, answer.is_settled) == ("deployed", True)
        manifest = json.loads((one.out / "snapshot" / "snapshot.json").read_bytes())
        assert sorted(manifest["accounts"]) == ["111122223333", "444455556666"]
        # The role that accepts, the request, the routes on both sides; each side's option after its stack.
        assert one.service.changing == [
            ("ExecuteChangeSet", SHOP, 1),
            ("ExecuteChangeSet", PLATFORM, 1),
            ("ExecuteChangeSet", SHOP, 2),
            ("ExecuteChangeSet", PLATFORM, 2),
        ]
        assert {place for place, _ in one.service.stacks} == {
            ("111122223333", "us-east-1"),
            ("444455556666", "us-east-1"),
        }
        assert [line for line in one.said if line.startswith("command")] == [
            "command: public host names of the requester's instances resolve to private addresses",
            "command: public host names of the accepter's instances resolve to private addresses",
        ]
        assert one.out.joinpath("cloudformation", "before.json").read_text().count("false") == 2
        assert one.peering_options() == [True, True]

        one.service.calls.clear()
        one.run(destroy, role_arns=ROLES, despite=("web",))
    assert one.service.changing == [
        ("ExecuteChangeSet", PLATFORM, 1),
        ("ExecuteChangeSet", SHOP, 1),
        ("DeleteStack", PLATFORM, 0),
        ("DeleteStack", SHOP, 0),
    ]
    assert one.out.joinpath("cloudformation", "before.json").read_text() == "{}\n"
    assert one.peering_options() == [False, False]
    assert one.shown[-1].changes[0] == PlannedChange(
        action="update", address="command/RequesterToApiPeeringAccepterDns"
    )


def test_what_was_proposed_is_proposed_anew_once_another_stack_tells_another_value(case):
    one = case(TWO.replace("peering-dns", "alias"), "two")
    with playing(one.service):
        first = one.engine(role_arns=ROLES)
        first.plan()
        first.apply(lambda changes: False)
        shop = one.service.stacks[("111122223333", "us-east-1"), SHOP]
        platform = one.service.stacks[("444455556666", "us-east-1"), PLATFORM]
        shop["outputs"]["RequesterToApiPeeringId"] = "pcx-one"
        again = one.engine(role_arns=ROLES)
        assert again.plan() == (PlannedChange(action="update", address=f"{PLATFORM}/ApiRouteTableToRequester"),)
        shop["outputs"]["RequesterToApiPeeringId"] = "pcx-another"
        one.service.calls.clear()
        again.apply(lambda changes: False)
    # Once, and with the later value.
    assert one.service.changing == [("ExecuteChangeSet", PLATFORM, 2)]
    assert platform["parameters"]["RequesterToApiPeeringId"] == "pcx-another"


def test_a_round_that_fails_is_taken_back_and_goes_on_from_the_round_before(case):
    one = case(TWO, "two")
    one.service.failing["RequesterToApiPeering"] = "the role may not accept"
    with playing(one.service):
        first = one.engine(role_arns=ROLES)
        first.plan()
        with pytest.raises(DeploymentError, match=r"RequesterToApiPeering .*the role may not accept"):
            first.apply(lambda changes: False)
        again = one.engine(role_arns=ROLES)
        shown = {each.address.rpartition("/")[2]: each.action for each in again.plan()}
        assert (shown["RequesterToApiPeering"], shown["ApiRouteTableToRequester"]) == ("create", "create")
        assert "RequesterVpc" not in shown
        again.apply(lambda changes: False)
        assert again.is_settled()
    assert [each[1:] for each in one.service.changing] == [
        (SHOP, 1),
        (PLATFORM, 1),
        (SHOP, 2),
        (SHOP, 2),
        (PLATFORM, 2),
    ]


def test_the_command_asks_a_person_and_leaves_nothing_where_there_is_none(case):
    one = case(SMALL)
    words = [str(one.design), "--engine", "cloudformation", "--target", "aws", "--out", str(one.out)]
    with playing(one.service):
        shown = CliRunner().invoke(cli, ["deploy", *words, "--dry-run"])
        assert (shown.exit_code, "small-us-east-1/RequesterVpc" in shown.stdout) == (0, True), shown.output
        assert "It opens:" in shown.stdout
        assert "US dollars a month" in shown.stdout
        assert "this was a dry run" in shown.stdout
        unasked = CliRunner().invoke(cli, ["deploy", *words])
        assert unasked.exit_code == 2
        assert "give --yes" in unasked.stderr
    assert (one.service.stacks, one.service.proposed) == ({}, {})


def test_nothing_to_destroy_is_said(case):
    one = case(SMALL)
    with pytest.raises(InputError, match="there is no stack small-us-east-1"):
        one.run(destroy)


def test_credentials_of_another_account_deploy_nothing(case):
    one = case(TWO.replace("peering-dns", "alias"), "two")
    with pytest.raises(InputError, match="not of `platform` \\(444455556666\\)") as told:
        one.run()
    assert "--role-arn platform=ARN" in told.value.help
    with pytest.raises(InputError, match="those of account 111122223333, not of 999999999999"):
        case(SMALL).run(variables={"account_id": "999999999999"})
    with pytest.raises(UnknownNameError, match="unknown account `ship`"):
        one.run(role_arns={"ship": ROLES["platform"]})


def test_the_embedded_aws_needs_terraform(case):
    one = case(SMALL)
    order = Order(design=one.design, target="embedded", engine="cloudformation")
    with pytest.raises(InputError, match="the embedded AWS needs Terraform"):
        deploy(order, agree=lambda answer: True, say=print)
