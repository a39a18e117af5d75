"""Matches and verdicts in nft's words: protocols with ports, blocks by family, drops that say where."""

import ipaddress
from collections.abc import Iterable, Iterator

LOG_GROUP = 5
_TCP, _UDP = 6, 17


def service(protocol: int | None, ports: tuple[int, int] | None) -> str:
    """A protocol (None: any) and its destination ports (None: all)."""
    if protocol is None:
        return ""
    if protocol in (_TCP, _UDP) and ports is not None and ports != (0, 65535):
        name = "tcp" if protocol == _TCP else "udp"
        low, high = ports
        return f"{name} dport {low}" if low == high else f"{name} dport {low}-{high}"
    return f"meta l4proto {protocol}"


def by_family(blocks: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Blocks of each family; an interval that another one covers would be refused, so it is left out."""
    networks = [ipaddress.ip_network(each, strict=False) for each in blocks]
    four = [each for each in networks if isinstance(each, ipaddress.IPv4Network)]
    six = [each for each in networks if isinstance(each, ipaddress.IPv6Network)]
    if four:
        yield "ip", [str(each) for each in ipaddress.collapse_addresses(four)]
    if six:
        yield "ip6", [str(each) for each in ipaddress.collapse_addresses(six)]


def drop(phase: str, label: str, rule: str) -> str:
    """The end of a packet, told to whoever listens: the phase, the place and the rule."""
    return f'log prefix "{phase} {label} {rule}" group {LOG_GROUP} drop'
