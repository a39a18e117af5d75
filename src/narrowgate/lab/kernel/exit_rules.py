"""Internet gateways and NAT gateways as nft rules: addresses changed one for one, or all for one."""

from collections.abc import Iterable, Iterator

from narrowgate.lab.kernel.matches import drop
from narrowgate.lab.plan.types import Exit, Port

_PRIVATE = "10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16"
"""What the Internet has no routes for."""


def exit_chains(exits: Iterable[Exit]) -> Iterator[str]:
    """What a router does with packets to and from the Internet.

    A packet is translated after every filter on its way out and before every one on its way in: filters see the
    private address of this side, as in AWS.
    """
    for each in exits:
        by, to = f'iifname "{each.link}"', f'oifname "{each.link}"'
        inside = ", ".join(own for own, _ in each.addresses)
        yield f"  chain x_lost_{each.number} {{"
        yield "    type filter hook forward priority 15; policy accept;"
        yield f"    {to} ip daddr {{ {_PRIVATE} }} {drop('NOPUBLIC', each.link, '-')}"
        unnamed = f"ip saddr != {{ {inside} }}" if inside else "meta nfproto ipv4"
        yield f"    {to} {unnamed} {drop('NOPUBLIC', each.link, '-')}"
        if not each.takes_new:
            yield f"    {by} ct state new {drop('NOINBOUND', each.link, '-')}"
        yield "  }"
        if inside:
            there = ", ".join(f"{own} : {public}" for own, public in each.addresses)
            back = ", ".join(f"{public} : {own}" for own, public in each.addresses)
            yield f"  chain x_out_{each.number} {{"
            yield "    type nat hook postrouting priority 100; policy accept;"
            yield f"    {to} snat ip to ip saddr map {{ {there} }}"
            yield "  }"
            yield f"  chain x_in_{each.number} {{"
            yield "    type nat hook prerouting priority -100; policy accept;"
            yield f"    {by} dnat ip to ip daddr map {{ {back} }}"
            yield "  }"


def nat_ruleset(port: Port) -> str:
    """The ruleset of a NAT gateway: all that goes through leaves with its own address, and nothing ends there."""
    lines = (
        "table inet vpc {",
        "  chain n_out {",
        "    type nat hook postrouting priority 100; policy accept;",
        f"    snat ip to {port.addresses[0]}",
        "  }",
        "  chain n_in { type filter hook input priority 0; policy drop; }",
        "  chain n_through {",
        "    type filter hook forward priority 0; policy accept;",
        "    ct state invalid drop",
        "    meta l4proto != { tcp, udp, icmp } drop",
        "  }",
        "}",
    )
    return "\n".join(lines) + "\n"
