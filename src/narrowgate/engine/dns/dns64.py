"""AAAA answers that an inbound endpoint makes from A records where its DNS64 option is on (IN-11)."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

from narrowgate.engine.dns.outcome import Outcome, change, doubted, passing
from narrowgate.model.answer import Rcode, Verdict

_PREFIX = int(IPv6Address("64:ff9b::"))
_A, _AAAA = " A ", " AAAA "


def with_dns64(name: str, endpoint_id: str, found: Outcome, ask_a: Callable[[], Outcome]) -> Outcome:
    """The answer to an AAAA question: the found one, or one made from A records where there is no AAAA record.

    Args:
        name: the name that was asked.
        endpoint_id: the inbound endpoint whose option is on.
        found: what its VPC's resolver answers to the AAAA question; a block of AAAA questions alone is escaped
            (FW-08), for the A question is judged for itself.
        ask_a: asks the same for A records.
    """
    if found.verdict is not Verdict.DENIED or (found.rcode is not Rcode.NODATA and found.blocked is None):
        return found
    other = ask_a()
    if other.verdict is Verdict.UNKNOWN:
        text = f"whether {endpoint_id} makes AAAA records of {name} is not known"
        return doubted((found, other), other.unknowns, endpoint_id, "IN-11", text)
    if other.verdict is not Verdict.ALLOWED or not other.addresses:
        return found
    made = {text: str(IPv6Address(_PREFIX | int(IPv4Address(text)))) for text in other.addresses}
    step = passing(
        endpoint_id,
        "IN-11",
        f"{name} has no AAAA record, and DNS64 of {endpoint_id} makes them from A: {', '.join(made.values())}",
        chosen=", ".join(made.values()),
    )
    warning = f"{name} is a synthetic IPv6 address: it is of use only where NAT64 exists (IN-11)"
    records = tuple(_as_aaaa(text, made) for text in other.records)
    told = change(other, addresses=tuple(made.values()), records=records, steps=(*other.steps, step))
    return told.after(warnings=(warning,))


def _as_aaaa(record: str, made: dict[str, str]) -> str:
    owner, kind, value = record.partition(_A)
    return f"{owner}{_AAAA}{made[value]}" if kind and value in made else record
