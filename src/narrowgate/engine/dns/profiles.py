"""Route 53 Profiles of a VPC: which apply, in which order, and what they carry (PROF-01, PROF-03)."""

import json
from typing import NamedTuple

from narrowgate.engine.network.vpcs import missing_of_vpc
from narrowgate.model.answer import Missing
from narrowgate.model.route53 import ProfileAssociation, ProfileResourceAssociation
from narrowgate.model.snapshot import Snapshot, index

_CHANGING = frozenset({"UPDATING"})


class ProfileResource(NamedTuple):
    """A resource that a Profile brings to a VPC."""

    resource_id: str
    kind: str
    profile_id: str
    profile_priority: int | None
    own_priority: int | None
    doubts: tuple[Missing, ...]


class VpcProfiles(NamedTuple):
    """Everything that Profiles bring to a VPC; `missing` are lists that could bring anything."""

    resources: tuple[ProfileResource, ...]
    missing: tuple[Missing, ...]
    ignored: tuple[str, ...]


@index
def _associations_by_vpc(snapshot: Snapshot) -> dict[str, tuple[ProfileAssociation, ...]]:
    found: dict[str, list[ProfileAssociation]] = {}
    for association in snapshot.facts.profile_associations:
        found.setdefault(association.resource_id, []).append(association)
    return {vpc_id: tuple(dict.fromkeys(associations)) for vpc_id, associations in found.items()}


def profiles_of(snapshot: Snapshot, vpc_id: str) -> VpcProfiles:
    """What the Profiles of a VPC carry; only COMPLETE associations count, of Profiles and of resources."""
    gap = missing_of_vpc(snapshot, "route53profiles.list_profile_associations", vpc_id)
    missing = [gap] if gap is not None else []
    resources: list[ProfileResource] = []
    ignored: list[str] = []
    for association in _associations_by_vpc(snapshot).get(vpc_id, ()):
        doubts = _doubts(association.status, association.id or association.profile_id)
        if doubts is None:
            ignored.append(
                f"Profile {association.profile_id} does not count in {vpc_id}: "
                f"its association is {association.status} (PROF-01)"
            )
            continue
        carried = snapshot.facts.profile_resource_associations.get(association.profile_id)
        if carried is None:
            unread = snapshot.missing(
                "route53profiles.list_profile_resource_associations",
                snapshot.account_of(vpc_id),
                snapshot.region_of(vpc_id),
                parent=association.profile_id,
            )
            missing += [unread] if unread is not None else []
        for each in carried or ():
            own = _doubts(each.status, each.id or each.resource_arn)
            if own is None:
                ignored.append(
                    f"{_resource_id(each.resource_arn)} of Profile {association.profile_id} does not count: "
                    f"its association is {each.status} (PROF-01)"
                )
                continue
            resources.append(_resource(each, association, doubts + own))
    return VpcProfiles(tuple(resources), tuple(missing), tuple(ignored))


def _resource(
    carried: ProfileResourceAssociation, association: ProfileAssociation, doubts: tuple[Missing, ...]
) -> ProfileResource:
    return ProfileResource(
        _resource_id(carried.resource_arn),
        _kind(carried.resource_arn),
        association.profile_id,
        association.priority,
        _own_priority(carried.resource_properties),
        doubts,
    )


def _doubts(status: str, association_id: str) -> tuple[Missing, ...] | None:
    """No doubt, a doubt, or None where the association does not count."""
    if status == "COMPLETE":
        return ()
    if status in _CHANGING:
        return (Missing(fact="ProfileAssociation.Status", resource=association_id, why=f"is {status}"),)
    return None


def _resource_id(arn: str) -> str:
    return arn.rpartition("/")[2]


def _kind(arn: str) -> str:
    """`hostedzone`, `resolver-rule`, `firewall-rule-group`, `vpc-endpoint` or another resource type of the ARN."""
    return arn.rpartition(":")[2].partition("/")[0]


def _own_priority(properties: str | None) -> int | None:
    """The priority of a firewall group inside its Profile: JSON inside a string."""
    try:
        priority = json.loads(properties or "{}").get("priority")
    except (ValueError, AttributeError):
        return None
    return priority if isinstance(priority, int) else None
