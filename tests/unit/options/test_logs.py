"""Logs and alarms of what is made: apart from the option, as the design wants them, and enough for the audit."""

import msgspec
import pytest
from tests.unit.design.designs import GUIDE, read

from narrowgate.audit.run import audit
from narrowgate.model.design import Design, Logs
from narrowgate.model.errors import InputError
from narrowgate.options.parts.logs import with_logs
from narrowgate.options.registry import OPTIONS, find_option
from narrowgate.sources.resources.build import build_world

TOPIC = "arn:aws:sns:us-east-1:111122223333:alarms"


def _findings(design: Design, option: str) -> list[str]:
    resources = with_logs(design, find_option(option).resources(design))
    return sorted({each.rule for each in audit(build_world(resources).snapshot) if each.rule.startswith("OPS")})


@pytest.mark.parametrize("option", ["hosted-zone", "resolver", "privatelink", "transit-gateway"])
def test_the_audit_misses_no_log_and_no_alarm(option):
    design = read(GUIDE + f"logs: {{notify: {TOPIC}}}\n")
    assert _findings(design, option) == []


def test_without_a_topic_alarms_tell_nobody_and_the_audit_says_so():
    assert _findings(read(), "hosted-zone") == ["OPS008"]


def test_without_logs_the_audit_misses_them():
    design = read(GUIDE + "logs: {enabled: false}\n")
    assert {"OPS001", "OPS002", "OPS005", "OPS007"} <= set(_findings(design, "hosted-zone"))


def test_options_themselves_have_no_logs_so_that_compare_counts_what_connects():
    design = read()
    kinds = {each.type for option in OPTIONS if option.applies(design).fits for each in option.resources(design)}
    assert not kinds & {"AWS::Logs::LogGroup", "AWS::CloudWatch::Alarm", "AWS::EC2::FlowLog", "AWS::KMS::Key"}


def test_every_log_group_has_the_designs_retention_and_a_key():
    design = read(GUIDE + "logs: {retention_days: 30}\n")
    resources = with_logs(design, find_option("hosted-zone").resources(design))
    groups = [each for each in resources if each.type == "AWS::Logs::LogGroup"]
    assert len(groups) == 5
    assert all(each.properties["RetentionInDays"] == 30 and each.properties["KmsKeyId"] for each in groups)


def test_a_web_acl_stands_before_the_stage_only_where_the_design_wants_one():
    design = read()
    wanted = msgspec.structs.replace(design, logs=Logs(waf=True))
    for each, count in ((design, 0), (wanted, 1)):
        resources = with_logs(each, find_option("alias").resources(each))
        assert sum(resource.type == "AWS::WAFv2::WebACLAssociation" for resource in resources) == count
        build_world(resources)


def test_a_topic_of_another_region_is_told_nothing():
    design = read(GUIDE + f"logs: {{notify: {TOPIC.replace('us-east-1', 'eu-west-1')}}}\n")
    resources = with_logs(design, find_option("alias").resources(design))
    alarms = [each for each in resources if each.type == "AWS::CloudWatch::Alarm"]
    assert alarms
    assert all(each.properties["AlarmActions"] == [] for each in alarms)


@pytest.mark.parametrize(
    ("text", "says", "way_out"),
    [
        ("retention_days: 31", "31 days", "30"),
        ("notify: ops@example.com", "no SNS topic", "arn:aws:sns"),
        ("retenton_days: 30", "unknown key", "retention_days"),
    ],
)
def test_what_cloudwatch_cannot_do_is_refused_with_the_nearest(text, says, way_out):
    with pytest.raises(InputError, match=says) as raised:
        read(GUIDE + f"logs: {{{text}}}\n")
    assert way_out in raised.value.help
