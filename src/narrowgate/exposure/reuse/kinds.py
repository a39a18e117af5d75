"""What an edit of each kind of fact touches: one line for every kind that a snapshot holds.

A kind says whose a fact is and what of its owners depends on it. Where the owner of a fact is not known, and for
the kinds of which nobody has thought it through, everything is touched: nothing is taken over by mistake.
"""

from collections.abc import Callable, Mapping

from narrowgate.exposure.reuse.edits import Edited
from narrowgate.exposure.reuse.gateways import (
    associations_edited,
    propagations_edited,
    routes_edited,
    vpcs_of_attachment,
    vpcs_on_gateway,
)
from narrowgate.exposure.reuse.owners import (
    Owners,
    own_vpc,
    vpc_of_function,
    vpc_of_key,
    vpc_of_resource,
    vpcs_of_group,
    vpcs_of_group_association,
    vpcs_of_internet_gateway,
    vpcs_with_balancers,
)
from narrowgate.exposure.reuse.resolvers import (
    vpc_of_resolver,
    vpcs_of_dhcp_options,
    vpcs_of_domain_list,
    vpcs_of_firewall_group,
    vpcs_of_profile,
    vpcs_of_rule,
    vpcs_of_zone,
    zone_associated,
)
from narrowgate.exposure.reuse.special import (
    access_edited,
    api_edited,
    endpoint_edited,
    interface_edited,
    mapping_edited,
    peering_edited,
    prefix_list_edited,
    vpc_edited,
)
from narrowgate.exposure.reuse.touch import Touch

Rule = Callable[[Edited], Touch | None]
"""What an edit of one fact touches; None for everything."""


def nothing(edited: Edited) -> Touch:
    """No list depends on it."""
    return Touch()


def everything(edited: Edited) -> None:
    """Nobody has thought through what depends on it."""
    return


def network(owners: Owners) -> Rule:
    """What leads into its owners, and out."""
    return _of(owners, lambda own: Touch(network=own))


def hosts(owners: Owners) -> Rule:
    """The same, and EC2's names of its owners' interfaces in connected VPCs (RSLV-08)."""
    return _of(owners, lambda own: Touch(network=own, hosts=own))


def views(owners: Owners) -> Rule:
    """What its owners' resolvers answer."""
    return _of(owners, lambda own: Touch(views=own))


def resolver(owners: Owners) -> Rule:
    """A Resolver endpoint: interfaces, and what is asked through them."""
    return _of(owners, lambda own: Touch(network=own, hosts=own, views=own))


def names(owners: Owners) -> Rule:
    """What its owners' resolvers answer, and EC2's names of them in connected VPCs."""
    return _of(owners, lambda own: Touch(hosts=own, views=own))


def api(edited: Edited) -> Touch:
    """What can be invoked of an API; a list of stages, methods or exports is kept by the API's id."""
    own = edited.key[0] if isinstance(edited.key, tuple) else edited.key
    return Touch(apis=frozenset({str(own)}))


def _of(owners: Owners, made: Callable[[frozenset[str]], Touch]) -> Rule:
    def touched(edited: Edited) -> Touch | None:
        found = edited.owners(owners)
        return made(found) if found is not None else None

    return touched


KINDS: Mapping[str, Rule] = {
    "vpcs": vpc_edited,
    "vpc_attributes": names(vpc_of_key),
    "dhcp_options": views(vpcs_of_dhcp_options),
    "subnets": hosts(own_vpc),
    "availability_zones": everything,
    "network_interfaces": interface_edited,
    "instances": hosts(own_vpc),
    "functions": hosts(vpc_of_function),
    "security_groups": network(vpcs_of_group),
    "security_group_vpc_associations": network(vpcs_of_group_association),
    "network_acls": network(own_vpc),
    "managed_prefix_lists": prefix_list_edited,
    "prefix_list_entries": prefix_list_edited,
    "prefix_lists": prefix_list_edited,
    "route_tables": network(own_vpc),
    "vpc_peering_connections": peering_edited,
    "internet_gateways": network(vpcs_of_internet_gateway),
    "egress_only_internet_gateways": network(vpcs_of_internet_gateway),
    "nat_gateways": network(own_vpc),
    "vpn_gateways": nothing,
    "vpn_connections": nothing,
    "vpc_endpoints": endpoint_edited,
    "endpoint_services": nothing,
    "transit_gateways": hosts(vpcs_on_gateway),
    "transit_gateway_attachments": network(vpcs_of_attachment),
    "transit_gateway_vpc_attachments": hosts(vpcs_of_attachment),
    "transit_gateway_peering_attachments": network(vpcs_on_gateway),
    "transit_gateway_route_tables": network(vpcs_on_gateway),
    "transit_gateway_associations": associations_edited,
    "transit_gateway_propagations": propagations_edited,
    "transit_gateway_route_queries": routes_edited,
    "hosted_zones": views(vpcs_of_zone),
    "hosted_zone_vpcs": zone_associated,
    "record_sets": views(vpcs_of_zone),
    "association_authorizations": everything,
    "resolver_endpoints": resolver(vpc_of_resolver),
    "resolver_endpoint_ips": resolver(vpc_of_resolver),
    "resolver_rules": views(vpcs_of_rule),
    "resolver_rule_associations": views(own_vpc),
    "resolver_configs": views(vpc_of_resource),
    "query_log_configs": nothing,
    "query_log_config_associations": nothing,
    "firewall_rule_groups": nothing,
    "firewall_rule_group_associations": views(own_vpc),
    "firewall_rules": views(vpcs_of_firewall_group),
    "firewall_domain_lists": views(vpcs_of_domain_list),
    "firewall_domains": views(vpcs_of_domain_list),
    "firewall_configs": views(vpc_of_resource),
    "profiles": nothing,
    "profile_associations": views(vpc_of_resource),
    "profile_resource_associations": views(vpcs_of_profile),
    "rest_apis": api_edited,
    "api_resources": api,
    "api_stages": api,
    "api_deployments": api,
    "api_authorizers": api,
    "stage_exports": api,
    "domain_names": everything,
    "base_path_mappings": mapping_edited,
    "domain_name_access_associations": access_edited,
    "vpc_links": nothing,
    "api_gateway_accounts": nothing,
    "load_balancers": hosts(own_vpc),
    "listeners": network(vpcs_with_balancers),
    "target_groups": network(vpcs_with_balancers),
    "target_health": network(vpcs_with_balancers),
    "certificates": nothing,
    "flow_logs": nothing,
    "log_groups": nothing,
    "metric_alarms": nothing,
}
