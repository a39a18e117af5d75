"""Names that EC2 gives to interfaces and that a view answers privately: of its VPC and of connected ones."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from narrowgate.engine.dns.connected_vpcs import Connection, connections_of, missing_connections
from narrowgate.engine.dns.ec2_holders import FIRST_REGION
from narrowgate.engine.dns.outcome import PUBLIC, Outcome
from narrowgate.engine.dns.view import view_of
from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.engine.network.vpcs import vpc_blocks
from narrowgate.exposure.names.cells import because
from narrowgate.exposure.sockets.spelling import spell_ranges
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Missing, Verdict
from narrowgate.model.exposure import OPEN, UNKNOWN, Because, ExposedName
from narrowgate.model.snapshot import Snapshot, index

Ask = Callable[[str, str], Outcome]

_MANY = 8


def ec2_names(snapshot: Snapshot, vpc_id: str, ask: Ask) -> Iterator[ExposedName]:
    """EC2's names as one view answers them; `ask` is that view."""
    view = view_of(snapshot, vpc_id)
    if view.attributes is False:
        return
    own = Connection(vpc_id, view.region, vpc_id, True, True, False)
    hostnames = _public_hostnames(snapshot)
    by_way: dict[tuple[str, object, object, str | None], list[str]] = {}
    for each in (own, *connections_of(snapshot, vpc_id)):
        by_way.setdefault((each.via, each.is_up, each.has_dns, each.region), []).append(each.vpc_id)
    for (via, _, _, region), vpcs in by_way.items():
        yield from _private_names(snapshot, vpc_id, vpcs, region or view.region, via, ask)
        for other in vpcs:
            if other in hostnames:
                yield from _public_names(hostnames[other], via, ask)
    gaps = missing_connections(snapshot, vpc_id)
    if gaps:
        yield _entry(
            "ip-*", via="connections that nobody listed", state=UNKNOWN, unknowns=gaps, rule="PEER-DNS-05"
        )


def _private_names(
    snapshot: Snapshot, own: str, vpcs: list[str], region: str | None, via: str, ask: Ask
) -> Iterator[ExposedName]:
    """`ip-10-0-1-7.ec2.internal`: one entry for all interfaces behind one way (PEER-DNS-05)."""
    if region is None:
        return
    domain = "ec2.internal" if region == FIRST_REGION else f"{region}.compute.internal"
    for vpc_id in vpcs:
        address = next((each for each in interfaces_of_vpc(snapshot, vpc_id) if each.family == 4), None)
        if address is None:
            continue
        outcome = ask(f"ip-{str(address).replace('.', '-')}.{domain}", "A")
        if outcome.verdict is Verdict.DENIED or outcome.target == PUBLIC:
            return
        yield ExposedName(
            name=f"ip-*.{domain}",
            target=vpcs[0] if len(vpcs) == 1 else via,
            state=OPEN if outcome.verdict is Verdict.ALLOWED else UNKNOWN,
            embeds=_embedded(snapshot, own, vpcs),
            via=via,
            because=(*because(outcome)[:1], _reason(vpcs, via)),
            unknowns=outcome.unknowns if outcome.verdict is not Verdict.ALLOWED else (),
        )
        return


def _reason(vpcs: list[str], via: str) -> Because:
    whose = vpcs[0] if len(vpcs) == 1 else f"{len(vpcs)} VPCs behind {via}"
    return Because(text=f"EC2 names the interfaces of {whose} after their addresses", rule="RSLV-08", resource=via)


class _Blocks(NamedTuple):
    """The IPv4 blocks of some VPCs; whether no two of them have an address in common."""

    addresses: IntervalSet
    are_apart: bool


@index
def _blocks(snapshot: Snapshot) -> dict[frozenset[str], _Blocks]:
    """By VPCs; filled as they are asked for."""
    return {}


def _blocks_of(snapshot: Snapshot, vpcs: Iterable[str]) -> IntervalSet:
    blocks = (block for vpc_id in vpcs for block in vpc_blocks(snapshot, vpc_id) or ())
    return IntervalSet((block.first, block.last) for block in blocks if block.family == 4)


@index
def _ranges(snapshot: Snapshot) -> dict[tuple[int, int], str]:
    """Ranges as they are spelled; filled as they are asked for."""
    return {}


def _embedded(snapshot: Snapshot, own: str, vpcs: list[str]) -> tuple[str, ...]:
    """The blocks of VPCs that one sees; all that a gateway connects see nearly the same ones."""
    left = _blocks_of(snapshot, vpcs) if own in vpcs or len(vpcs) < _MANY else _but_own(snapshot, own, vpcs)
    ranges = _ranges(snapshot)
    for pair in left:
        if pair not in ranges:
            ranges[pair] = spell_ranges(4, IntervalSet((pair,)))[0]
    return tuple([ranges[pair] for pair in left])


def _but_own(snapshot: Snapshot, own: str, vpcs: list[str]) -> IntervalSet:
    kept, key = _blocks(snapshot), frozenset((*vpcs, own))
    if key not in kept:
        every = _blocks_of(snapshot, key)
        kept[key] = _Blocks(every, len(every) == sum(len(_blocks_of(snapshot, (each,))) for each in key))
    whole = kept[key]
    return whole.addresses - _blocks_of(snapshot, (own,)) if whole.are_apart else _blocks_of(snapshot, vpcs)


@index
def _public_hostnames(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """Public hostnames of each VPC's interfaces and instances."""
    pairs: list[tuple[str | None, str | None]] = []
    for each in snapshot.facts.network_interfaces.values():
        associations = (each.association, *(inner.association for inner in each.private_ip_addresses))
        pairs += [(each.vpc_id, found.public_ip) for found in associations if found]
    pairs += [(each.vpc_id, each.public_ip_address) for each in snapshot.facts.instances.values()]
    found: dict[str, dict[str, None]] = {}
    for vpc_id, public_ip in pairs:
        region = snapshot.region_of(vpc_id) if vpc_id else None
        if vpc_id and public_ip and region:
            domain = "compute-1" if region == FIRST_REGION else f"{region}.compute"
            found.setdefault(vpc_id, {})[f"ec2-{public_ip.replace('.', '-')}.{domain}.amazonaws.com"] = None
    return {vpc_id: tuple(names) for vpc_id, names in found.items()}


def _public_names(hostnames: Iterable[str], via: str, ask: Ask) -> Iterator[ExposedName]:
    """Public hostnames that this view answers with private addresses (PEER-DNS-01)."""
    for name in hostnames:
        outcome = ask(name, "A")
        if outcome.verdict is Verdict.DENIED or (outcome.verdict is Verdict.ALLOWED and outcome.target == PUBLIC):
            continue
        yield ExposedName(
            name=name,
            target=outcome.target,
            addresses=outcome.addresses,
            state=OPEN if outcome.verdict is Verdict.ALLOWED else UNKNOWN,
            via=via,
            because=because(outcome),
            unknowns=outcome.unknowns if outcome.verdict is not Verdict.ALLOWED else (),
        )


def _entry(name: str, *, via: str, state: str, unknowns: tuple[Missing, ...], rule: str) -> ExposedName:
    text = "interfaces of VPCs that are connected have names here"
    return ExposedName(
        name=name, via=via, state=state, because=(Because(text=text, rule=rule),), unknowns=unknowns
    )


def embedded_address(name: str) -> Address | None:
    """The address that stands in an `ip-…` name; None for other names."""
    label = name.partition(".")[0]
    octets = label.removeprefix("ip-").split("-")
    if not label.startswith("ip-") or len(octets) != 4 or not all(octet.isdigit() for octet in octets):
        return None
    value = 0
    for octet in octets:
        value = value << 8 | int(octet)
    return Address(4, value)
