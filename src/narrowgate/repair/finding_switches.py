"""Repairs of findings that a switch or a deployment takes away: DNS attributes, and what is saved only."""

from collections.abc import Iterator

from narrowgate.engine.dns.dns_attributes import HOSTNAMES, SUPPORT
from narrowgate.model.finding import Finding
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change
from narrowgate.repair.propose.names import attributes
from narrowgate.repair.propose.policies import deploy


def turn_support_on(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """DNS015: the VPC's resolver."""
    yield from attributes(snapshot.facts, finding.resource, (SUPPORT,))


def turn_hostnames_on(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """DNS016: both attributes that private names need."""
    yield from attributes(snapshot.facts, finding.resource, (SUPPORT, HOSTNAMES))


def deploy_what_is_saved(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """POL005, API009: every stage that shows something else than what is saved."""
    api = snapshot.facts.rest_apis.get(finding.resource)
    if api is not None:
        yield from deploy(snapshot.facts, api, "what is saved counts once it is deployed")
