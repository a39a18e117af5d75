"""Packet paths in recorded AWS responses, with what the rules say of them worked out by hand.

The folders and their origin are described in `src/narrowgate/guide/recorded/README.md`.

`vpc-peering`: A (10.10.0.0/16) is peered with B and with C, which both have 192.168.0.0/16. A's one table sends
192.168.1.0/24 to B and 192.168.2.0/24 to C; B and C send 10.10.0.0/16 to A. Every group admits TCP 22 from
anywhere, every ACL is the default one.

`vpc-endpoint-interface`: one VPC, two subnets on one table with a default route to the Internet; the endpoint of
CloudTrail and a host without a public address are in one subnet, a host with one in the other; one group for all
admits TCP 22 and 443 from anywhere.
"""

from pathlib import Path

import pytest

from narrowgate.engine.network.clients import find_client
from narrowgate.engine.network.reach import evaluate_reach
from narrowgate.engine.network.targets import find_target
from narrowgate.sources.snapshot import load_snapshot

RECORDED = Path(__file__).parents[2] / "src" / "narrowgate" / "guide" / "recorded"

A, B, C = "10.10.10.157", "192.168.1.106", "192.168.2.229"
TABLE_B, GROUP_B = "rtb-017c36290c9baf017", "sg-065c26b39e45ae384"
ENDPOINT, GROUP = "vpce-083c683a6be29b889", "sg-0973207c61f3466e1"
GATEWAY, TABLE = "igw-051ef323d8b6da33a", "rtb-07e4f0e11d543c220"

CASES = [
    # NET-03, PCX-06: two /24 routes tell the twins apart, and each twin has a way back.
    ("vpc-peering", A, B, 22, ("allowed", None)),
    ("vpc-peering", A, C, 22, ("allowed", None)),
    ("vpc-peering", B, A, 22, ("allowed", None)),
    ("vpc-peering", C, A, 22, ("allowed", None)),
    # SG-03: TCP 22 only.
    ("vpc-peering", A, B, 443, ("denied", ("forward", "ENI_SG_RULES_MISMATCH", GROUP_B))),
    # NET-02: B's own block holds C's addresses, so B never gets out to C.
    ("vpc-peering", B, C, 22, ("denied", ("forward", "VPC_LOCAL_ROUTE_CIDR_RESTRICTION", TABLE_B))),
    # NET-05: the route to an internet gateway that is gone.
    ("vpc-peering", B, "203.0.113.9", 443, ("denied", ("forward", "BAD_STATE_ROUTE", TABLE_B))),
    # VPCE-04, SG-06: the other subnet, then the endpoint's own.
    ("vpc-endpoint-interface", "public-web01", ENDPOINT, 443, ("allowed", None)),
    ("vpc-endpoint-interface", "private-web01", ENDPOINT, 443, ("allowed", None)),
    (
        "vpc-endpoint-interface",
        "public-web01",
        ENDPOINT,
        8443,
        ("denied", ("forward", "ENI_SG_RULES_MISMATCH", GROUP)),
    ),
    # What listens on port 22 of CloudTrail's endpoint nobody documents.
    ("vpc-endpoint-interface", "public-web01", ENDPOINT, 22, ("unknown", None)),
    ("vpc-endpoint-interface", "public-web01", "private-web01", 22, ("allowed", None)),
    # VPCE-10: endpoints answer, they do not call.
    (
        "vpc-endpoint-interface",
        "10.1.101.97",
        "public-web01",
        22,
        ("denied", ("forward", "VPCE_INTRA_VPC_TRAFFIC", ENDPOINT)),
    ),
    # The Internet: only the host with a public address takes part.
    ("vpc-endpoint-interface", "public-web01", "203.0.113.9", 443, ("allowed", None)),
    (
        "vpc-endpoint-interface",
        "private-web01",
        "203.0.113.9",
        443,
        ("denied", ("forward", "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", GATEWAY)),
    ),
    ("vpc-endpoint-interface", "internet", "3.86.201.253", 22, ("allowed", None)),
    (
        "vpc-endpoint-interface",
        "internet",
        "3.86.201.253",
        80,
        ("denied", ("forward", "ENI_SG_RULES_MISMATCH", GROUP)),
    ),
    (
        "vpc-endpoint-interface",
        "internet",
        "private-web01",
        22,
        ("denied", ("forward", "IGW_PUBLIC_IP_ASSOCIATION_FOR_INGRESS", "eni-049c6a0839a3348e8")),
    ),
    # NET-09: whether the VPC's resolver is on was not recorded.
    ("vpc-endpoint-interface", "private-web01", "10.1.0.2", 53, ("unknown", None)),
]


@pytest.fixture(scope="module")
def snapshots():
    return {name: load_snapshot(RECORDED / name) for name in ("vpc-peering", "vpc-endpoint-interface")}


@pytest.mark.parametrize(("folder", "client", "target", "port", "expected"), CASES)
def test_a_recorded_path_comes_out_as_the_rules_say(snapshots, folder, client, target, port, expected):
    snapshot = snapshots[folder]
    answer = evaluate_reach(
        snapshot, find_client(snapshot, client), find_target(snapshot, _id_of(target)), port=port
    )
    cause = answer.decided_by
    assert (answer.verdict.value, cause and (cause.leg.value, cause.reason.value, cause.resource)) == expected


def _id_of(target: str) -> str:
    return {A: "i-06ba034d88c84ef07", B: "i-0b14080af811fda3d", C: "i-04a292ff83b3aa833"}.get(target, target)
