"""Load balancers: their nodes' listeners, and the addresses that these forward to (ALT-01)."""

from collections.abc import Iterator

import msgspec

from narrowgate.model.address import is_address
from narrowgate.model.loadbalancing import Listener
from narrowgate.model.snapshot import Snapshot

_WORKING = ("active", "active_impaired")
_TERMINATES = ("HTTPS", "TLS")
"""Protocols of a listener with a certificate of its own, and of target groups that are spoken to by TLS."""
_CARRIED = ("TCP", "TCP_UDP", *_TERMINATES)


class Listening(msgspec.Struct, frozen=True, kw_only=True):
    """One listener of a balancer."""

    port: int
    names: tuple[str, ...] | None
    """What its certificate is for; None where TLS passes through to the target."""
    targets: tuple[tuple[str, int], ...]
    speaks_tls: bool
    """Whether it speaks TLS to its targets, having ended the client's."""


def listeners_of(snapshot: Snapshot, arn: str) -> Iterator[Listening]:
    """The listeners of a balancer that carry TCP."""
    for each in snapshot.facts.listeners.get(arn, ()):
        protocol = (each.protocol or "TCP").upper()
        if each.port is None or protocol not in _CARRIED:
            continue
        groups = _groups(each)
        kinds = {
            (snapshot.facts.target_groups[one].protocol or "").upper()
            for one in groups
            if one in snapshot.facts.target_groups
        }
        yield Listening(
            port=each.port,
            names=_names(snapshot, each) if protocol in _TERMINATES else None,
            targets=tuple(target for group in groups for target in _targets(snapshot, group)),
            speaks_tls=bool(kinds & set(_TERMINATES)),
        )


def balancer_nodes(snapshot: Snapshot) -> dict[str, str]:
    """Interfaces of balancers that work, told by their descriptions, and whose they are."""
    by_name = {
        arn.partition(":loadbalancer/")[2]: arn
        for arn, each in snapshot.facts.load_balancers.items()
        if each.state.code in _WORKING
    }
    return {
        own_id: by_name[name]
        for own_id, each in snapshot.facts.network_interfaces.items()
        if (name := each.description.removeprefix("ELB ")) in by_name and each.description.startswith("ELB ")
    }


def _groups(listener: Listener) -> tuple[str, ...]:
    found: list[str | None] = []
    for action in listener.default_actions:
        found.append(action.target_group_arn)
        if action.forward_config is not None:
            found += [each.target_group_arn for each in action.forward_config.target_groups]
    return tuple(dict.fromkeys(each for each in found if each))


def _targets(snapshot: Snapshot, group: str) -> Iterator[tuple[str, int]]:
    """Targets by address, the healthy ones; all of them where none is."""
    known = [each for each in snapshot.facts.target_health.get(group, ()) if is_address(each.target.id)]
    healthy = [each for each in known if each.target_health.state == "healthy"]
    yield from ((each.target.id, each.target.port or 443) for each in healthy or known)


def _names(snapshot: Snapshot, listener: Listener) -> tuple[str, ...]:
    found: list[str] = []
    for each in listener.certificates:
        certificate = snapshot.facts.certificates.get(each.certificate_arn or "")
        if certificate is not None:
            found += [certificate.domain_name or "", *certificate.subject_alternative_name_summaries]
    return tuple(dict.fromkeys(each for each in found if each))
