"""A list is never shorter because something could not be read: what vanishes leaves an unknown entry."""

import pytest
from tests.builders import build_guide, snapshot_of, tcp, udp
from tests.properties.exposed import covered, entries, facts_of

from narrowgate.exposure.exposure import evaluate_exposure
from narrowgate.guide.estate import Guide
from narrowgate.sources.snapshot.operations import OPERATIONS


def guide() -> Guide:
    built = build_guide()
    built.estate.private_zone("team.internal", [built.requester.vpc])
    built.api.estate.set_permissions(
        built.api.resolver_group, ingress=[udp(53, "10.1.0.0/16"), tcp(53, "10.1.0.0/16")]
    )
    return built


FULL = guide()
BEFORE = evaluate_exposure(snapshot_of(FULL.estate), [FULL.requester.vpc])
NEEDLESS = {"ec2.describe_vpcs"}
"""Without the list of VPCs there is no consumer to ask about."""


@pytest.mark.parametrize("operation", sorted(set(OPERATIONS) - NEEDLESS))
@pytest.mark.parametrize("how", ["forgotten", "refused"])
def test_what_a_missing_call_takes_from_a_list_is_told_as_unknown(operation, how):
    built = guide()
    if how == "forgotten":
        built.estate.forget(operation)
    else:
        built.estate.refuse(operation)
    snapshot = snapshot_of(built.estate)
    after = evaluate_exposure(snapshot, [built.requester.vpc])
    for kind, key in entries(BEFORE):
        assert covered(after, kind, key), (operation, kind, key, facts_of(after, kind))
