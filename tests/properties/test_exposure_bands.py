"""Sockets told by bands come to the same as sockets told one by one, in the same order."""

from collections.abc import Iterator

import pytest
from tests.builders import snapshot_of
from tests.differential.random_estates import RandomEstate
from tests.properties.test_exposure_estates import hub_of_likes

from narrowgate.exposure.sockets.bands import Band, Bands
from narrowgate.exposure.sockets.listing import socket_entries
from narrowgate.exposure.sockets.pieces import Bundle, Sockets, Told
from narrowgate.exposure.sockets.sockets import sockets_of_vpc
from narrowgate.model.snapshot import Snapshot


def one_by_one(sockets: Sockets) -> Sockets:
    bundles = tuple(
        Bundle(each.vpc_id, tuple(Told(piece.target, tuple(piece.sockets())) for piece in each.pieces))
        for each in sockets.bundles
    )
    return Sockets(bundles, sockets.unread, sockets.outside)


def bands_of(snapshot: Snapshot) -> Iterator[Band]:
    for vpc_id in snapshot.facts.vpcs:
        bands = Bands()
        for bundle in sockets_of_vpc(snapshot, vpc_id).bundles:
            yield from bands.of(bundle)


def check(snapshot: Snapshot) -> None:
    for vpc_id in sorted(snapshot.facts.vpcs):
        sockets = sockets_of_vpc(snapshot, vpc_id)
        told = socket_entries(snapshot, one_by_one(sockets), vpc_id)
        assert socket_entries(snapshot, sockets, vpc_id) == told


@pytest.mark.parametrize("seed", range(2))
def test_of_vpcs_on_one_gateway(seed):
    snapshot = snapshot_of(hub_of_likes(seed)[0])
    check(snapshot)
    sockets = sum(1 for vpc in snapshot.facts.vpcs for _ in sockets_of_vpc(snapshot, vpc).found)
    assert sum(1 for _ in bands_of(snapshot)) < sockets / 2


@pytest.mark.parametrize("seed", range(8))
def test_of_random_estates(seed):
    check(RandomEstate(seed).snapshot())
