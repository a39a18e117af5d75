"""Calls a second of `collect` on the embedded AWS with 200 VPCs; our share of the time shows who is waited for."""

import tempfile
import time
from pathlib import Path

from figures import Figure

from narrowgate.api.collecting import Wish, collect_accounts
from narrowgate.deploy.embedded.clients import Clients
from narrowgate.deploy.embedded.start import EmbeddedAws

ACCOUNT, REGION, VPCS = "111122223333", "us-east-1", 200


def collected() -> list[Figure]:
    """Make the VPCs, collect them, and tell what it took."""
    with EmbeddedAws(ACCOUNT) as aws, tempfile.TemporaryDirectory() as folder:
        ec2 = Clients(aws).client(ACCOUNT, REGION, "ec2")
        for number in range(VPCS - 1):
            vpc = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{number}.1.0/24", AvailabilityZone=f"{REGION}a")
        wish = Wish(regions=(REGION,), endpoint_url=aws.url, access_key=("x", "x"))
        used = time.process_time()
        found = collect_accounts(Path(folder) / "snapshot", wish)
        used = time.process_time() - used
    told = f"{found.requests / found.seconds:,.0f} calls a second, {used / found.seconds:.0%} of a core is ours"
    return [Figure(what=f"collect of {VPCS} VPCs from the embedded AWS ({found.requests} calls)", measured=told)]
