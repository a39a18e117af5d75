"""One run and the next: what is asked, what is kept, and what an interruption costs."""

import json
import os
from collections import Counter

import pytest
from tests.unit.live.fake_aws import ACCOUNT, FakeAws, denied, estate

from narrowgate.model.errors import CollectionError, InputError
from narrowgate.sources.live.folder import JOURNAL, Folder
from narrowgate.sources.live.run import collect
from narrowgate.sources.snapshot import load_snapshot

WORKERS = 4


def gather(aws, root, *, workers=WORKERS):
    with Folder(root) as folder:
        seconds = collect([aws], folder, workers=workers)
        folder.close(complete=True, seconds=seconds)
        return folder


def content(root):
    """Every answer on disk, as it would be read."""
    files = {}
    for path in sorted(root.rglob("*.json")):
        if path.name != "snapshot.json":
            data = json.loads(path.read_bytes())
            ordered = (
                sorted(data, key=lambda each: json.dumps(each, sort_keys=True)) if isinstance(data, list) else data
            )
            files[path.relative_to(root).as_posix()] = ordered
    return files


def manifest(root):
    return json.loads((root / "snapshot.json").read_bytes())


def test_children_are_asked_for_each_parent_and_only_where_they_exist(tmp_path):
    gather(FakeAws(estate()), tmp_path / "s")
    files = content(tmp_path / "s")
    here = f"{ACCOUNT}/us-east-1"
    asked = {tuple(each["parameters"].values()) for each in files[f"{here}/ec2.describe_vpc_attribute.json"]}
    assert asked == {
        (vpc, attribute) for vpc in ("vpc-1", "vpc-2") for attribute in ("enableDnsHostnames", "enableDnsSupport")
    }
    assert [each["parameters"]["stageName"] for each in files[f"{here}/apigateway.get_export.json"]] == [
        "prod",
        "test",
    ]
    assert [
        each["parameters"] for each in files[f"{ACCOUNT}/global/route53.list_vpc_association_authorizations.json"]
    ] == [{"HostedZoneId": "Z1"}]
    assert [each["parameters"] for each in files[f"{here}/route53resolver.list_firewall_domains.json"]] == [
        {"FirewallDomainListId": "rslvr-fdl-1"}
    ]
    assert files[f"{here}/ec2.search_transit_gateway_routes.json"] == []


def test_a_refused_call_stands_in_the_manifest_and_is_unknown_to_the_reader(tmp_path):
    answers = estate() | {"ec2.describe_route_tables": denied("DescribeRouteTables", "UnauthorizedOperation")}
    gather(FakeAws(answers), tmp_path / "s")
    (refused,) = [
        each for each in manifest(tmp_path / "s")["calls"] if each["operation"] == "describe_route_tables"
    ]
    assert (refused["code"], refused["error"]) == ("UnauthorizedOperation", "not authorized")
    snapshot = load_snapshot(tmp_path / "s", assume_complete=True)
    missing = snapshot.missing("ec2.describe_route_tables", ACCOUNT, "us-east-1")
    assert missing is not None
    assert "UnauthorizedOperation" in missing.why
    assert snapshot.missing("ec2.describe_subnets", ACCOUNT, "us-east-1") is None


def test_children_of_a_refused_call_are_unknown_not_empty(tmp_path):
    gather(FakeAws(estate() | {"apigateway.get_stages": denied("GetStages")}), tmp_path / "s")
    assert f"{ACCOUNT}/us-east-1/apigateway.get_stages.json" not in content(tmp_path / "s")
    assert f"{ACCOUNT}/us-east-1/apigateway.get_export.json" not in content(tmp_path / "s")


def test_children_of_an_empty_answer_are_empty_to_the_last_generation(tmp_path):
    gather(FakeAws({}), tmp_path / "s")
    assert content(tmp_path / "s")[f"{ACCOUNT}/us-east-1/apigateway.get_export.json"] == []


def test_a_finished_folder_is_asked_again_only_for_what_was_refused(tmp_path):
    gather(FakeAws(estate()), tmp_path / "s")
    again = FakeAws(estate() | {"ec2.describe_flow_logs": {"FlowLogs": []}})
    gather(again, tmp_path / "s")
    # Organizations and the rest answered; flow logs had not.
    assert set(again.asked) == {"us-east-1 ec2.describe_flow_logs []"}
    assert [each for each in manifest(tmp_path / "s")["calls"] if "code" in each] == []


def test_one_refused_child_is_asked_again_alone(tmp_path):
    def attribute(sent):
        if sent == {"VpcId": "vpc-2", "Attribute": "enableDnsSupport"}:
            raise denied("DescribeVpcAttribute")
        return estate()["ec2.describe_vpc_attribute"](sent)

    gather(FakeAws(estate() | {"ec2.describe_vpc_attribute": attribute}), tmp_path / "s")
    again = FakeAws(estate())
    gather(again, tmp_path / "s")
    assert sum("describe_vpc_attribute" in each for each in again.asked) == 1
    assert len(content(tmp_path / "s")[f"{ACCOUNT}/us-east-1/ec2.describe_vpc_attribute.json"]) == 4


def test_a_further_region_is_added_to_a_folder(tmp_path):
    gather(FakeAws(estate()), tmp_path / "s")
    wider = FakeAws(estate(), regions=("us-east-1", "eu-west-1"))
    gather(wider, tmp_path / "s")
    asked = Counter(each.split()[0] for each in wider.asked)
    assert asked["us-east-1"] == 1, "only the refused call"
    assert manifest(tmp_path / "s")["regions"] == ["eu-west-1", "us-east-1"]


class _Killed(BaseException):
    """As a process ends at once: nothing after this line runs."""


def _killed_while_writing(monkeypatch, aws, root, at):
    """Run until the `at`-th write and leave everything as it is then; True where the run ended before."""
    writes = iter(range(at))

    def count(real):
        def wrapper(*arguments, **more):
            if next(writes, None) is None:
                raise _Killed
            return real(*arguments, **more)

        return wrapper

    folder = Folder(root)
    with monkeypatch.context() as patch:
        patch.setattr(type(root), "write_bytes", count(type(root).write_bytes))
        patch.setattr(type(root), "replace", count(type(root).replace))
        try:
            collect([aws], folder, workers=1)
            folder.close(complete=True, seconds=0.0)
        except _Killed:
            folder._journal.close()
            os.close(folder._lock)
            return False
    return True


def test_a_run_that_is_killed_at_any_write_is_completed_by_the_next(tmp_path, monkeypatch):
    gather(FakeAws(estate()), tmp_path / "whole")
    whole = content(tmp_path / "whole")
    whole_calls = [(each["operation"], each.get("code")) for each in manifest(tmp_path / "whole")["calls"]]
    for at in range(400):
        aws, root = FakeAws(estate()), tmp_path / f"killed-{at}"
        if _killed_while_writing(monkeypatch, aws, root, at):
            break
        gather(aws, root, workers=1)
        assert content(root) == whole, at
        assert not (root / JOURNAL).exists()
        assert not list(root.rglob("*.part"))
        twice = {each: count for each, count in aws.asked.items() if count > 1 and "flow_logs" not in each}
        # What was being written, waiting, and asked: nothing that had been kept.
        assert sum(count - 1 for count in twice.values()) <= 3, twice
        found = [(each["operation"], each.get("code")) for each in manifest(root)["calls"]]
        assert [each for each in found if each[1]] == [each for each in whole_calls if each[1]]
    else:
        pytest.fail("the run never came to its end")


def test_a_cut_line_of_the_journal_costs_its_one_call(tmp_path, monkeypatch):
    aws, root = FakeAws(estate()), tmp_path / "s"
    assert not _killed_while_writing(monkeypatch, aws, root, 60)
    journal = root / JOURNAL
    journal.write_bytes(journal.read_bytes()[:-20])
    gather(aws, root)
    gather(FakeAws(estate()), tmp_path / "whole")
    assert content(root) == content(tmp_path / "whole")


def test_an_expired_token_stops_the_run_with_one_sentence_and_keeps_what_came(tmp_path):
    aws = FakeAws(estate())

    def expire(name):
        if name.startswith("elbv2"):
            raise denied(name, "ExpiredTokenException", "The security token included in the request is expired")

    aws.before = expire
    with pytest.raises(CollectionError, match="token has expired"), Folder(tmp_path / "s") as folder:
        collect([aws], folder, workers=1)
    assert manifest(tmp_path / "s")["complete"] is False
    kept = set(content(tmp_path / "s"))
    assert f"{ACCOUNT}/us-east-1/ec2.describe_vpcs.json" in kept
    renewed = FakeAws(estate())
    gather(renewed, tmp_path / "s")
    assert not any("describe_vpcs" in each for each in renewed.asked)
    assert manifest(tmp_path / "s")["complete"] is True
    assert not any(each.get("code") == "ExpiredTokenException" for each in manifest(tmp_path / "s")["calls"])


def test_the_manifest_counts_requests_of_all_runs_once(tmp_path):
    gather(FakeAws(estate()), tmp_path / "s")
    first = manifest(tmp_path / "s")["requests"]
    gather(FakeAws(estate()), tmp_path / "s")
    assert manifest(tmp_path / "s")["requests"] == first


def test_two_runs_never_write_into_one_folder(tmp_path):
    with Folder(tmp_path / "s"), pytest.raises(InputError, match="another"):
        Folder(tmp_path / "s")


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        Folder(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]


def test_a_manifest_of_another_tool_is_left_alone(tmp_path):
    (tmp_path / "snapshot.json").write_text('{"format": "narrowgate.snapshot/1", "calls": []}')
    with pytest.raises(InputError, match="not written by"):
        Folder(tmp_path)


def test_a_defect_of_ours_is_not_recorded_as_a_failure_of_aws(tmp_path):
    aws = FakeAws(estate() | {"ec2.describe_subnets": TypeError("a defect")})
    with pytest.raises(TypeError), Folder(tmp_path / "s") as folder:
        collect([aws], folder, workers=1)
