"""Nested stacks, exports, folders, CDK apps, SAM: several files as one estate."""

import json
from pathlib import Path
from textwrap import dedent

import pytest

from narrowgate import api
from narrowgate.api.sources import TemplateSettings
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
from narrowgate.model.snapshot import Snapshot

VPC = """
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
"""


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_yaml", ".yaml").replace("_json", ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    return root


def addresses(snapshot: Snapshot) -> dict[str, str]:
    """Ids by the address in the template."""
    return {place.address: own for own, place in snapshot.places.items() if place.address}


def test_a_nested_stack_is_read_with_its_parameters_and_outputs(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        root_yaml="""
        Resources:
          Network:
            Type: AWS::CloudFormation::Stack
            Properties:
              TemplateURL: ./inner/network.yaml
              Parameters: {Block: 10.7.0.0/16, Names: 'a,b'}
          Subnet:
            Type: AWS::EC2::Subnet
            Properties: {VpcId: !GetAtt Network.Outputs.Vpc, CidrBlock: 10.7.1.0/24}
        """,
        inner__network_yaml="""
        Parameters: {Block: {Type: String}, Names: {Type: CommaDelimitedList}}
        Resources:
          Vpc:
            Type: AWS::EC2::VPC
            Properties: {CidrBlock: !Ref Block, Tags: [{Key: Name, Value: !Select [1, !Ref Names]}]}
        Outputs: {Vpc: {Value: !Ref Vpc}}
        """,
    )
    for source in (root / "root.yaml", root):
        snapshot = api.load(source)
        (vpc,), (subnet,) = snapshot.facts.vpcs.values(), snapshot.facts.subnets.values()
        assert (vpc.cidr_block, vpc.tags[0].value, subnet.vpc_id) == ("10.7.0.0/16", "b", vpc.vpc_id)
        place = snapshot.place(vpc.vpc_id)
        assert place.source.endswith("inner/network.yaml")
        assert (place.line, place.address) == (4, "Network/Vpc")


def test_a_nested_stack_that_stands_elsewhere_is_named(tmp_path: Path) -> None:
    text = """
    Resources:
      Network:
        Type: AWS::CloudFormation::Stack
        Properties: {TemplateURL: https://example.com/network.yaml}
      Subnet:
        Type: AWS::EC2::Subnet
        Properties: {VpcId: !GetAtt Network.Outputs.Vpc, CidrBlock: 10.7.1.0/24}
    """
    snapshot = api.load(write(tmp_path, root_yaml=text) / "root.yaml")
    assert any("Network: its template is not read: `https://example.com" in each for each in snapshot.warnings)
    gap = snapshot.missing("ec2.describe_subnets", "111122223333", "us-east-1")
    assert gap is not None
    assert "stands elsewhere" in gap.why


def test_a_nested_stack_that_feeds_itself_is_unknown(tmp_path: Path) -> None:
    text = """
    Resources:
      Loop:
        Type: AWS::CloudFormation::Stack
        Properties: {TemplateURL: inner.yaml, Parameters: {Block: !GetAtt Loop.Outputs.Block}}
    """
    inner = """
    Parameters: {Block: {Type: String}}
    Resources: {Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !Ref Block}}}
    Outputs: {Block: {Value: !Ref Block}}
    """
    snapshot = api.load(write(tmp_path, root_yaml=text, inner_yaml=inner) / "root.yaml")
    assert any("feeds itself" in each for each in snapshot.warnings)


def test_stacks_that_nest_themselves_without_end_are_refused(tmp_path: Path) -> None:
    text = "Resources: {Again: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: root.yaml}}}"
    with pytest.raises(InputError, match="nested too deeply"):
        api.load(write(tmp_path, root_yaml=text) / "root.yaml")


def test_exports_join_the_templates_of_one_account_and_region(tmp_path: Path) -> None:
    subnet = "{Type: 'AWS::EC2::Subnet', Properties: {VpcId: !ImportValue net-vpc, CidrBlock: 10.0.1.0/24}}"
    user = f"Resources: {{S: {subnet}}}"
    root = write(
        tmp_path,
        a_user_yaml=user,
        net_yaml=VPC + "Outputs: {Vpc: {Value: !Ref Vpc, Export: {Name: !Sub '${AWS::StackName}-vpc'}}}\n",
    )
    snapshot = api.load(root)
    (vpc_id,) = snapshot.facts.vpcs
    assert [each.vpc_id for each in snapshot.facts.subnets.values()] == [vpc_id]
    write(tmp_path, a_user_yaml="")
    (tmp_path / "a_user.yaml").unlink(missing_ok=True)
    elsewhere = write(tmp_path / "other", **{"a_user_yaml": user})
    assert any("no template that is read exports `net-vpc`" in each for each in api.load(elsewhere).warnings)


def test_account_and_region_come_from_folders_names_or_options(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{"111122223333__eu-west-1__net_yaml": VPC, "444455556666.us-east-2_yaml": VPC, "plain_yaml": VPC},
    )
    snapshot = api.load(tmp_path)
    places = {(place.account, place.region) for own, place in snapshot.places.items() if own.startswith("vpc-")}
    assert places == {("111122223333", "eu-west-1"), ("444455556666", "us-east-2"), ("111122223333", "us-east-1")}
    assert any(each.startswith("nothing tells the account") for each in snapshot.warnings)
    told = api.load(tmp_path / "plain.yaml", settings=TemplateSettings(account="999900001111", region="sa-east-1"))
    assert {(each.account, each.region) for each in told.calls} >= {("999900001111", "sa-east-1")}
    assert not told.warnings


def test_parameters_come_from_files_beside_from_files_named_and_from_the_command_line(tmp_path: Path) -> None:
    text = """
    Parameters: {Block: {Type: String}}
    Resources: {Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !Ref Block}}}
    """
    root = write(tmp_path, net_yaml=text)

    def block(settings: TemplateSettings | None = None) -> object:
        (vpc,) = api.load(root / "net.yaml", settings=settings).facts.vpcs.values()
        return vpc.cidr_block if isinstance(vpc.cidr_block, str) else None

    assert block() is None
    (root / "net.parameters.json").write_text('[{"ParameterKey": "Block", "ParameterValue": "10.1.0.0/16"}]')
    assert block() == "10.1.0.0/16"
    (root / "mine.yaml").write_text("Block: 10.2.0.0/16\n")
    named = TemplateSettings(parameter_files=(root / "mine.yaml",))
    assert block(named) == "10.2.0.0/16"
    assert block(TemplateSettings(parameters={"Block": "10.3.0.0/16"})) == "10.3.0.0/16"
    with pytest.raises(InputError, match="unknown parameter `Blck`"):
        block(TemplateSettings(parameters={"Blck": "10.3.0.0/16"}))


def test_a_condition_that_nobody_can_tell_leaves_open_what_it_would_change(tmp_path: Path) -> None:
    text = """
    Parameters: {Wide: {Type: String}}
    Conditions: {Open: !Equals [!Ref Wide, 'yes']}
    Resources:
      Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}
      Subnet:
        Type: AWS::EC2::Subnet
        Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, Tags: [{Key: Name, Value: a}]}
      Group: {Type: 'AWS::EC2::SecurityGroup', Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
      Rule:
        Type: AWS::EC2::SecurityGroupIngress
        Condition: Open
        Properties: {GroupId: !Ref Group, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
      Host:
        Type: AWS::EC2::Instance
        Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Group], Tags: [{Key: Name, Value: host}]}
    """
    path = write(tmp_path, net_yaml=text) / "net.yaml"

    def verdict(**parameters: str) -> Verdict:
        snapshot = api.load(path, settings=TemplateSettings(parameters=parameters))
        return api.reach(snapshot, "a", "host", api.Flow(port=443)).verdict

    assert verdict(Wide="yes") is Verdict.ALLOWED
    assert verdict(Wide="no") is Verdict.DENIED
    assert verdict() is Verdict.UNKNOWN


def test_a_cdk_app_tells_its_stacks_and_where_they_go(tmp_path: Path) -> None:
    inner = {"Resources": {"Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}}}}}
    inner["Parameters"] = {"Vpc": {"Type": "String"}}  # type: ignore[assignment]
    outer = {
        "Resources": {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
            "Inner": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": {"Fn::Sub": "https://s3/x"}, "Parameters": {"Vpc": {"Ref": "Vpc"}}},
                "Metadata": {"aws:asset:path": "inner.nested.template.json"},
            },
        }
    }
    manifest = {
        "version": "36.0.0",
        "artifacts": {
            "Net.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Net.assets.json"}},
            "Net": {
                "type": "aws:cloudformation:stack",
                "environment": "aws://444455556666/eu-west-1",
                "properties": {"templateFile": "Net.template.json", "stackName": "net"},
            },
        },
    }
    for name, value in (
        ("manifest.json", manifest),
        ("Net.template.json", outer),
        ("inner.nested.template.json", inner),
    ):
        (tmp_path / name).write_text(json.dumps(value, indent=1))
    snapshot = api.load(tmp_path)
    (vpc_id,), (subnet,) = snapshot.facts.vpcs, snapshot.facts.subnets.values()
    assert subnet.vpc_id == vpc_id
    place = snapshot.place(vpc_id)
    assert (place.account, place.region, place.address, place.line) == ("444455556666", "eu-west-1", "net/Vpc", 3)
    (tmp_path / "Net.template.json").unlink()
    with pytest.raises(InputError, match=r"names the template `Net\.template\.json`, which is not there"):
        api.load(tmp_path)


def test_a_sam_template_is_translated(tmp_path: Path) -> None:
    pytest.importorskip("samtranslator", reason="the sam extra is not installed")
    text = """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Api
        Properties:
          StageName: prod
          EndpointConfiguration: {Type: PRIVATE, VPCEndpointIds: [vpce-0a1b2c3d4e5f60718]}
          Auth:
            ResourcePolicy:
              CustomStatements:
                - {Effect: Allow, Principal: '*', Action: execute-api:Invoke, Resource: execute-api:/*}
      Handler:
        Type: AWS::Serverless::Function
        Properties:
          Runtime: python3.12
          Handler: app.handler
          InlineCode: "def handler(event, context): pass"
          Events:
            Get: {Type: Api, Properties: {RestApiId: !Ref Orders, Path: /orders, Method: get}}
    """
    snapshot = api.load(write(tmp_path, sam_yaml=text) / "sam.yaml")
    (rest_api,) = snapshot.facts.rest_apis.values()
    assert rest_api.endpoint_configuration.types == ("PRIVATE",)  # type: ignore[union-attr]
    export = snapshot.facts.stage_exports[rest_api.id, "prod"]
    assert dict(export.methods)["/orders"] == {"GET": None} or "/orders" in export.methods
    assert isinstance(export.policy, str)
    assert snapshot.place(rest_api.id).line == 4


def test_sam_without_its_transform_is_told_so(tmp_path: Path) -> None:
    text = "Resources: {Api: {Type: 'AWS::Serverless::Api', Properties: {StageName: prod}}}"
    with pytest.raises(InputError, match="no `Transform`"):
        api.load(write(tmp_path, sam_yaml=text) / "sam.yaml")


def test_a_macro_that_only_aws_runs_is_refused_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the transform `Mine` rewrites the template") as caught:
        api.load(write(tmp_path, a_yaml="Transform: [Mine]\n" + VPC) / "a.yaml")
    assert "Processed" in caught.value.help


def test_ten_thousand_resources_are_read(tmp_path: Path) -> None:
    resources = {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}
    for number in range(10_000):
        resources[f"Group{number}"] = {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"VpcId": {"Ref": "Vpc"}, "GroupDescription": str(number)},  # type: ignore[dict-item]
        }
    (tmp_path / "big.json").write_text(json.dumps({"Resources": resources}))
    assert len(api.load(tmp_path / "big.json").facts.security_groups) == 10_001
