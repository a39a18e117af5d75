"""Templates of any shape: a snapshot or one error with its file, never a crash."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from narrowgate import api
from narrowgate.model.errors import NarrowgateError
from narrowgate.sources.cloudformation.functions import FUNCTIONS
from narrowgate.sources.declared.types import HANDLERS

NAMES = st.sampled_from(["A", "B", "C", "P", "Q", "AWS::Region", "AWS::NoValue", "Nothing", "A.Arn", ""])
WORDS = """
VpcId SubnetId SubnetIds CidrBlock RouteTableId GroupId SecurityGroupIngress RestApiId Policy PolicyDocument VPCs
HostedZoneId Name Type ServiceName VpcEndpointType Body DestinationCidrBlock IpAddresses TargetIps ResourceRecords
AliasTarget EndpointConfiguration
"""
KEYS = st.sampled_from(WORDS.split())
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 70000),
    st.sampled_from(
        ["10.0.0.0/16", "10.0.1.0/24", "10.0.1.4", "tcp", "Interface", "PRIVATE", "", "x", "${A}", "a,b"]
    ),
)
FUNCTION = st.sampled_from(sorted(FUNCTIONS))
VALUES = st.recursive(
    LEAVES | st.builds(lambda name: {"Ref": name}, NAMES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(KEYS, inner, max_size=3),
        st.builds(lambda name, value: {name: value}, FUNCTION, inner),
        st.builds(lambda a, b, c: {"Fn::If": [a, b, c]}, NAMES, inner, inner),
        st.builds(lambda a, b: {"Fn::GetAtt": [a, b]}, NAMES, st.sampled_from(["Arn", "CidrBlock", "DnsEntries"])),
    ),
    max_leaves=8,
)
RESOURCE = st.builds(
    lambda kind, properties, condition: {"Type": kind, "Properties": properties} | condition,
    st.sampled_from([*sorted(HANDLERS), "AWS::CloudFormation::Stack", "AWS::EC2::Unheard", "Custom::Mine"]),
    st.dictionaries(KEYS, VALUES, max_size=6),
    st.sampled_from([{}, {"Condition": "C"}, {"Condition": "D"}]),
)


@given(
    st.dictionaries(st.sampled_from(["A", "B", "C", "D", "E"]), RESOURCE, min_size=1, max_size=5),
    st.dictionaries(st.sampled_from(["C", "D"]), VALUES, max_size=2),
    VALUES,
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_template_of_any_shape_is_read_or_refused(resources: Any, conditions: Any, output: Any) -> None:
    template = {
        "Parameters": {"P": {"Type": "String", "Default": "p"}, "Q": {"Type": "CommaDelimitedList"}},
        "Conditions": conditions,
        "Resources": resources,
        "Outputs": {"O": {"Value": output, "Export": {"Name": "o"}}},
    }
    with TemporaryDirectory() as folder:
        path = Path(folder) / "stack.json"
        path.write_text(json.dumps(template))
        try:
            snapshot = api.load(path)
        except NarrowgateError as error:
            assert str(path) in error.where
        else:
            assert snapshot.warnings
