"""Intrinsic functions, conditions and parameters, as small templates."""

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from narrowgate.model.errors import InputError
from narrowgate.model.resource import GetAtt, Join, Ref, Unknown
from narrowgate.sources.cloudformation.functions import FUNCTIONS
from narrowgate.sources.cloudformation.stacks import Stacks
from narrowgate.sources.cloudformation.template import Stack


def stacks_of(tmp_path: Path, text: str, **parameters: Any) -> Stacks:
    path = tmp_path / "stack.yaml"
    path.write_text(dedent(text))
    stacks = Stacks()
    stacks.add(
        path,
        "stack.yaml",
        Stack(name="stack", account="111122223333", region="eu-west-1", parameters=parameters),
    )
    return stacks


def value_of(tmp_path: Path, expression: str, *, head: str = "", **parameters: Any) -> Any:
    """What an expression in YAML is as the property `Value` of a resource."""
    text = f"""\
Parameters:
  Name: {{Type: String, Default: orders}}
  Empty: {{Type: String}}
  Many: {{Type: CommaDelimitedList, Default: 'a, b,c'}}
  Secret: {{Type: 'AWS::SSM::Parameter::Value<String>', Default: /name}}
Mappings:
  Zones: {{eu-west-1: {{first: eu-west-1b}}}}
Conditions:
  Always: !Equals [a, a]
  Never: !Not [Condition: Always]
  Open: !Equals [!Ref Empty, x]
  Both: !And [Condition: Always, Condition: Open]
  One: !Or [Condition: Always, Condition: Open]
{head}
Resources:
  Vpc: {{Type: 'AWS::EC2::VPC', Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Gone: {{Type: 'AWS::EC2::VPC', Condition: Never}}
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      Value: {expression}
"""
    resources = {each.logical_id: each for each in stacks_of(tmp_path, text, **parameters).resources()}
    return resources["Bucket"].properties.get("Value", "left out")


UNKNOWN = "unknown"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!Ref Name", "orders"),
        ("!Ref Vpc", Ref("Vpc")),
        ("!Ref AWS::Region", "eu-west-1"),
        ("!Ref AWS::AccountId", "111122223333"),
        ("!Ref AWS::Partition", "aws"),
        ("!Ref AWS::URLSuffix", "amazonaws.com"),
        ("!Ref AWS::StackName", "stack"),
        ("!Ref AWS::StackId", UNKNOWN),
        ("!Ref AWS::NoValue", "left out"),
        ("!Ref Empty", UNKNOWN),
        ("!Ref Secret", UNKNOWN),
        ("!Ref Nothing", UNKNOWN),
        ("!Ref Gone", UNKNOWN),
        ("!Ref Many", ["a", "b", "c"]),
        ("!GetAtt Vpc.CidrBlock", "10.0.0.0/16"),
        ("!GetAtt Vpc.DefaultSecurityGroup", GetAtt("Vpc", "DefaultSecurityGroup")),
        ("{'Fn::GetAtt': [Vpc, VpcId]}", GetAtt("Vpc", "VpcId")),
        ("!Sub '${Name}.${AWS::Region}.${!Literal}'", "orders.eu-west-1.${Literal}"),
        ("!Sub ['${a}-${Vpc}', {a: !Ref Name}]", Join(("orders-", Ref("Vpc")))),
        ("!Sub '${Vpc.VpcId}'", GetAtt("Vpc", "VpcId")),
        ("!Sub 'x${Empty}'", UNKNOWN),
        ("!Join ['-', [a, !Ref Name, c]]", "a-orders-c"),
        ("!Join [',', !Ref Many]", "a,b,c"),
        ("!Join ['', ['vpc/', !Ref Vpc]]", Join(("vpc/", Ref("Vpc")))),
        ("!Select [1, !Ref Many]", "b"),
        ("!Select [9, !Ref Many]", UNKNOWN),
        ("!Select ['0', !Split ['.', 'a.b']]", "a"),
        ("!Split [':', 'a:b']", ["a", "b"]),
        ("!Select [1, !Split [':', !Join ['', ['x:', !Ref Vpc]]]]", Ref("Vpc")),
        ("!FindInMap [Zones, !Ref AWS::Region, first]", "eu-west-1b"),
        ("!FindInMap [Zones, nowhere, first]", UNKNOWN),
        ("!FindInMap [Zones, nowhere, first, {DefaultValue: other}]", "other"),
        ("!If [Always, 1, 2]", 1),
        ("!If [Never, 1, !Ref AWS::NoValue]", "left out"),
        ("!If [Open, 1, 2]", UNKNOWN),
        ("!If [Open, same, same]", "same"),
        ("!If [Both, 1, 2]", UNKNOWN),
        ("!If [One, 1, 2]", 1),
        ("!If [Missing, 1, 2]", UNKNOWN),
        ("!Base64 abc", "YWJj"),
        ("!Cidr [!GetAtt Vpc.CidrBlock, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("!Cidr [nonsense, 2, 8]", UNKNOWN),
        ("!Select [0, !GetAZs '']", "eu-west-1a"),
        ("!Select [1, !GetAZs us-east-1]", "us-east-1b"),
        ("!ImportValue nothing", UNKNOWN),
        ("!ToJsonString {a: [1, true]}", '{"a": [1, true]}'),
        ("!Length [a, b]", 2),
        ("!Length !Ref Many", 3),
        ("!Transform {Name: 'AWS::Include', Parameters: {}}", UNKNOWN),
        ("'{{resolve:ssm:/name}}'", UNKNOWN),
        ("!Frobnicate [1]", UNKNOWN),
        ("012345678901", "012345678901"),
        ("111122223333", "111122223333"),
    ],
)
def test_a_function_gives_what_cloudformation_would(tmp_path: Path, expression: str, expected: Any) -> None:
    if expression == "!Length !Ref Many":
        expression = "{'Fn::Length': {Ref: Many}}"
    found = value_of(tmp_path, expression)
    if expected == UNKNOWN:
        assert isinstance(found, Unknown)
        assert found.why
    else:
        assert found == expected


def test_every_function_of_the_table_is_tried() -> None:
    text = Path(__file__).read_text()
    tried = {name for name in FUNCTIONS if f"!{name.removeprefix('Fn::')} " in text or name in text}
    assert tried >= FUNCTIONS - {"Condition"}


def test_a_parameter_of_the_command_line_beats_the_default(tmp_path: Path) -> None:
    assert value_of(tmp_path, "!Ref Name", Name="billing") == "billing"
    assert value_of(tmp_path, "!If [Open, 1, 2]", Empty="x") == 1


def test_a_value_that_is_not_allowed_is_refused_with_its_line(tmp_path: Path) -> None:
    text = """\
    Parameters:
      Stage:
        Type: String
        AllowedValues: [prod, test]
    Resources:
      Bucket: {Type: 'AWS::S3::Bucket', Properties: {Value: !Ref Stage}}
    """
    with pytest.raises(InputError, match="may not be `live`") as caught:
        list(stacks_of(tmp_path, text, Stage="live").resources())
    assert caught.value.where == "stack.yaml:2"


def test_conditions_in_a_circle_are_unknown(tmp_path: Path) -> None:
    head = "  Egg: !Not [Condition: Hen]\n  Hen: !Not [Condition: Egg]"
    assert isinstance(value_of(tmp_path, "!If [Egg, 1, 2]", head=head), Unknown)


def test_resources_in_a_circle_are_refused_by_name(tmp_path: Path) -> None:
    text = """\
    Resources:
      A:
        Type: AWS::EC2::SecurityGroup
        Properties: {SecurityGroupIngress: [{SourceSecurityGroupId: !Ref B}]}
      B:
        Type: AWS::EC2::SecurityGroup
        Properties: {SecurityGroupIngress: [{SourceSecurityGroupId: !Ref A}]}
    """
    with pytest.raises(InputError, match="in a circle: A -> B -> A") as caught:
        stacks_of(tmp_path, text).resources()
    assert caught.value.where == "stack.yaml:2"


def test_loops_are_written_out(tmp_path: Path) -> None:
    text = """\
    Transform: AWS::LanguageExtensions
    Resources:
      Fn::ForEach::Subnets:
        - Zone
        - [a, b]
        - Subnet${Zone}:
            Type: AWS::EC2::Subnet
            Properties:
              AvailabilityZone: !Sub "${AWS::Region}${Zone}"
              Tags: [{Key: Name, Value: !Ref Zone}]
    """
    found = {each.logical_id: each.properties for each in stacks_of(tmp_path, text).resources()}
    assert found["Subneta"]["AvailabilityZone"] == "eu-west-1a"
    assert found["Subnetb"]["Tags"] == [{"Key": "Name", "Value": "b"}]


def test_a_loop_over_what_nobody_knows_leaves_its_types_open(tmp_path: Path) -> None:
    text = """\
    Transform: AWS::LanguageExtensions
    Parameters: {Zones: {Type: CommaDelimitedList}}
    Resources:
      Fn::ForEach::Subnets:
        - Zone
        - !Ref Zones
        - Subnet${Zone}: {Type: AWS::EC2::Subnet, Properties: {CidrBlock: 10.0.0.0/24}}
    """
    stacks = stacks_of(tmp_path, text)
    (resource,) = stacks.resources()
    assert resource.type == "AWS::EC2::Subnet"
    assert resource.uncertain is not None
    assert "parameter `Zones`" in resource.uncertain.why
    assert any("what it makes is unknown: AWS::EC2::Subnet" in each for each in stacks.warnings)


def test_a_policy_keeps_its_condition_block(tmp_path: Path) -> None:
    expression = "{Statement: [{Condition: {StringEquals: {'aws:SourceVpce': !Ref Vpc}}}]}"
    assert value_of(tmp_path, expression) == {
        "Statement": [{"Condition": {"StringEquals": {"aws:SourceVpce": Ref("Vpc")}}}]
    }
