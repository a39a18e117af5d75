"""What is sent: protocol, destination port, the client's ports; and the one packet of a leg that filters see."""

from typing import NamedTuple

from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Leg
from narrowgate.model.errors import InputError

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
ANY_PROTOCOL = -1
DEFAULT_CLIENT_PORTS = (1024, 65535)
"""ACL-07: what an unknown client may send from."""

_NUMBERS = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6, "all": ANY_PROTOCOL}
_NAMES = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMPV6: "icmpv6", ANY_PROTOCOL: "all"}


_PLATFORM_PORTS = (("windows", (49152, 65535)), ("linux", (32768, 60999)))
"""ACL-07: what known platforms send from."""


class Flow(NamedTuple):
    """A connection to be opened: protocol number, destination port, the ports that the client may send from."""

    protocol: int
    port: int
    client_ports: tuple[int, int] = DEFAULT_CLIENT_PORTS


class Packet(NamedTuple):
    """One direction of a flow: `ports` are the destination ports that must all get through.

    A request has one destination port; a reply goes to every port that the client may have sent from (ACL-07).
    """

    leg: Leg
    protocol: int
    source: Address
    destination: Address
    ports: IntervalSet

    def with_ports(self, ports: IntervalSet) -> "Packet":
        """The packet with the ports that are still open, which as a rule are all that it had."""
        return self if ports == self.ports else self._replace(ports=ports)


def platform_ports(platform: str | None) -> tuple[int, int]:
    """The ports that a host sends from, as far as its platform is known (ACL-07)."""
    return next(
        (ports for word, ports in _PLATFORM_PORTS if word in (platform or "").lower()), DEFAULT_CLIENT_PORTS
    )


def protocol_number(text: str) -> int | None:
    """The number of a protocol as EC2 spells it (`tcp`, `6`, `-1`); None for a name that EC2 does not know."""
    if text in _NUMBERS:
        return _NUMBERS[text]
    try:
        return int(text)
    except ValueError:
        return None


def protocol_name(number: int) -> str:
    """The name of a protocol number, or the number."""
    return _NAMES.get(number, str(number))


def parse_flow(protocol: str, port: int, client_ports: tuple[int, int] = DEFAULT_CLIENT_PORTS) -> Flow:
    """Check the words of a question and make a flow of them.

    Raises:
        InputError: the protocol is neither tcp nor udp, or a port is out of range.
    """
    number = _NUMBERS.get(protocol.lower())
    if number not in (TCP, UDP):
        raise InputError(f"unknown protocol `{protocol[:40]}`", help="use tcp or udp")
    first, last = client_ports
    if not 1 <= port <= 65535:
        raise InputError(f"port `{port}` is not between 1 and 65535")
    if not 0 <= first <= last <= 65535:
        raise InputError(f"client ports `{first}-{last}` are no range between 0 and 65535")
    return Flow(number, port, (first, last))
