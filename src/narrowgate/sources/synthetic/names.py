"""Ids, Availability Zones and names that are made up, in the form in which AWS makes them."""

import hashlib
import string

_HEX_DIGITS = 16
CREATED = "2026-11-20T09:00:00+00:00"
"""The time of everything: no clock is read, so that the same estate gives the same bytes."""

_DIRECTIONS = {
    "east": "e",
    "west": "w",
    "north": "n",
    "south": "s",
    "central": "c",
    "northeast": "ne",
    "northwest": "nw",
    "southeast": "se",
    "southwest": "sw",
}


def hex_id(prefix: str, *key: object) -> str:
    """An id such as `vpc-0a1b…`: prefix and 17 hex digits, the first a 0; always the same for the same key."""
    return f"{prefix}-0{_digest(prefix, *key)[:_HEX_DIGITS]}"


def short_id(length: int, alphabet: str, *key: object) -> str:
    """An id of letters and digits without prefix, as API Gateway (10 or 6) and Route 53 make them."""
    number = int(_digest(*key), 16)
    letters = []
    for _ in range(length):
        number, rest = divmod(number, len(alphabet))
        letters.append(alphabet[rest])
    return "".join(letters)


def api_gateway_id(length: int, *key: object) -> str:
    """An API, resource, deployment or domain id: lower-case letters and digits."""
    return short_id(length, string.ascii_lowercase + string.digits, "apigateway", *key)


def hosted_zone_id(*key: object) -> str:
    """A hosted zone's id without the prefix `/hostedzone/`."""
    return "Z" + short_id(20, string.ascii_uppercase + string.digits, "route53", *key)


def mac_address(*key: object) -> str:
    """A locally administered MAC address."""
    digest = _digest("mac", *key)
    return ":".join(["0a", *(digest[at : at + 2] for at in range(0, 10, 2))])


def zone_id(region: str, letter: str) -> str:
    """The id of an AZ such as `use1-az1`: every account made here maps letters to ids alike (SHR-01)."""
    continent, *direction, number = region.split("-")
    short = "".join(_DIRECTIONS.get(word, word[:1]) for word in direction)
    return f"{continent}{short}{number}-az{ord(letter) - ord('a') + 1}"


def private_dns_name(address: str, region: str) -> str:
    """The EC2 name of a private address."""
    zone = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return f"ip-{address.replace('.', '-')}.{zone}"


def _digest(*key: object) -> str:
    # Not a secret: the digest spreads names over the id space.
    return hashlib.sha256("/".join(map(str, key)).encode()).hexdigest()
