"""Repairs as patches of the files that the facts came from: applied by git, read again, judged by the engine."""

import json
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from tests.sources.terraform.reading import GUIDE, copy_of
from tests.tools import missing, terraform, terraform_environment

from narrowgate.api.patches.write import with_patches
from narrowgate.api.repairs import fix_source
from narrowgate.api.sources import load
from narrowgate.model.answer import Verdict
from narrowgate.model.repair import FixAnswer, RepairStep
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.fix import Mending, find_mending
from narrowgate.repair.goal import Goal
from narrowgate.sources.terraform import program

TERRAFORM = (Path(__file__).parent / "terraform" / "main.tf").read_text()
TEMPLATE = (Path(__file__).parents[1] / "sources" / "cloudformation" / "guide.yaml").read_text()
ENDPOINT = '"aws:SourceVpce" = aws_vpc_endpoint.api.id'
WHOLE = 'resources = ["${aws_api_gateway_rest_api.orders.execution_arn}/*"]'
FORWARD = """
  route {
    cidr_block                = aws_vpc.api.cidr_block
    vpc_peering_connection_id = aws_vpc_peering_connection.this.id
  }
"""
RULE = 'resource "aws_vpc_security_group_ingress_rule" "callers"'
RECORD = 'resource "aws_route53_record" "orders"'


@pytest.fixture
def by_text(monkeypatch):
    """Folders read by their text alone: Terraform judges once, below."""
    monkeypatch.setattr(program.shutil, "which", lambda name: None)


def goal_of(source: Path) -> Goal:
    api = next(own for own, each in load(source).facts.rest_apis.items() if each.name == "orders")
    url = f"https://{api}.execute-api.us-east-1.amazonaws.com/prod/orders"
    return Goal(client="10.1.1.20", url=url)


def without(text: str, head: str) -> str:
    """The text without the block that begins with `head`."""
    start = text.index(head)
    end = text.index("\n}\n", start) + 3
    return text[:start] + text[end:].lstrip("\n")


def replaced(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def apply(answer: FixAnswer, folder: Path) -> None:
    patch = folder.parent / f"{folder.name}.patch"
    patch.write_text(answer.patch, newline="")
    done = subprocess.run(
        ["git", "apply", "-p1", str(patch)], cwd=answer.patch_root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr + answer.patch


def mended(source: Path, folder: Path) -> FixAnswer:
    """The answer for the one call, once its patch was applied and the source was read again."""
    goal = goal_of(source)
    assert goal.ask(load(source)).verdict is not Verdict.ALLOWED
    answer = fix_source(source, [goal])
    assert answer.verdict is Verdict.ALLOWED, answer
    apply(answer, folder)
    after = goal.ask(load(source))
    assert after.verdict is Verdict.ALLOWED, (answer.patch, after.decided_by)
    return answer


FOLDERS = {
    "a route apart": (
        without(TERRAFORM, 'resource "aws_route" "back"'),
        'resource "aws_route" "api_to_10_1_0_0_16"',
    ),
    "the first route of a table": (replaced(TERRAFORM, FORWARD, ""), 'resource "aws_route" "web_to_10_0_0_0_16"'),
    "a route beside those inside its table": (
        replaced(TERRAFORM, "= aws_vpc.api.cidr_block", '= "10.77.0.0/16"'),
        '+    cidr_block                = "10.0.0.0/16"',
    ),
    "a rule of a group": (without(TERRAFORM, RULE), "security_group_id = aws_security_group.endpoint.id"),
    "an entry inside its ACL": (replaced(TERRAFORM, 'protocol   = "-1"', 'protocol   = "udp"'), "+  ingress {"),
    "a VPC of a zone": (
        replaced(TERRAFORM, "  vpc {\n    vpc_id = aws_vpc.web.id", "  vpc {\n    vpc_id = aws_vpc.api.id"),
        "+    vpc_id = aws_vpc.web.id",
    ),
    "a zone and its record": (
        without(without(TERRAFORM, 'resource "aws_route53_zone" "orders"'), RECORD),
        "zone_id = aws_route53_zone.web_zone.zone_id",
    ),
    "a record": (without(TERRAFORM, RECORD), "aws_vpc_endpoint.api.dns_entry[0].dns_name"),
    "a reference in a policy": (
        replaced(TERRAFORM, ENDPOINT, '"aws:SourceVpc" = aws_vpc.web.id'),
        '+        StringEquals = { "aws:SourceVpc" = aws_vpc.api.id }',
    ),
    "a statement of a policy document": (
        replaced(TERRAFORM, WHOLE, 'resources = ["arn:aws:execute-api:us-east-1:111122223333:f6g7h8i9j0/*"]'),
        "${aws_api_gateway_rest_api.orders.execution_arn}/prod/GET/orders",
    ),
    "an acceptance": (replaced(TERRAFORM, "auto_accept = true", "auto_accept = false"), "+  auto_accept = true"),
    "an attribute": (
        TERRAFORM.replace("  enable_dns_hostnames = true\n", "  enable_dns_hostnames = false\n"),
        "+  enable_dns_hostnames = true",
    ),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_patched_terraform_folder_holds(name, tmp_path, by_text):
    text, written = FOLDERS[name]
    source = tmp_path / "infra"
    source.mkdir()
    (source / "main.tf").write_text(text)
    answer = mended(source, source)
    assert written in answer.patch
    assert all(each.patch for each in answer.changes)


def test_rules_inside_a_group_are_narrowed_inside_it(tmp_path, by_text):
    # Without a block the provider has no opinion about rules: the open one would stay.
    head = '  name   = "endpoint"\n  vpc_id = aws_vpc.api.id\n'
    rule = '\n  ingress {\n    protocol    = "tcp"\n    from_port   = 443\n    to_port     = 443\n'
    text = replaced(without(TERRAFORM, RULE), head, head + rule + '    cidr_blocks = ["0.0.0.0/0"]\n  }\n')
    source = tmp_path / "infra"
    source.mkdir()
    (source / "main.tf").write_text(text)
    answer = fix_source(source, [goal_of(source)], rules=["EPT004"])
    apply(answer, source)
    after = (source / "main.tf").read_text()
    assert "0.0.0.0/0" not in after[after.index('"endpoint"') : after.index('"aws_vpc_endpoint"')]
    assert after.count("aws_vpc_security_group_ingress_rule") == 0
    assert after.count('cidr_blocks = ["10.') == 2
    assert goal_of(source).ask(load(source)).verdict is Verdict.ALLOWED


def test_the_last_route_inside_a_table_leaves_an_empty_list(tmp_path, by_text):
    text = replaced(TERRAFORM, FORWARD, FORWARD.replace("aws_vpc.api.cidr_block", '"10.0.1.0/24"'))
    (tmp_path / "main.tf").write_text(text)
    snapshot = load(tmp_path)
    table = next(own for own, place in snapshot.places.items() if place.address == "aws_route_table.web")
    kept = tuple(each for each in snapshot.facts.route_tables[table].routes if each.gateway_id == "local")
    changed = msgspec.structs.replace(snapshot.facts.route_tables[table], routes=kept)
    change = Change(
        kind="dead_route",
        resource=table,
        text="",
        commands=(),
        edits=(Edit("route_tables", table, changed),),
    )
    step = RepairStep(kind="dead_route", resource=table, text="")
    answer = FixAnswer(verdict=Verdict.ALLOWED, source="", changes=(step,))
    found = with_patches(tmp_path, snapshot, Mending(answer, (change,)))
    assert "+  route = []" in found.patch, found


def test_a_plan_beside_its_configuration_has_a_patch_of_it_and_alone_tells_the_address(tmp_path):
    source = copy_of(GUIDE, tmp_path)
    plan = source / "plan.json"
    plan.write_text(plan.read_text().replace('"cidr_ipv4":"10.1.1.0/24"', '"cidr_ipv4":"10.7.1.0/24"'))
    goal = goal_of(plan)
    answer = fix_source(plan, [goal])
    assert "+++ b/main.tf" in answer.patch and "aws_security_group.execute_api.id" in answer.patch
    alone = load(plan)
    alone.places = {
        own: msgspec.structs.replace(each, source=str(plan), line=0) for own, each in alone.places.items()
    }
    mending = find_mending(alone, [goal])
    told = with_patches(plan, alone, mending)
    assert told.patch == ""
    assert "aws_security_group.execute_api: its text is not beside" in told.changes[0].by_hand[0]


def test_what_is_added_has_the_provider_of_what_it_belongs_to(tmp_path, by_text):
    text = replaced(
        without(TERRAFORM, RULE), 'provider "aws" {', 'provider "aws" {\n  alias                       = "hub"'
    )
    text = re.sub(r'(resource "aws_\w+" "\w+" \{\n)', r"\1  provider = aws.hub\n", text)
    source = tmp_path / "infra"
    source.mkdir()
    (source / "main.tf").write_text(text)
    assert "+  provider          = aws.hub" in mended(source, source).patch


BACK = "  ApiBack:\n"
TEMPLATES = {
    "route": (
        TEMPLATE[: TEMPLATE.index(BACK)] + TEMPLATE[TEMPLATE.index("  RequesterTable:") :],
        "RouteTableId: !Ref ApiTable",
    ),
    "group": (
        replaced(
            TEMPLATE, "ToPort: 443, CidrIp: !GetAtt RequesterVpc.CidrBlock", "ToPort: 443, CidrIp: 10.9.0.0/16"
        ),
        "GroupId: !GetAtt EndpointGroup.GroupId",
    ),
    "policy": (
        replaced(TEMPLATE, "aws:SourceVpce: !Ref Endpoint", "aws:SourceVpc: !Ref RequesterVpc"),
        "{aws:SourceVpc: !Ref ApiVpc}",
    ),
    "list": (
        replaced(TEMPLATE, "aws:SourceVpce: !Ref Endpoint", "aws:SourceVpce: vpce-0aaaaaaaaaaaaaaaa"),
        "[vpce-0aaaaaaaaaaaaaaaa, !Ref Endpoint]",
    ),
    "attribute": (
        replaced(
            TEMPLATE,
            '      EnableDnsHostnames: "true"\n',
            '      EnableDnsSupport: false\n      EnableDnsHostnames: "true"\n',
        ),
        "+      EnableDnsSupport: true",
    ),
    "zone": (
        replaced(TEMPLATE, "VPCs: [{VPCId: !Ref RequesterVpc", "VPCs: [{VPCId: !Ref ApiVpc"),
        "{VPCId: !Ref RequesterVpc, VPCRegion: !Ref AWS::Region}]",
    ),
    "record": (
        TEMPLATE[: TEMPLATE.index("  Alias:")] + TEMPLATE[TEMPLATE.index("  Orders:\n") :],
        "HostedZoneId: !Ref Zone",
    ),
    "whole zone": (
        TEMPLATE[: TEMPLATE.index("  Zone:")] + TEMPLATE[TEMPLATE.index("  Orders:\n") :],
        "Name: !Sub ${Orders}.execute-api.${AWS::Region}.amazonaws.com",
    ),
}


def test_patched_templates_hold_and_cfn_lint_has_no_complaint(tmp_path):
    for name, (text, written) in TEMPLATES.items():
        source = tmp_path / f"{name}.yaml"
        source.write_text(text)
        answer = mended(source, source)
        assert written.replace('"', "") in answer.patch.replace('"', ""), answer.patch
    lint = Path(sys.executable).parent / "cfn-lint"
    if not lint.exists():
        missing("cfn-lint")
    done = subprocess.run(
        [str(lint), "--non-zero-exit-code", "error", *(str(each) for each in tmp_path.glob("*.yaml"))],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_terraform_takes_a_folder_with_many_patches_and_it_holds(tmp_path, monkeypatch):
    source = tmp_path / "infra"
    source.mkdir()
    text = without(without(without(TERRAFORM, RULE), RECORD), 'resource "aws_route" "back"')
    text = replaced(text, ENDPOINT, '"aws:SourceVpc" = aws_vpc.web.id')
    text = replaced(text, 'resource "aws_route_table" "api" {\n  vpc_id = aws_vpc.api.id\n}\n', "")
    (source / "main.tf").write_text(text)
    tables = {"resource": {"aws_route_table": {"api": {"vpc_id": "${aws_vpc.api.id}"}}}}
    (source / "tables.tf.json").write_text(json.dumps(tables, indent=2) + "\n")
    environment = terraform_environment(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(program.shutil, "which", lambda name: None)
        answer = mended(source, source)
        goal = goal_of(source)
    assert len(answer.changes) == 4
    terraform(source, environment, "init", "-input=false")
    terraform(source, environment, "validate")
    # Read by Terraform itself this time, as it would apply the patched files.
    assert goal.ask(load(source)).verdict is Verdict.ALLOWED


def test_each_patch_of_a_step_applies_after_those_before_it(tmp_path, by_text):
    source = tmp_path / "infra"
    source.mkdir()
    (source / "main.tf").write_text(without(without(TERRAFORM, RULE), RECORD))
    answer = fix_source(source, [goal_of(source)])
    for step in answer.changes:
        done = subprocess.run(
            ["patch", "-p1"], cwd=answer.patch_root, input=step.patch, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout
    assert goal_of(source).ask(load(source)).verdict is Verdict.ALLOWED


BY_HAND = {
    "a variable": (replaced(TERRAFORM, ENDPOINT, '"aws:SourceVpce" = var.callers'), "`var.callers`"),
    "a local value": (
        replaced(TERRAFORM, "auto_accept = true", "auto_accept = local.no") + "\nlocals {\n  no = false\n}\n",
        "`local.no`",
    ),
    "an instance of many": (
        replaced(
            TERRAFORM,
            'resource "aws_vpc_peering_connection" "this" {',
            'resource "aws_vpc_peering_connection" "this" {\n  count       = 1',
        )
        .replace("aws_vpc_peering_connection.this.id", "aws_vpc_peering_connection.this[0].id")
        .replace("auto_accept = true", "auto_accept = false"),
        "`count` makes it",
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_what_cannot_be_edited_with_certainty_is_told_with_its_line_and_the_wanted_value(name, tmp_path, by_text):
    text, told = BY_HAND[name]
    (tmp_path / "main.tf").write_text(text)
    answer = fix_source(tmp_path, [goal_of(tmp_path)])
    assert answer.verdict is Verdict.ALLOWED
    assert answer.patch == ""
    said = " ".join(each for step in answer.changes for each in step.by_hand)
    assert told in said and "wanted: " in said
    assert f"{tmp_path}/main.tf:" in said


def test_no_patch_makes_references_lead_in_a_circle(tmp_path, by_text):
    # The API's policy names the endpoint: a policy inside the endpoint's own block cannot name the API.
    text = without(TERRAFORM, 'resource "aws_vpc_endpoint_policy" "api"')
    foreign = "arn:aws:execute-api:us-east-1:111122223333:f6g7h8i9j0/*"
    statement = f'{{ Effect = "Allow", Principal = "*", Action = "*", Resource = "{foreign}" }}'
    own = f"jsonencode({{ Statement = [{statement}] }})"
    text = replaced(text, "  private_dns_enabled = true\n", f"  private_dns_enabled = true\n  policy = {own}\n")
    (tmp_path / "main.tf").write_text(text)
    answer = fix_source(tmp_path, [goal_of(tmp_path)])
    assert [each.kind for each in answer.changes] == ["endpoint_policy"]
    assert answer.patch == ""
    assert "lead in a circle" in answer.changes[0].by_hand[0]


def test_a_file_with_windows_line_ends_keeps_them(tmp_path):
    source = tmp_path / "t.yaml"
    source.write_bytes(TEMPLATES["route"][0].replace("\n", "\r\n").encode())
    mended(source, source)
    assert b"\n" not in source.read_bytes().replace(b"\r\n", b"")


def test_a_template_in_json_is_patched_as_json(tmp_path):
    import json

    from narrowgate.sources.cloudformation.decode import decode_template

    source = tmp_path / "t.json"
    source.write_text(json.dumps(decode_template(TEMPLATES["route"][0].encode(), "t"), indent=2))
    answer = mended(source, source)
    assert '"Ref": "ApiTable"' in answer.patch
    json.loads(source.read_text())


def test_a_source_with_unknown_facts_is_not_called_mended(tmp_path):
    source = tmp_path / "t.yaml"
    text = replaced(TEMPLATES["route"][0], "CidrIp: !GetAtt RequesterVpc.CidrBlock", "CidrIp: !Ref Callers")
    source.write_text(replaced(text, "Parameters:\n", "Parameters:\n  Callers: {Type: String}\n"))
    answer = fix_source(source, [goal_of(source)])
    assert answer.verdict is not Verdict.ALLOWED
    assert answer.patch == ""
    assert answer.unknowns


def test_what_has_no_repair_has_no_patch(tmp_path):
    source = tmp_path / "t.yaml"
    source.write_text(TEMPLATE)
    goal = goal_of(source)
    answer = fix_source(source, [Goal(client=goal.client, url=goal.url.replace("/prod/", "/none/"))])
    assert (answer.verdict, answer.patch) == (Verdict.DENIED, "")
    assert answer.hints


def test_the_page_shows_the_patch_that_is_made(tmp_path, by_text):
    (tmp_path / "main.tf").write_text(FOLDERS["a route apart"][0])
    answer = fix_source(tmp_path, [goal_of(tmp_path)])
    page = (Path(__file__).parents[2] / "docs" / "fix.md").read_text()
    shown = page.split("```diff\n")[1].split("```")[0]
    assert shown.splitlines() == [line.rstrip() for line in answer.patch.splitlines()]


def test_goals_take_addresses_of_the_code_as_trace_does(by_text, tmp_path):
    (tmp_path / "main.tf").write_text(without(TERRAFORM, RULE))
    url = "https://${aws_api_gateway_rest_api.orders.id}.execute-api.us-east-1.amazonaws.com/prod/orders"
    answer = fix_source(tmp_path, [Goal(client="aws_subnet.web", url=url)])
    assert (answer.verdict, len(answer.changes)) == (Verdict.ALLOWED, 1)
