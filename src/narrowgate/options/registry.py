"""The ways to connect, in the order in which they are listed; a new one is a module and a line here."""

import difflib

from narrowgate.model.errors import InputError
from narrowgate.options.alias import Alias
from narrowgate.options.custom_dns import CustomDns, CustomDnsInApiVpc
from narrowgate.options.custom_domain import CustomDomain
from narrowgate.options.host_header import HostHeader
from narrowgate.options.hosted_zone import HostedZone
from narrowgate.options.hosts_file import HostsFile
from narrowgate.options.lattice import Lattice
from narrowgate.options.load_balancer import LoadBalancer
from narrowgate.options.option import Option
from narrowgate.options.peering_dns import PeeringDns
from narrowgate.options.privatelink import PrivateLink, PrivateLinkAlias
from narrowgate.options.profiles import Profiles
from narrowgate.options.resolver import Resolver
from narrowgate.options.resolver_region import ResolverRegion
from narrowgate.options.transit_gateway import (
    TransitGateway,
    TransitGatewayHostedZone,
    TransitGatewayResolver,
)

OPTIONS: tuple[Option, ...] = (
    Alias(),
    HostedZone(),
    PrivateLink(),
    PrivateLinkAlias(),
    HostHeader(),
    CustomDomain(),
    Resolver(),
    ResolverRegion(),
    TransitGateway(),
    TransitGatewayHostedZone(),
    TransitGatewayResolver(),
    Profiles(),
    LoadBalancer(),
    Lattice(),
    HostsFile(),
    CustomDnsInApiVpc(),
    CustomDns(),
    PeeringDns(),
)


def option_names() -> tuple[str, ...]:
    """The names of all options."""
    return tuple(option.name for option in OPTIONS)


def find_option(name: str, *, where: str = "") -> Option:
    """The option of that name.

    Raises:
        InputError: there is none; the nearest is named.
    """
    for option in OPTIONS:
        if option.name == name:
            return option
    near = difflib.get_close_matches(name, option_names(), n=1, cutoff=0.5)
    way_out = f"did you mean `{near[0]}`?" if near else "one of auto, " + ", ".join(option_names())
    raise InputError(f"unknown option `{name[:60]}`", where=where, help=way_out)
