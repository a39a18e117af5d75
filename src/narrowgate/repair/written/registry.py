"""What a change's edits come to, collection by collection."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.written import apis, gateways, names, network
from narrowgate.repair.written.parts import Deploy, Part, Remark, Set

_BY_FACT: Mapping[str, Callable[[str, Any, Any], Iterator[Part]]] = {
    "security_groups": network.security_group,
    "route_tables": network.route_table,
    "network_acls": network.network_acl,
    "vpc_attributes": network.vpc_attributes,
    "vpc_peering_connections": network.peering,
    "transit_gateway_associations": gateways.associations,
    "transit_gateway_propagations": gateways.propagations,
    "transit_gateway_vpc_attachments": gateways.attachment,
    "resolver_rules": names.resolver_rule,
    "rest_apis": apis.rest_api,
    "vpc_endpoints": apis.vpc_endpoint,
    "log_groups": apis.log_group,
}
_FOLLOWS = frozenset(
    {
        "network_interfaces",
        "firewall_domains",
        "hosted_zones",
        "stage_exports",
        "transit_gateway_attachments",
    }
)
"""Collections that another edit of the same change speaks for."""


_DEPLOYED = frozenset({"Policy", "DisableExecuteApiEndpoint", "VpcEndpointIds"})
"""Properties of an API that count once it is deployed (POL-03, AGW-21, VPCE-DNS-03)."""


def parts_of(snapshot: Snapshot, change: Change) -> tuple[Part, ...]:
    """The parts of a change.

    Args:
        snapshot: the facts before the change.
        change: the change.
    """
    parts = tuple(part for edit in change.edits for part in _parts(snapshot, change, edit))
    return (*parts, *_deployments(snapshot, change, parts))


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
        case "transit_gateway_route_queries":
            if not any(each.collection == "transit_gateway_propagations" for each in change.edits):
                yield Remark(resource=edit.key, text=change.text)
        case collection if collection not in _FOLLOWS:
            yield Remark(resource=change.resource, text=f"{collection} stand in no file that is understood")


def _deployments(snapshot: Snapshot, change: Change, parts: tuple[Part, ...]) -> Iterator[Deploy]:
    """One for each API whose stages show something else then, or that has to be deployed all the same."""
    saved = {
        each.resource: each.property for each in parts if isinstance(each, Set) and each.property in _DEPLOYED
    }
    stages: dict[str, list[str]] = {}
    for edit in change.edits:
        if edit.collection == "stage_exports":
            stages.setdefault(edit.key[0], []).append(edit.key[1])
    for api, name in saved.items():
        if api not in stages and name != "Policy":
            stages[api] = [each.stage_name for each in snapshot.facts.api_stages.get(api, ())]
    for api, shown in stages.items():
        yield Deploy(resource=api, stages=tuple(shown), property=saved.get(api, ""))


def _edited(change: Change, collection: str, key: Any) -> Any:
    return next((each.value for each in change.edits if (each.collection, each.key) == (collection, key)), None)
