"""The security groups that a question gives a host that could be started (SG-11)."""

import msgspec

from narrowgate.model.errors import InputError, UnknownNameError
from narrowgate.model.host import Client
from narrowgate.model.snapshot import Snapshot


def with_groups(snapshot: Snapshot, client: Client, wanted: tuple[str, ...]) -> Client:
    """The client with groups, by id or name, that belong to its hosts' VPC or are associated with it (SG-11).

    Raises:
        UnknownNameError: the source has no such group.
        InputError: the client's hosts have groups of their own; a group cannot be used in their VPC.
    """
    hosts = []
    for host in client.hosts:
        if host.network_interface_id or host.security_groups is not None or host.vpc_id is None:
            raise InputError(
                f"`{client.label}` does not stand for a host that could be started",
                help="security groups can be given for a subnet, a VPC or a free address only",
            )
        groups = tuple(_usable_group(snapshot, host.vpc_id, each) for each in wanted)
        hosts.append(
            msgspec.structs.replace(
                host, security_groups=groups, is_address_only=False, has_unseen_interface=False
            )
        )
    return msgspec.structs.replace(client, hosts=tuple(hosts))


def _usable_group(snapshot: Snapshot, vpc_id: str, wanted: str) -> str:
    groups = snapshot.facts.security_groups
    by_name = {group.group_name: own_id for own_id, group in groups.items() if group.vpc_id == vpc_id}
    own_id = wanted if wanted in groups else by_name.get(wanted)
    if own_id is None:
        raise UnknownNameError("security group", wanted, [*groups, *(each.group_name for each in groups.values())])
    if groups[own_id].vpc_id == vpc_id:
        return own_id
    for association in snapshot.facts.security_group_vpc_associations:
        if (association.group_id, association.vpc_id) == (own_id, vpc_id) and association.state == "associated":
            return own_id
    raise InputError(
        f"security group `{wanted}` belongs to `{groups[own_id].vpc_id}` and is not associated with `{vpc_id}`"
    )
