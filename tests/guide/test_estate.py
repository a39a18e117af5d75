import re
from pathlib import Path

import pytest
from tests.builders import Estate, allow, build_guide, invoke_statement, policy_document, tcp

from narrowgate.guide.broken import VARIATIONS
from narrowgate.guide.folder import snapshot_of, write_snapshot
from narrowgate.sources.snapshot import load_snapshot
from narrowgate.sources.snapshot.operations import OPERATIONS

EXAMPLE = Path(__file__).parents[2] / "examples" / "guide" / "snapshot"


def written(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_example_is_what_the_builder_writes(tmp_path: Path) -> None:
    write_snapshot(build_guide().estate, tmp_path)
    assert written(tmp_path) == written(EXAMPLE)


def test_a_written_estate_reads_back_as_it_was_built(tmp_path: Path) -> None:
    estate = build_guide(two_accounts=True).estate
    estate.refuse("ec2.describe_vpn_gateways")
    write_snapshot(estate, tmp_path)
    from_folder, in_memory = load_snapshot(tmp_path), snapshot_of(estate)
    assert from_folder.facts == in_memory.facts
    assert from_folder.calls == in_memory.calls
    assert from_folder.refused == in_memory.refused
    assert from_folder.warnings == () == in_memory.warnings


def test_a_complete_estate_answers_every_call_that_the_reader_knows() -> None:
    estate = Estate()
    estate.vpc("10.0.0.0/16")
    answered = {response.operation for response in estate.responses()}
    # Service prefix lists are the one call that a complete collection does without: it decides nothing here.
    assert set(OPERATIONS) - answered == {"ec2.describe_prefix_lists"}


def test_a_forgotten_call_is_missing_and_a_refused_one_says_why() -> None:
    estate = Estate()
    estate.forget("ec2.describe_route_tables")
    estate.refuse("route53.list_hosted_zones", code="AccessDeniedException")
    snapshot = snapshot_of(estate)
    forgotten = snapshot.missing("ec2.describe_route_tables", "111122223333", "us-east-1")
    refused = snapshot.missing("route53.list_hosted_zones", "111122223333", "global")
    assert forgotten is not None and forgotten.why == "not collected"
    assert refused is not None and "AccessDeniedException" in refused.why
    assert snapshot.missing("ec2.describe_subnets", "111122223333", "us-east-1") is None


def test_ids_have_the_form_that_aws_gives_them() -> None:
    guide = build_guide()
    for own_id in (
        guide.requester.vpc,
        *guide.api.subnets,
        guide.peering,
        guide.endpoint,
        guide.api.host,
        guide.rule,
    ):
        assert re.fullmatch(r"(vpc|subnet|pcx|vpce|i|rslvr-rr)-0[0-9a-f]{16}", own_id)


def test_what_is_built_elsewhere_does_not_change_an_id() -> None:
    alone, beside = Estate(), Estate()
    beside.at("444455556666").vpc("10.9.0.0/16", "other")
    assert alone.vpc("10.0.0.0/16", "api") == beside.vpc("10.0.0.0/16", "api")


def test_a_subnet_has_one_acl_and_one_route_table() -> None:
    estate = Estate()
    vpc = estate.vpc("10.0.0.0/16")
    subnet = estate.subnet(vpc, "10.0.1.0/24")
    own = estate.network_acl(vpc, "own", entries=[allow(100, "0.0.0.0/0")], subnets=[subnet])
    estate.route_table(vpc, "first", subnets=[subnet])
    last = estate.route_table(vpc, "last", subnets=[subnet])
    facts = snapshot_of(estate).facts
    acls = [
        acl.network_acl_id
        for acl in facts.network_acls.values()
        for each in acl.associations
        if each.subnet_id == subnet
    ]
    tables = [
        table.route_table_id
        for table in facts.route_tables.values()
        for each in table.associations or ()
        if each.subnet_id == subnet
    ]
    assert acls == [own]
    assert tables == [last]


def test_addresses_are_given_once_and_never_aws_own() -> None:
    estate = Estate()
    vpc = estate.vpc("10.0.0.0/16")
    subnet = estate.subnet(vpc, "10.0.1.0/28")
    given = [estate.take_address(subnet) for _ in range(11)]
    assert sorted(given, key=lambda text: int(text.rpartition(".")[2])) == [
        f"10.0.1.{last}" for last in range(4, 15)
    ]
    with pytest.raises(ValueError, match="every address is taken"):
        estate.take_address(subnet)


def test_routes_follow_the_state_of_their_peering() -> None:
    guide = build_guide()
    guide.estate.set_peering_state(guide.peering, "pending-acceptance")
    routes = guide.estate.resource(guide.requester.route_table)["Routes"]
    assert [route["State"] for route in routes] == ["active", "blackhole"]


def test_a_saved_policy_reaches_the_stage_by_deploying_only() -> None:
    estate = Estate()
    first, second = (
        policy_document(invoke_statement(StringEquals={"aws:SourceVpc": vpc})) for vpc in ("vpc-1", "vpc-2")
    )
    api = estate.rest_api("orders", {"/": ["GET"]}, policy=first)
    estate.deploy(api)
    estate.set_policy(api, second)
    before = snapshot_of(estate).facts.stage_exports[(api, "prod")].policy
    estate.deploy(api)
    after = snapshot_of(estate).facts.stage_exports[(api, "prod")].policy
    assert isinstance(before, str) and "vpc-1" in before
    assert isinstance(after, str) and "vpc-2" in after


def test_a_policy_is_saved_with_full_arns_and_printed_escaped_twice() -> None:
    estate = Estate()
    api = estate.rest_api("orders", {"/": ["GET"]}, policy=policy_document(invoke_statement()))
    text = estate.resource(api)["policy"]
    assert text.startswith('{\\"Version\\"')
    assert f"arn:aws:execute-api:us-east-1:111122223333:{api}/*" in text


def test_a_group_rule_names_the_account_of_the_group_that_it_refers_to() -> None:
    estate = Estate()
    vpc = estate.vpc("10.0.0.0/16")
    peer = "444455556666/sg-0123456789abcdef0"
    group = estate.security_group(vpc, "web", ingress=[tcp(443, peer, "sg-0fedcba9876543210", "10.0.0.0/8")])
    permission = estate.resource(group)["IpPermissions"][0]
    assert [pair["UserId"] for pair in permission["UserIdGroupPairs"]] == ["444455556666", "111122223333"]
    assert permission["IpRanges"] == [{"CidrIp": "10.0.0.0/8"}]


@pytest.mark.parametrize("variation_id", VARIATIONS)
def test_every_variation_differs_from_the_working_form_or_asks_otherwise(variation_id: str) -> None:
    case = VARIATIONS[variation_id].make()
    working = build_guide()
    same_estate = case.guide.estate.responses() == working.estate.responses()
    assert not same_estate or case.guide.estate.refused_calls() or (case.url, case.method) != (working.url, "GET")
    assert VARIATIONS[variation_id].changed.endswith(".")
