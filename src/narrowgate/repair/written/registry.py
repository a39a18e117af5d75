"""What a change's edits come to, collection by collection."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.written import apis, names, network
from narrowgate.repair.written.parts import Part, Remark

_BY_FACT: Mapping[str, Callable[[str, Any, Any], Iterator[Part]]] = {
    "security_groups": network.security_group,
    "route_tables": network.route_table,
    "network_acls": network.network_acl,
    "vpc_attributes": network.vpc_attributes,
    "vpc_peering_connections": network.peering,
    "resolver_rules": names.resolver_rule,
    "rest_apis": apis.rest_api,
    "vpc_endpoints": apis.vpc_endpoint,
    "log_groups": apis.log_group,
}
_FOLLOWS = frozenset({"network_interfaces", "firewall_domains", "hosted_zones"})
"""Collections that another edit of the same change speaks for."""


def parts_of(snapshot: Snapshot, change: Change) -> tuple[Part, ...]:
    """The parts of a change.

    Args:
        snapshot: the facts before the change.
        change: the change.
    """
    return tuple(part for edit in change.edits for part in _parts(snapshot, change, edit))


def _parts(snapshot: Snapshot, change: Change, edit: Edit) -> Iterator[Part]:
    facts = snapshot.facts
    by_fact = _BY_FACT.get(edit.collection)
    if by_fact is not None:
        yield from by_fact(edit.key, getattr(facts, edit.collection).get(edit.key), edit.value)
        return
    match edit.collection:
        case "resolver_rule_associations":
            yield from names.rule_association(edit.key, edit.value)
        case "hosted_zone_vpcs":
            made = _edited(change, "hosted_zones", edit.key)
            yield from names.zone_vpcs(snapshot, edit.key, made, edit.value)
        case "record_sets":
            vpcs = _edited(change, "hosted_zone_vpcs", edit.key) or ()
            yield from names.records(snapshot, edit.key, edit.value, vpcs)
        case "firewall_domain_lists":
            domains = _edited(change, "firewall_domains", edit.key) or ()
            yield from names.firewall_list(edit.key, change.resource, edit.value, domains)
        case "firewall_rules":
            yield from names.firewall_rules(edit.key, facts.firewall_rules.get(edit.key, ()), edit.value)
        case "stage_exports":
            api, stage = edit.key
            yield Remark(resource=api, text=f"deploy it to stage {stage}: a file tells what is saved")
        case collection if collection not in _FOLLOWS:
            yield Remark(resource=change.resource, text=f"{collection} stand in no file that is understood")


def _edited(change: Change, collection: str, key: Any) -> Any:
    return next((each.value for each in change.edits if (each.collection, each.key) == (collection, key)), None)
