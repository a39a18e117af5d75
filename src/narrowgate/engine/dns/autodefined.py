"""Which of the rules that AWS makes itself cover a name in a VPC (RSLV-08, RSLV-09)."""

from functools import lru_cache

from narrowgate.engine.dns.connected_vpcs import connections_of
from narrowgate.engine.dns.ec2_holders import FIRST_REGION
from narrowgate.engine.network.vpcs import missing_of_vpc, vpc_blocks
from narrowgate.model.address import Cidr
from narrowgate.model.answer import Missing
from narrowgate.model.domain import is_in_domain, label_count, parents
from narrowgate.model.snapshot import Snapshot, index

_IPV6_ZEROS = "0." * 31 + "ip6.arpa"
_EVERYWHERE = frozenset(
    {
        "localhost",
        "localdomain",
        "127.in-addr.arpa",
        "254.169.254.169.in-addr.arpa",
        f"1.{_IPV6_ZEROS}",
        f"0.{_IPV6_ZEROS}",
    }
)
_PRIVATE_REVERSE = frozenset(
    {"10.in-addr.arpa", "168.192.in-addr.arpa", *(f"{octet}.172.in-addr.arpa" for octet in range(16, 32))}
)
_ENDINGS = ("localhost", "localdomain", ".arpa", ".internal")
_REVERSE_OFF = frozenset({"DISABLED"})
_REVERSE_CHANGING = frozenset({"DISABLING", "ENABLING"})

Doubts = tuple[Missing, ...]


@lru_cache(maxsize=64)
def _names_of_region(region: str) -> frozenset[str]:
    if region == FIRST_REGION:
        return frozenset({"ec2.internal", "compute-1.internal", "compute-1.amazonaws.com"})
    return frozenset({f"{region}.compute.internal", f"{region}.compute.amazonaws.com"})


@lru_cache(maxsize=64)
def _always(region: str | None) -> frozenset[str]:
    return _EVERYWHERE | (_names_of_region(region) if region else frozenset())


def may_be_autodefined(name: str) -> bool:
    """Whether a rule that AWS makes itself may cover a name in some VPC."""
    return name.endswith(_ENDINGS) or ".compute" in name or name.startswith("compute")


def autodefined_rules(snapshot: Snapshot, vpc_id: str, region: str | None, name: str) -> list[tuple[str, Doubts]]:
    """Autodefined domains that cover a name, longest first, each with the facts that could take it away."""
    if not may_be_autodefined(name):
        return []
    always = _always(region)
    found: list[tuple[str, Doubts]] = [(domain, ()) for domain in parents(name) if domain in always]
    if name.endswith(".arpa"):
        found += [each for each in _reverse_rules(snapshot, vpc_id) if is_in_domain(name, each[0])]
    elif ".compute" in name or name.endswith("ec2.internal"):
        found += _other_regions(snapshot, vpc_id, region, name)
    if len(found) > 1:
        found.sort(key=lambda each: -label_count(each[0]))
    return found


def _other_regions(snapshot: Snapshot, vpc_id: str, region: str | None, name: str) -> list[tuple[str, Doubts]]:
    """EC2 names of another Region, where a connection with DNS support leads there (RSLV-09)."""
    found: dict[str, Doubts] = {}
    for connection in connections_of(snapshot, vpc_id):
        if connection.region is None or connection.region == region or connection.has_dns is False:
            continue
        doubts = (connection.has_dns,) if isinstance(connection.has_dns, Missing) else ()
        for domain in _names_of_region(connection.region):
            if is_in_domain(name, domain) and (domain not in found or not doubts):
                found[domain] = doubts
    return list(found.items())


@index
def _reverse_by_vpc(snapshot: Snapshot) -> dict[str, list[tuple[str, Doubts]]]:
    """Filled as VPCs are asked for."""
    return {}


def _reverse_rules(snapshot: Snapshot, vpc_id: str) -> list[tuple[str, Doubts]]:
    cache = _reverse_by_vpc(snapshot)
    if vpc_id not in cache:
        cache[vpc_id] = _read_reverse_rules(snapshot, vpc_id)
    return cache[vpc_id]


def _read_reverse_rules(snapshot: Snapshot, vpc_id: str) -> list[tuple[str, Doubts]]:
    """Reverse zones: private ranges, the VPC's own blocks, blocks of connected VPCs; they can be switched off."""
    config = snapshot.facts.resolver_configs.get(vpc_id)
    setting = config.autodefined_reverse if config else None
    doubts: Doubts = ()
    if setting in _REVERSE_OFF:
        return []
    if setting in _REVERSE_CHANGING:
        doubts = (Missing(fact="ResolverConfig.AutodefinedReverse", resource=vpc_id, why=f"is {setting}"),)
    elif config is None:
        gap = missing_of_vpc(snapshot, "route53resolver.list_resolver_configs", vpc_id)
        doubts = (gap,) if gap is not None else ()
    rules = dict.fromkeys(_PRIVATE_REVERSE, doubts)
    rules.update(dict.fromkeys(_reverse_zones(vpc_blocks(snapshot, vpc_id) or ()), doubts))
    for connection in connections_of(snapshot, vpc_id):
        if connection.has_dns is False:
            continue
        unsure = (*doubts, connection.has_dns) if isinstance(connection.has_dns, Missing) else doubts
        for zone in _reverse_zones(vpc_blocks(snapshot, connection.vpc_id) or ()):
            if zone not in rules or len(unsure) < len(rules[zone]):
                rules[zone] = unsure
    return list(rules.items())


def _reverse_zones(blocks: tuple[Cidr, ...]) -> list[str]:
    """One zone for each whole octet block of each IPv4 block."""
    zones: list[str] = []
    for block in blocks:
        if block.family != 4:
            continue
        octets = min(3, max(1, -(-block.prefix_length // 8)))
        step = 1 << (32 - 8 * octets)
        for base in range(block.first - block.first % step, block.last + 1, step):
            labels = [str(base >> shift & 255) for shift in (24, 16, 8)][:octets]
            zones.append(".".join(reversed(labels)) + ".in-addr.arpa")
    return zones
