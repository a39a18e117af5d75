"""The real command against the embedded AWS: killed as an operating system kills, and completed."""

import json
import subprocess
import sys

import boto3
import pytest

from narrowgate.deploy.embedded.start import EmbeddedAws

REGION = "us-east-1"


@pytest.fixture(scope="module")
def account():
    with EmbeddedAws("111122223333") as aws:
        session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name=REGION)  # noqa: S106
        ec2 = session.client("ec2", endpoint_url=aws.url)
        for number in range(40):
            ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")
        yield aws.environment(REGION)


def start(account, out):
    command = [sys.executable, "-m", "narrowgate", "collect", "--out", str(out), "--workers", "4"]
    return subprocess.Popen(command, env=account, stderr=subprocess.DEVNULL)


def files(root):
    found = {}
    for path in sorted(root.rglob("*.json")):
        if path.name != "snapshot.json":
            data = json.loads(path.read_bytes())
            found[path.relative_to(root)] = sorted(data, key=json.dumps) if isinstance(data, list) else data
    return found


def test_a_collection_that_is_killed_again_and_again_comes_to_the_same_end(account, tmp_path):
    assert start(account, tmp_path / "whole").wait() == 0
    killed = 0
    out = tmp_path / "out"
    for attempt in range(30):
        process = start(account, out)
        try:
            assert process.wait(timeout=0.8 + 0.35 * attempt) == 0
            break
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
    assert killed
    assert files(out) == files(tmp_path / "whole")
    told = json.loads((out / "snapshot.json").read_bytes())
    assert told["complete"] is True
    whole = json.loads((tmp_path / "whole" / "snapshot.json").read_bytes())
    # What was under way at each kill is asked again, four calls at a time, and what waited to be written.
    assert sum(each.get("answers", 0) for each in told["calls"]) <= sum(
        each.get("answers", 0) for each in whole["calls"]
    )
    assert not (out / "collect.journal").exists()
