"""Answers in pages: all of them make a whole, some of them leave the rest unknown."""

import json
from pathlib import Path
from typing import Any

import pytest

from narrowgate.sources.snapshot import load_snapshot

WHERE = "111122223333/us-east-1"
RULES = "route53resolver.list_resolver_rule_associations"
FIRST = {"Id": "a-1", "ResolverRuleId": "r-1", "VPCId": "vpc-1", "Status": "COMPLETE"}
SECOND = {"Id": "a-2", "ResolverRuleId": "r-2", "VPCId": "vpc-1", "Status": "COMPLETE"}


def folder(tmp_path: Path, name: str, content: Any) -> Path:
    path = tmp_path / WHERE / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return tmp_path


def missing(root: Path, *, parent: str | None = None, call: str = RULES, complete: bool = False) -> str | None:
    found = load_snapshot(root, assume_complete=complete).missing(call, "111122223333", "us-east-1", parent=parent)
    return found.why if found else None


@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize("mark", [{"NextToken": "abc"}, {"NextMarker": "abc"}, {"IsTruncated": True}])
def test_a_first_page_alone_leaves_the_rest_unknown(tmp_path, mark, complete):
    root = folder(tmp_path, RULES, {"ResolverRuleAssociations": [FIRST], **mark})
    assert "further page" in str(missing(root, complete=complete))
    assert [each.id for each in load_snapshot(root).facts.resolver_rule_associations] == ["a-1"]


@pytest.mark.parametrize("mark", [{}, {"NextToken": None}, {"NextToken": ""}, {"IsTruncated": False}])
def test_a_page_that_names_no_further_one_is_the_whole(tmp_path, mark):
    assert missing(folder(tmp_path, RULES, {"ResolverRuleAssociations": [FIRST], **mark})) is None


def test_all_pages_make_a_whole(tmp_path):
    pages = [
        {"parameters": {}, "response": {"ResolverRuleAssociations": [FIRST], "NextToken": "abc"}},
        {"parameters": {"NextToken": "abc"}, "response": {"ResolverRuleAssociations": [SECOND]}},
    ]
    root = folder(tmp_path, RULES, pages)
    assert missing(root) is None
    assert [each.id for each in load_snapshot(root).facts.resolver_rule_associations] == ["a-1", "a-2"]


def test_of_a_parent_whose_last_page_is_missing_nothing_is_known(tmp_path):
    call = "route53.list_resource_record_sets"
    record = {"Name": "db.corp.internal.", "Type": "A", "ResourceRecords": [{"Value": "10.0.1.20"}]}
    page = {"ResourceRecordSets": [record], "IsTruncated": True, "NextRecordName": "x.corp.internal."}
    last = {"ResourceRecordSets": [record | {"Name": "x.corp.internal."}], "IsTruncated": False}
    first_only = [{"parameters": {"HostedZoneId": "Z1"}, "response": page}]
    root = folder(tmp_path, call, first_only)
    assert "further page" in str(missing(root, call=call, parent="Z1"))
    assert load_snapshot(root).facts.record_sets == {}
    root = folder(tmp_path, call, [*first_only, {"parameters": {"HostedZoneId": "Z1"}, "response": last}])
    assert missing(root, call=call, parent="Z1") is None
    assert len(load_snapshot(root).facts.record_sets["Z1"]) == 2


def test_a_call_s_name_may_carry_its_parent_behind_it(tmp_path):
    attribute = {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": True}}
    root = folder(tmp_path, "ec2.describe_vpc_attribute.vpc-1.support", attribute)
    assert load_snapshot(root).facts.vpc_attributes == {"vpc-1": {"enable_dns_support": True}}


def test_a_call_per_parent_is_known_by_its_key_and_parameter(tmp_path):
    record = {"Name": "db.corp.internal.", "Type": "A", "ResourceRecords": [{"Value": "10.0.1.20"}]}
    body = {"ResourceRecordSets": [record], "IsTruncated": False, "MaxItems": "300"}
    root = folder(tmp_path, "Records", [{"parameters": {"HostedZoneId": "/hostedzone/Z1"}, "response": body}])
    assert set(load_snapshot(root).facts.record_sets) == {"Z1"}
    unclear = [{"parameters": {"restApiId": "a1"}, "response": {"items": []}}]
    assert load_snapshot(folder(tmp_path, "Things", unclear)).warnings == (
        f"{WHERE}/Things.json: not understood: no AWS response that narrowgate knows",
    )
