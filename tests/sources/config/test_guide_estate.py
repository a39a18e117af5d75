"""The guide's estate, and every broken form of it, as AWS Config recorded it: the same verdict, or a named gap."""

import gzip
import json
from functools import cache
from pathlib import Path

import pytest
from tests.builders import build_guide, snapshot_of, write_snapshot
from tests.sources.config.recording import (
    TYPES,
    aggregated,
    items_of,
    recorded_estate,
    snapshot_files,
    write_config,
)

from narrowgate import api
from narrowgate.api.questions import Flow
from narrowgate.api.sources import load
from narrowgate.guide.broken import VARIATIONS
from narrowgate.model.answer import Verdict
from narrowgate.model.snapshot import Snapshot

CLIENT = "requester-host"
HTTPS = Flow(port=443)
ENDPOINT = "10.0.1.10"
# What AWS Config records of these is not all that decides.
IN_PART = {
    "apigateway.get_rest_apis",
    "ec2.describe_vpc_endpoints",
    "route53resolver.list_resolver_rule_associations",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    guide = build_guide(two_accounts=True)
    return write_config(recorded_estate(guide.estate), tmp_path_factory.mktemp("config"))


@pytest.fixture(scope="module")
def recorded(folder) -> Snapshot:
    return load(folder)


def test_both_accounts_and_their_networks_are_there(recorded):
    whole = snapshot_of(build_guide(two_accounts=True).estate)
    for name in ("vpcs", "subnets", "route_tables", "network_acls", "security_groups", "network_interfaces"):
        assert getattr(recorded.facts, name) == getattr(whole.facts, name), name
    assert recorded.facts.instances == whole.facts.instances
    assert recorded.facts.dhcp_options == whole.facts.dhcp_options
    assert {recorded.account_of(each) for each in recorded.facts.vpcs} == {"111122223333", "444455556666"}


def test_a_socket_is_decided_by_what_aws_config_records(recorded):
    guide = build_guide(two_accounts=True)
    answer = api.reach(recorded, CLIENT, guide.endpoint, HTTPS)
    assert (answer.verdict, answer.unknowns) == (Verdict.ALLOWED, ())


def test_a_call_is_unknown_and_the_answer_names_what_aws_config_does_not_record(recorded):
    answer = api.trace(recorded, CLIENT, build_guide(two_accounts=True).url)
    assert answer.verdict is Verdict.UNKNOWN
    facts = " ".join(each.fact for each in answer.unknowns)
    assert "ec2.describe_vpc_attribute enableDnsSupport" in facts
    assert "route53profiles.list_profile_associations" in facts
    assert "ResolverRuleAssociation.Status" in facts


def test_what_aws_config_never_records_stays_unknown_when_all_else_is_assumed_absent(folder):
    answer = api.trace(load(folder, assume_complete=True), CLIENT, build_guide(two_accounts=True).url)
    assert answer.verdict is Verdict.UNKNOWN
    (gap,) = (each for each in answer.unknowns if "enableDnsSupport" in each.fact)
    assert "AWS Config does not record it" in gap.why


@cache
def with_answers_beside(variation: str, folder: Path) -> tuple[Snapshot, Snapshot]:
    """A variation as its whole snapshot, and as AWS Config's items with AWS's answers for all that they lack."""
    estate = VARIATIONS[variation].make().guide.estate
    write_snapshot(estate, folder)
    whole = load(folder)
    named = {*TYPES, "ec2.describe_instances"} - IN_PART
    kept = items_of(estate.responses())
    seen = {(each["awsAccountId"], each["awsRegion"], each["resourceType"]) for each in kept}
    for operation in named:
        kind = TYPES[operation][0] if operation in TYPES else "AWS::EC2::Instance"
        for path in folder.rglob(f"{operation}.json"):
            if (path.parts[-3], path.parts[-2], kind) in seen:
                path.unlink()
    assert not list(folder.rglob("ec2.describe_vpcs.json"))
    write_config(kept, folder)
    return whole, load(folder)


@pytest.mark.parametrize("variation", VARIATIONS)
def test_answers_beside_fill_what_is_missing_and_every_verdict_is_the_snapshot_s(variation, tmp_path):
    case = VARIATIONS[variation].make()
    whole, mixed = with_answers_beside(variation, tmp_path)
    expected, answer = (
        api.trace(each, case.client, case.url, method=case.method, headers=case.headers) for each in (whole, mixed)
    )
    assert (answer.verdict, answer.symptom) == (expected.verdict, expected.symptom)
    assert (answer.decided_by is None) == (expected.decided_by is None)
    if answer.decided_by is not None and expected.decided_by is not None:
        assert answer.decided_by.resource == expected.decided_by.resource
        assert answer.decided_by.reason == expected.decided_by.reason


@pytest.mark.parametrize("variation", VARIATIONS)
def test_alone_it_never_decides_otherwise_and_an_open_answer_names_a_fact(variation, tmp_path):
    case = VARIATIONS[variation].make()
    estate = case.guide.estate
    recorded = load(write_config(items_of(estate.responses()), tmp_path))
    expected = api.reach(snapshot_of(estate), CLIENT, ENDPOINT, HTTPS)
    answer = api.reach(recorded, CLIENT, ENDPOINT, HTTPS)
    assert answer.verdict is expected.verdict or (answer.verdict is Verdict.UNKNOWN and answer.unknowns)
    called = api.trace(recorded, case.client, case.url, method=case.method, headers=case.headers)
    assert called.verdict is not Verdict.ALLOWED
    assert called.verdict is not Verdict.UNKNOWN or called.unknowns


def test_an_aggregator_s_answer_tells_the_same(tmp_path, recorded):
    items = recorded_estate(build_guide(two_accounts=True).estate)
    path = tmp_path / "page.json"
    path.write_text(json.dumps(aggregated(items)))
    pages = load(path)
    assert pages.facts.subnets == recorded.facts.subnets
    assert pages.facts.security_groups == recorded.facts.security_groups
    answer = api.reach(pages, CLIENT, build_guide(two_accounts=True).endpoint, HTTPS)
    assert answer.verdict in (Verdict.ALLOWED, Verdict.UNKNOWN)


def test_one_file_alone_is_a_source_plain_or_packed(tmp_path):
    files = snapshot_files(recorded_estate(build_guide().estate))
    name, content = next(iter(files.items()))
    (tmp_path / name).write_bytes(gzip.compress(json.dumps(content).encode()))
    plain = tmp_path / "recorded.json"
    plain.write_text(json.dumps(content))
    assert load(tmp_path / name).facts.vpcs == load(plain).facts.vpcs
    assert load(plain).facts.vpcs
